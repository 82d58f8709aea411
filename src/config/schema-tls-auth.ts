/** `auth.tls`: clients that show a TLS certificate. */
import * as z from 'zod';
import { defaultRole, dynamic, principalRole, TYPES, viaFunction } from './schema-authenticator.ts';
import { byType, type Config, listOf, mapOf, pattern, strict } from './schema-basics.ts';
import { realmName } from './schema-realm.ts';

/** One, as Crossbar has it, or several: of the old certificate and the new one, of each device. */
function fingerprints(regex: RegExp, what: string) {
  const one = pattern(regex, what);
  const several = listOf(one, 'fingerprints').min(1, { error: 'expected at least one fingerprint' });
  return z.union([one, several], { error: `expected ${what}, or a list of such` });
}

const SHA1 = fingerprints(
  /^(?:[0-9a-fA-F]{2}:?){19}[0-9a-fA-F]{2}$/,
  'a SHA-1 fingerprint, such as "AA:BB:…" of 20 bytes',
);
const SHA256 = fingerprints(
  /^(?:[0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/,
  'a SHA-256 fingerprint, such as "AA:BB:…" of 32 bytes',
);

const tlsPrincipal = strict('a principal', {
  'certificate-sha1': SHA1.exactOptional().describe(
    'SHA-1 fingerprint of the certificate, as Crossbar has it, or several. SHA-256 is safer.',
  ),
  'certificate-sha256': SHA256.exactOptional().describe(
    'SHA-256 fingerprint of the certificate, or several; any of them will do. Not in Crossbar.',
  ),
  'certificate-spki': SHA256.exactOptional().describe(
    'SHA-256 of the public key (SubjectPublicKeyInfo), or several: a renewed certificate of the same key is let in too. Not in Crossbar.',
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
