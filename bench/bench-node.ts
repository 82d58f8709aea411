import type { RouterOptions } from '../src/worker/create-router.ts';

/** Everything that the bench registers, calls, publishes and subscribes begins with this. */
export const URI_PREFIX = 'com.example.';
/** Where calls, events and all who log in are. */
export const REALM = 'realm1';
/** Where the authenticator is. */
export const AUTH_REALM = 'realm-auth';
/** The procedure of the dynamic authenticator: the bench itself registers it. */
export const AUTHENTICATOR = 'com.example.authenticate';
/** Who registers it, and who logs in; with their tickets. No secrets: they open nothing but a bench. */
export const AUTHENTICATOR_LOGIN = { authid: 'authenticator', ticket: 'ticket-of-the-authenticator' } as const;
export const USER_LOGIN = { authid: 'user', ticket: 'ticket-of-the-user' } as const;
/** The role that the dynamic authenticator assigns. */
export const USER_ROLE = 'user';

const EVERYTHING = { call: true, register: true, publish: true, subscribe: true };
const LOOPBACK = { type: 'tcp', interface: '127.0.0.1', port: 0, backlog: 4096 };

const TICKET = {
  type: 'static',
  principals: {
    [AUTHENTICATOR_LOGIN.authid]: {
      ticket: AUTHENTICATOR_LOGIN.ticket,
      realm: AUTH_REALM,
      role: AUTHENTICATOR_LOGIN.authid,
    },
    [USER_LOGIN.authid]: { ticket: USER_LOGIN.ticket, realm: REALM, role: USER_ROLE },
  },
};

/** The node that all figures are for: static permissions, three ways to log in, free ports on the loopback. */
export const BENCH_NODE: RouterOptions = {
  realms: [
    {
      name: REALM,
      roles: ['anonymous', USER_ROLE].map((name) => ({
        name,
        permissions: [{ uri: URI_PREFIX, match: 'prefix', allow: EVERYTHING }],
      })),
    },
    {
      name: AUTH_REALM,
      roles: [
        {
          name: AUTHENTICATOR_LOGIN.authid,
          permissions: [{ uri: AUTHENTICATOR, match: 'exact', allow: { register: true } }],
        },
      ],
    },
  ],
  transports: [
    {
      type: 'web',
      endpoint: LOOPBACK,
      paths: {
        ws: { type: 'websocket' },
        ticket: { type: 'websocket', auth: { ticket: TICKET } },
        dynamic: {
          type: 'websocket',
          auth: {
            ticket: { type: 'dynamic', authenticator: AUTHENTICATOR, 'authenticator-realm': AUTH_REALM },
          },
        },
      },
    },
    { type: 'rawsocket', endpoint: LOOPBACK },
  ],
};
