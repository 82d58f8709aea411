/** `auth.tls`: clients that show a TLS certificate. */
import { z } from 'zod';
import { defaultRole, dynamic, principalRole, TYPES, viaFunction } from './schema-authenticator.ts';
import { byType, type Config, mapOf, pattern, strict } from './schema-basics.ts';
import { realmName } from './schema-realm.ts';

const SHA1 = pattern(/^(?:[0-9a-fA-F]{2}:?){19}[0-9a-fA-F]{2}$/, 'a SHA-1 fingerprint, such as "AA:BB:…" of 20 bytes');
const SHA256 = pattern(
  /^(?:[0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/,
  'a SHA-256 fingerprint, such as "AA:BB:…" of 32 bytes',
);

const tlsPrincipal = strict('a principal', {
  'certificate-sha1': SHA1.exactOptional().describe(
    'SHA-1 fingerprint of the certificate, as Crossbar has it. SHA-256 is safer.',
  ),
  'certificate-sha256': SHA256.exactOptional().describe('SHA-256 fingerprint of the certificate. Not in Crossbar.'),
  'certificate-spki': SHA256.exactOptional().describe(
    'SHA-256 of the public key (SubjectPublicKeyInfo): a renewed certificate of the same key is let in too. Not in Crossbar.',
  ),
  role: principalRole,
  realm: realmName
    .exactOptional()
    .describe('The realm that this principal joins, whatever it asks for. Default: the one that it asks for.'),
}).superRefine((principal, { addIssue }) => {
  if (Object.keys(principal).some((key) => key.startsWith('certificate-'))) return;
  const message = 'expected at least one of "certificate-spki", "certificate-sha256" and "certificate-sha1"';
  addIssue({ code: 'custom', message });
});

export const tls = byType('an authmethod', TYPES, [
  strict('static TLS authentication', {
    type: z.literal('static'),
    principals: mapOf(tlsPrincipal, 'principals by authid').describe('Who may come in: principals by authid.'),
    'default-role': defaultRole,
  }).describe('The users are listed here.'),
  dynamic,
  viaFunction,
]);

export type TlsAuthConfig = Config<typeof tls>;
