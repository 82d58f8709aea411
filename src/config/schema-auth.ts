/** Authentication of a transport: `auth`, authmethod by authmethod. Crossbar: `check_transport_auth`. */
import { z } from 'zod';
import { isEd25519Key } from '../wamp/ed25519-key.ts';
import { LIMITS } from '../wamp/limits.ts';
import { isUri } from '../wamp/uri.ts';
import { VARIABLE } from './environment.ts';
import { NOT_YET } from './refusals.ts';
import {
  byType,
  type Config,
  flag,
  integer,
  listOf,
  mapOf,
  moduleExport,
  nonEmpty,
  oneOf,
  pattern,
  refused,
  strict,
  text,
} from './schema-basics.ts';
import { realmName } from './schema-realm.ts';

const TYPES = ['static', 'dynamic', 'function'];

const roleName = text('the name of a role').refine((name) => isUri(name, 'loose'), {
  error: 'expected the name of a role (a URI)',
});

const defaultRole = roleName
  .exactOptional()
  .describe('Role for whoever is let in without one being named for it. Default: none, such a login fails.');

const authenticatorTimeout = integer(100, 3_600_000, ' (milliseconds)')
  .default(LIMITS.authenticatorTimeout)
  .describe(
    `How long one login may wait for the authenticator, in milliseconds. Default ${LIMITS.authenticatorTimeout}. Not in Crossbar.`,
  );

const STRICT_URI = 'a URI of a-z, 0-9 and _ in components separated by dots';

const dynamic = strict('a dynamic authenticator', {
  type: z.literal('dynamic'),
  authenticator: text(STRICT_URI)
    .refine((uri) => isUri(uri, 'strict'), { error: `expected ${STRICT_URI}` })
    .describe('Procedure that is called on each login attempt with (realm, authid, details).'),
  'authenticator-realm': realmName
    .exactOptional()
    .describe('Realm on which it is called. Default: the realm that the client asks for.'),
  'authenticator-role': roleName
    .exactOptional()
    .describe("Role with which it is called. Default: the router's own, which may call everything."),
  'default-role': defaultRole,
  'authenticator-timeout': authenticatorTimeout,
}).meta({ id: 'dynamicAuthenticator', description: 'A WAMP procedure says who the client is.' });

const viaFunction = strict('a function authenticator', {
  type: z.literal('function'),
  create: moduleExport('./authenticator.js#create').describe(
    'Export of a JavaScript module, relative to the node directory: called once with `config`, it returns the authenticator.',
  ),
  config: mapOf(z.unknown(), 'anything').exactOptional().describe('What `create` is called with.'),
  expose_controller: flag()
    .refine((wanted) => !wanted, { error: NOT_YET })
    .default(false)
    .describe('Hand the node controller to `create`. Only false is supported yet.'),
  'default-role': defaultRole,
  'authenticator-timeout': authenticatorTimeout,
}).meta({ id: 'functionAuthenticator', description: 'A function in the router process says who the client is.' });

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

const principalRole = roleName
  .exactOptional()
  .describe('Role that the client gets. Default: the `default-role` of the entry.');

const principalRealm = realmName
  .exactOptional()
  .describe('The only realm that this principal may join. Default: any that has the role. Not in Crossbar.');

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

const HEX_KEY = /^[0-9a-fA-F]{64}$/;
const PUBLIC_KEY = 'a public key of Ed25519 as 64 hexadecimal digits';

const cryptosignPrincipal = strict('a principal', {
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

const cryptosign = byType('an authmethod', TYPES, [
  strict('static cryptosign authentication', {
    type: z.literal('static'),
    principals: mapOf(cryptosignPrincipal, 'principals by authid').describe('Who may come in: principals by authid.'),
    trustroots: refused(NOT_YET),
    'default-role': defaultRole,
  }).describe('The users are listed here.'),
  dynamic,
  viaFunction,
]);

const KEY_OF_32_BYTES = pattern(HEX_KEY, 'a key of 32 bytes as 64 hexadecimal digits');

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
  }).describe('The users are listed here.'),
  dynamic,
  viaFunction,
]);

export const auth = strict('authmethods', {
  anonymous: anonymous.exactOptional().describe('Clients that say nothing of who they are.'),
  ticket: ticket.exactOptional().describe('Clients that show a shared secret.'),
  wampcra: wampcra.exactOptional().describe('Clients that sign a challenge with a shared secret.'),
  scram: scram.exactOptional().describe('Clients that prove to know a password, and have the router prove it.'),
  cryptosign: cryptosign.exactOptional().describe('Clients that sign a challenge with a private key.'),
  'cryptosign-proxy': refused(NOT_YET),
  'anonymous-proxy': refused(NOT_YET),
  tls: refused(NOT_YET),
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
export type CryptosignAuthConfig = Config<typeof cryptosign>;
export type DynamicAuthConfig = Config<typeof dynamic>;
export type FunctionAuthConfig = Config<typeof viaFunction>;
