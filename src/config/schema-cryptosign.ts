/** `auth.cryptosign`. */
import * as z from 'zod';
import { isEd25519Key } from '../wamp/ed25519-key.ts';
import { askingWith, channelBinding, defaultRole, principalRole, TYPES } from './schema-authenticator.ts';
import { byType, type Config, listOf, mapOf, pattern, refused, strict } from './schema-basics.ts';
import { realmName } from './schema-realm.ts';

const HEX_KEY = /^[0-9a-fA-F]{64}$/;
/** In Crossbar the certificates are not tied to the key that is proved (K12). */
const TRUSTROOTS =
  'chains of EIP-712 certificates are not supported: in Crossbar whoever has seen a chain can use it. List the keys in "principals", or name an authenticator';

const PUBLIC_KEY = 'a public key of Ed25519 as 64 hexadecimal digits';

export const cryptosignPrincipal = strict('a principal', {
  authorized_keys: listOf(
    pattern(HEX_KEY, PUBLIC_KEY).refine((key) => !HEX_KEY.test(key) || isEd25519Key(key), {
      error: 'this public key proves nothing: it is not a point of the curve, not canonical, or of small order',
    }),
    'public keys',
  )
    .min(1, { error: 'expected at least one public key' })
    .describe('Public keys of Ed25519 as hexadecimal digits; any of them will do.'),
  role: principalRole,
  realm: realmName
    .exactOptional()
    .describe('The realm that this principal joins, whatever it asks for. Default: the one that it asks for.'),
});

export const cryptosign = byType('an authmethod', TYPES, [
  strict('static cryptosign authentication', {
    type: z.literal('static'),
    principals: mapOf(cryptosignPrincipal, 'principals by authid').describe('Who may come in: principals by authid.'),
    trustroots: refused(TRUSTROOTS),
    'default-role': defaultRole,
    channel_binding: channelBinding,
  }).describe('The users are listed here.'),
  ...askingWith({ channel_binding: channelBinding }),
]);

export type CryptosignAuthConfig = Config<typeof cryptosign>;
