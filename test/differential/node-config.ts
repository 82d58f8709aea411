/** The node that both routers are: one file, in the format of Crossbar.io, and nothing in it that only one of them knows. */
import { scramKeys } from '../../src/client/auth/scram-keys.ts';
import type { Certificates } from '../transports/endpoint-certificates.ts';

/** The ports of the loopback that the node listens on. */
export interface Ports {
  readonly web: number;
  readonly secureWeb: number;
  readonly rawStatic: number;
  readonly rawDynamic: number;
}

export const REALM = 'realm1';
export const AUTH_REALM = 'realm-auth';
/** The procedure that decides logins; also on `REALM`, for doors that name no `authenticator-realm`. */
export const AUTHENTICATOR = 'com.example.authenticate';
/** Who registers it. No secret: it opens nothing but these tests. */
export const DECIDER = { authid: 'decider', ticket: 'ticket-of-the-decider' } as const;

/** Whose seed and key are those of the published examples of WAMP-cryptosign. */
export const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
export const PUBLIC_KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';

/** Salted WAMP-CRA, as the routers since 2025 have it: the plain secret beside all three parameters. */
const SALTED = { secret: 'secret123', salt: 'salt123', iterations: 100, keylen: 16 };

/** The same, as the documentation has it: the key that is derived from that secret. */
const DERIVED = { ...SALTED, secret: 'DpHHRlQ6UNULJlP9J8WkPw==' };

const DERIVATION = { kdf: 'argon2id-13', iterations: 8, memory: 512 } as const;
const SALT = Buffer.from('3bc3ca01dd1d501ca1c22e1c5d7d16fe', 'hex');
const { storedKey, serverKey } = await scramKeys('secret123', { ...DERIVATION, salt: SALT });

/** Of the password `secret123`, derived with little work: there are hundreds of logins. */
export const SCRAM = {
  ...DERIVATION,
  salt: SALT.toString('hex'),
  'stored-key': Buffer.from(storedKey).toString('hex'),
  'server-key': Buffer.from(serverKey).toString('hex'),
};

/** Who is known, by authmethod: to the tables, and to the authenticators of both kinds. */
export const KNOWN = {
  ticket: { joe: { ticket: 'secret-of-joe' }, ghost: { ticket: 'secret-of-joe' } },
  wampcra: { joe: { secret: 'secret-of-joe' }, ann: SALTED, eve: DERIVED, ghost: { secret: 'secret-of-joe' } },
  scram: { 'foobar@example.com': SCRAM },
  cryptosign: { joe: { authorized_keys: [PUBLIC_KEY] } },
} as const;

type Table = Readonly<Record<string, object>>;

/** `ghost` has a role that the realm of these logins does not know. */
function withRoles(table: Table): Table {
  const role = (authid: string): string => (authid === 'ghost' ? 'ghost' : 'user');
  return Object.fromEntries(Object.entries(table).map(([authid, entry]) => [authid, { ...entry, role: role(authid) }]));
}

const STATIC = {
  ticket: { type: 'static', principals: withRoles(KNOWN.ticket) },
  wampcra: { type: 'static', users: withRoles(KNOWN.wampcra) },
  scram: { type: 'static', principals: withRoles(KNOWN.scram) },
  cryptosign: { type: 'static', principals: withRoles(KNOWN.cryptosign) },
};

const ASKING_METHODS = ['anonymous', 'ticket', 'wampcra', 'scram', 'cryptosign'] as const;

function asking(more: object, authenticator = AUTHENTICATOR): object {
  const entry = { type: 'dynamic', authenticator, ...more };
  return Object.fromEntries(ASKING_METHODS.map((method) => [method, entry]));
}

const CREATE = { type: 'function', create: 'deciders.js.create', config: { greeting: 'hello' } };
const ANONYMOUS = { type: 'static', role: 'anonymous' };
const COOKIE = { name: 'cbtid', length: 24, max_age: 3600, store: { type: 'memory' } };

/** By path of the web transport: what each door asks for. */
const DOORS: Readonly<Record<string, object>> = {
  open: {},
  decider: {
    auth: { ticket: { type: 'static', principals: { [DECIDER.authid]: { ticket: DECIDER.ticket, role: 'decider' } } } },
  },
  anonymous: { auth: { anonymous: ANONYMOUS } },
  'anonymous-user': { auth: { anonymous: { type: 'static', role: 'user', authid: 'visitor' } } },
  'anonymous-ghost': { auth: { anonymous: { type: 'static', role: 'ghost' } } },
  static: { auth: STATIC },
  several: { auth: { anonymous: ANONYMOUS, ticket: STATIC.ticket } },
  dynamic: { auth: asking({ 'authenticator-realm': AUTH_REALM }) },
  here: { auth: asking({}) },
  'by-role': { auth: asking({ 'authenticator-realm': AUTH_REALM, 'authenticator-role': 'decider' }) },
  'by-trusted': { auth: asking({ 'authenticator-realm': AUTH_REALM, 'authenticator-role': 'trusted' }) },
  'default-role': { auth: asking({ 'authenticator-realm': AUTH_REALM, 'default-role': 'user' }) },
  absent: { auth: asking({ 'authenticator-realm': AUTH_REALM }, 'com.example.absent') },
  function: {
    auth: Object.fromEntries(['ticket', 'wampcra', 'scram', 'cryptosign'].map((method) => [method, CREATE])),
  },
  'tracked-open': { cookie: COOKIE },
  tracked: { cookie: COOKIE, auth: { ticket: STATIC.ticket, anonymous: ANONYMOUS } },
  cookie: { cookie: COOKIE, auth: { cookie: {}, ticket: STATIC.ticket, anonymous: ANONYMOUS } },
};

const EVERYTHING = [
  { uri: '', match: 'prefix', allow: { call: true, register: true, publish: true, subscribe: true } },
];

function role(name: string): object {
  return { name, permissions: EVERYTHING };
}

/** @param sha1 of the client's certificate */
export function nodeConfig(ports: Ports, files: Certificates, sha1: string): object {
  const tcp = (port: number): object => ({ type: 'tcp', interface: '127.0.0.1', port });
  const tls = {
    key: files.serverKey,
    certificate: files.serverCertificate,
    chain_certificates: [files.intermediate],
    ca_certificates: [files.ca],
  };
  const byCertificate = { type: 'static', principals: { joe: { 'certificate-sha1': sha1, role: 'user' } } };
  const nobody = { type: 'static', principals: { joe: { 'certificate-sha1': `00${sha1.slice(2)}`, role: 'user' } } };
  const asked = { type: 'dynamic', authenticator: AUTHENTICATOR, 'authenticator-realm': AUTH_REALM };
  const websocket = (more: object): object => ({ type: 'websocket', ...more });
  const proxies = { type: 'static', principals: { proxy1: { authorized_keys: [PUBLIC_KEY], role: 'user' } } };
  return {
    version: 2,
    workers: [
      {
        type: 'router',
        id: 'worker1',
        options: { pythonpath: ['.'] },
        realms: [
          { name: REALM, roles: [role('user'), role('anonymous'), role('decider')] },
          { name: 'realm2', roles: [role('user')] },
          { name: AUTH_REALM, roles: [role('decider'), role('ghost')] },
        ],
        transports: [
          {
            type: 'web',
            id: 'web',
            endpoint: tcp(ports.web),
            paths: {
              '/': { type: 'static', directory: 'public' },
              ...Object.fromEntries(Object.entries(DOORS).map(([path, door]) => [path, websocket(door)])),
            },
          },
          {
            type: 'web',
            id: 'secure',
            endpoint: { ...tcp(ports.secureWeb), tls },
            paths: {
              '/': { type: 'static', directory: 'public' },
              tls: websocket({ auth: { tls: byCertificate } }),
              'tls-nobody': websocket({ auth: { tls: nobody } }),
              'tls-dynamic': websocket({ auth: { tls: asked } }),
              cryptosign: websocket({ auth: { cryptosign: STATIC.cryptosign } }),
              ticket: websocket({ auth: { ticket: asked } }),
              proxies: websocket({ auth: { 'anonymous-proxy': { type: 'static' }, 'cryptosign-proxy': proxies } }),
              'proxies-dynamic': websocket({ auth: { 'anonymous-proxy': asked, 'cryptosign-proxy': asked } }),
            },
          },
          { type: 'rawsocket', id: 'raw_static', endpoint: tcp(ports.rawStatic), auth: STATIC },
          {
            type: 'rawsocket',
            id: 'raw_dynamic',
            endpoint: tcp(ports.rawDynamic),
            auth: asking({ 'authenticator-realm': AUTH_REALM }),
          },
        ],
      },
    ],
  };
}
