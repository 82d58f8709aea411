/** Authentication of a transport: `auth`, authmethod by authmethod. Crossbar: `check_transport_auth`. */
import * as z from 'zod';
import { VARIABLE } from './environment.ts';
import {
  askingWith,
  channelBinding,
  defaultRole,
  dynamic,
  principalRealm,
  principalRole,
  roleName,
  TYPES,
  viaFunction,
} from './schema-authenticator.ts';
import { byType, type Config, integer, mapOf, nonEmpty, oneOf, pattern, strict } from './schema-basics.ts';
import { cryptosign } from './schema-cryptosign.ts';
import { anonymousProxy, cryptosignProxy } from './schema-proxy-auth.ts';
import { realmName } from './schema-realm.ts';
import { tls } from './schema-tls-auth.ts';

const anonymous = byType('an authmethod', TYPES, [
  strict('static anonymous authentication', {
    type: z.literal('static'),
    role: roleName.default('anonymous').describe('Role that clients get. Default "anonymous".'),
    authid: nonEmpty().exactOptional().describe('Authid that clients get. Default: a random one for each session.'),
    realm: realmName
      .exactOptional()
      .describe('Has no effect, as in Crossbar: clients join the realm that they ask for.'),
  }).describe('Whoever comes is let in.'),
  dynamic,
  viaFunction,
]);

const ticketPrincipal = strict('a principal', {
  ticket: nonEmpty('a ticket that is not empty').describe(
    `The shared secret; "${VARIABLE}" takes it from the environment, and the node does not start where that is unset or empty.`,
  ),
  role: principalRole,
  realm: principalRealm,
});

const ticket = byType('an authmethod', TYPES, [
  strict('static ticket authentication', {
    type: z.literal('static'),
    principals: mapOf(ticketPrincipal, 'principals by authid').describe('Who may come in: principals by authid.'),
    'default-role': defaultRole,
  }).describe('The users are listed here.'),
  dynamic,
  viaFunction,
]);

const craUser = strict('a user', {
  secret: nonEmpty('a secret that is not empty')
    .max(4096, { error: 'expected a secret of at most 4096 characters' })
    .describe(
      `The shared secret; beside \`salt\`, the key derived from the password, or the password itself. "${VARIABLE}" takes it from the environment, and the node does not start where that is unset or empty.`,
    ),
  role: principalRole,
  realm: principalRealm,
  salt: nonEmpty('a salt that is not empty')
    .max(1024, { error: 'expected a salt of at most 1024 characters' })
    .exactOptional()
    .describe('Clients derive their key from the password and this. Default: they sign with the secret itself.'),
  iterations: integer(1, 1_000_000)
    .exactOptional()
    .describe('Rounds of PBKDF2. Default 1000; no effect without `salt`.'),
  keylen: integer(16, 64, ' (bytes)')
    .exactOptional()
    .describe('Length of the derived key, in bytes. Default 32; no effect without `salt`.'),
});

const wampcra = byType('an authmethod', TYPES, [
  strict('static WAMP-CRA authentication', {
    type: z.literal('static'),
    users: mapOf(craUser, 'users by authid').describe('Who may come in: users by authid.'),
    'default-role': defaultRole,
  }).describe('The users are listed here.'),
  dynamic,
  viaFunction,
]);

const KEY_OF_32_BYTES = pattern(/^[0-9a-fA-F]{64}$/, 'a key of 32 bytes as 64 hexadecimal digits');

const scramPrincipal = strict('a principal', {
  kdf: oneOf(['argon2id-13', 'argon2id13', 'pbkdf2']).describe('How clients derive their keys from the password.'),
  iterations: integer(1, 10_000_000).describe('Rounds of `kdf`; for `pbkdf2` at least 4096.'),
  memory: integer(0, 4_194_304, ' (KiB)')
    .exactOptional()
    .describe('Memory for `argon2id-13`, in KiB, at least 8. No effect for `pbkdf2`.'),
  salt: pattern(/^(?:[0-9a-fA-F]{2}){1,256}$/, 'a salt of 1 to 256 bytes as hexadecimal digits').describe(
    'Salt of the password, as hexadecimal digits.',
  ),
  'stored-key': KEY_OF_32_BYTES.describe("Checks the client's proof; as hexadecimal digits."),
  'server-key': KEY_OF_32_BYTES.describe("Makes the router's proof; as hexadecimal digits."),
  role: principalRole,
  realm: principalRealm,
}).superRefine(({ kdf, iterations, memory = 0 }, { addIssue }) => {
  const refuse = (path: string, message: string): void => addIssue({ code: 'custom', path: [path], message });
  if (kdf === 'pbkdf2' && iterations < 4096) refuse('iterations', 'pbkdf2 takes at least 4096 iterations (RFC 7677)');
  if (kdf !== 'pbkdf2' && memory < 8) refuse('memory', `${kdf} needs a memory of at least 8 (KiB)`);
});

const scram = byType('an authmethod', TYPES, [
  strict('static SCRAM authentication', {
    type: z.literal('static'),
    principals: mapOf(scramPrincipal, 'principals by authid').describe('Who may come in: principals by authid.'),
    'default-role': defaultRole,
    channel_binding: channelBinding,
  }).describe('The users are listed here.'),
  ...askingWith({ channel_binding: channelBinding }),
]);

export const auth = strict('authmethods', {
  anonymous: anonymous.exactOptional().describe('Clients that say nothing of who they are.'),
  ticket: ticket.exactOptional().describe('Clients that show a shared secret.'),
  wampcra: wampcra.exactOptional().describe('Clients that sign a challenge with a shared secret.'),
  scram: scram.exactOptional().describe('Clients that prove to know a password, and have the router prove it.'),
  cryptosign: cryptosign.exactOptional().describe('Clients that sign a challenge with a private key.'),
  tls: tls.exactOptional().describe('Clients that show a TLS certificate.'),
  'cryptosign-proxy': cryptosignProxy
    .exactOptional()
    .describe('Proxies that prove who they are by a private key, and say who their clients are.'),
  'anonymous-proxy': anonymousProxy.exactOptional().describe('Proxies that say who their clients are.'),
  cookie: mapOf(z.unknown(), 'anything')
    .exactOptional()
    .describe(
      'Clients whose cookie stands for a former login; needs `cookie` on the transport. Its content does not matter.',
    ),
}).meta({
  id: 'auth',
  description: 'How clients prove who they are. Without any authmethod everybody joins with the role `anonymous`.',
});

export type AuthConfig = Config<typeof auth>;
export type AnonymousAuthConfig = Config<typeof anonymous>;
export type TicketAuthConfig = Config<typeof ticket>;
export type WampCraAuthConfig = Config<typeof wampcra>;
export type ScramAuthConfig = Config<typeof scram>;
