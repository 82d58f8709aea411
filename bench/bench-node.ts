import type { RouterOptions } from '../src/worker/create-router.ts';

/** Everything that the bench registers, calls, publishes and subscribes begins with this. */
export const URI_PREFIX = 'com.example.';
/** Where calls, events and all who log in are. */
export const REALM = 'realm1';
/** Where the authenticator is. */
export const AUTH_REALM = 'realm-auth';
/** The procedure of the dynamic authenticator: the bench itself registers it. */
export const AUTHENTICATOR = 'com.example.authenticate';
/** The procedure of the dynamic authorizer, likewise; it lets everything be done, and its decisions be remembered. */
export const AUTHORIZER = 'com.example.authorize';
/** Who registers it, and who logs in; with their tickets and secrets. No secrets: they open nothing but a bench. */
export const AUTHENTICATOR_LOGIN = { authid: 'authenticator', secret: 'ticket-of-the-authenticator' } as const;
export const USER_LOGIN = { authid: 'user', secret: 'secret-of-the-user' } as const;
/** The role that the dynamic authenticator assigns. */
export const USER_ROLE = 'user';

const EVERYTHING = { call: true, register: true, publish: true, subscribe: true };
/** Any free port of the loopback. */
export const LOOPBACK = { type: 'tcp', interface: '127.0.0.1', port: 0, backlog: 4096 };

const TICKET = {
  type: 'static',
  principals: {
    [AUTHENTICATOR_LOGIN.authid]: {
      ticket: AUTHENTICATOR_LOGIN.secret,
      realm: AUTH_REALM,
      role: AUTHENTICATOR_LOGIN.authid,
    },
    [USER_LOGIN.authid]: { ticket: USER_LOGIN.secret, realm: REALM, role: USER_ROLE },
  },
};

const WAMPCRA = {
  type: 'static',
  users: { [USER_LOGIN.authid]: { secret: USER_LOGIN.secret, realm: REALM, role: USER_ROLE } },
};

const EVERYTHING_OF_THE_BENCH = { uri: URI_PREFIX, match: 'prefix', allow: EVERYTHING };

/** 999 permissions that are about something else, of all three kinds, and the one that counts. */
const RULES = [
  ...Array.from({ length: 333 }, (_, number) => [
    { uri: `${URI_PREFIX}rule${number}.read`, match: 'exact', allow: { call: true } },
    { uri: `${URI_PREFIX}rule${number}.sub.`, match: 'prefix', allow: { subscribe: true } },
    { uri: `${URI_PREFIX}rule${number}..write`, match: 'wildcard', allow: { publish: true } },
  ]).flat(),
  EVERYTHING_OF_THE_BENCH,
];

/** Anonymous clients in a role of their own. */
function roleDoor(role: string): object {
  return { type: 'websocket', auth: { anonymous: { type: 'static', role } } };
}

const ROLES = [
  { name: 'anonymous', permissions: [EVERYTHING_OF_THE_BENCH] },
  { name: USER_ROLE, permissions: [EVERYTHING_OF_THE_BENCH] },
];

const PATHS = {
  ws: { type: 'websocket' },
  ticket: { type: 'websocket', auth: { ticket: TICKET } },
  wampcra: { type: 'websocket', auth: { wampcra: WAMPCRA } },
  dynamic: {
    type: 'websocket',
    auth: {
      ticket: { type: 'dynamic', authenticator: AUTHENTICATOR, 'authenticator-realm': AUTH_REALM },
    },
  },
};

function node(roles: readonly object[], paths: object): RouterOptions {
  const authenticators = {
    name: AUTHENTICATOR_LOGIN.authid,
    permissions: [{ uri: AUTHENTICATOR, match: 'exact', allow: { register: true } }],
  };
  return {
    realms: [
      { name: REALM, roles },
      { name: AUTH_REALM, roles: [authenticators] },
    ],
    transports: [
      { type: 'web', endpoint: LOOPBACK, paths },
      { type: 'rawsocket', endpoint: LOOPBACK },
    ],
  };
}

/** As other routers are configured for the bench: static permissions, some ways to log in, free ports on the loopback. */
export const PLAIN_NODE = node(ROLES, PATHS);

/** The node that all figures are for but that of the start: with the roles that are measured beside `anonymous`, too. */
export const BENCH_NODE = node(
  [...ROLES, { name: 'ruled', permissions: RULES }, { name: 'authorized', authorizer: AUTHORIZER }],
  { ...PATHS, rules: roleDoor('ruled'), authorizer: roleDoor('authorized') },
);

/** The same, with so many realms that are called `realm1`, `realm2` …, all open to anonymous clients. */
export function nodeOf(realms: number): RouterOptions {
  const roles = [{ name: 'anonymous', permissions: [EVERYTHING_OF_THE_BENCH] }];
  const more = Array.from({ length: realms - 1 }, (_, index) => ({ name: `realm${index + 2}`, roles }));
  return { ...BENCH_NODE, realms: [...BENCH_NODE.realms, ...more] };
}
