import { freePorts, startNode } from './node.js';

/** Who may come in by the door for authenticators. */
export const AUTHENTICATOR = { realm: 'realm-auth', authid: 'authenticator', ticket: 'let-me-decide' };

/** What all clients of these tests may use. */
export const PREFIX = 'com.example.interop.';

/**
 * A node whose logins are decided by `com.example.authenticate` on `realm-auth`, as in Crossbar.io's documentation;
 * that procedure comes from outside, through a door of its own.
 */
export async function startDynamicNode() {
  const [webSocket, rawSocket, web, doorWebSocket, doorRawSocket, doorWeb] = await freePorts(6);
  const auth = {
    ticket: { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-realm': 'realm-auth' },
  };
  const { realm, authid, ticket } = AUTHENTICATOR;
  const doorAuth = { ticket: { type: 'static', principals: { [authid]: { ticket, realm, role: 'authenticator' } } } };
  const user = {
    name: 'user',
    permissions: [
      { uri: PREFIX, match: 'prefix', allow: { call: true, register: true, publish: true, subscribe: true } },
    ],
  };
  const authenticator = {
    name: 'authenticator',
    permissions: [{ uri: 'com.example.authenticate', match: 'exact', allow: { register: true } }],
  };
  const endpoint = (port) => ({ type: 'tcp', interface: '127.0.0.1', port });
  const longPoll = (auth) => ({
    '/': { type: 'nodeinfo' },
    lp: { type: 'longpoll', auth, options: { queue_limit_bytes: 16 * 1024 * 1024, queue_limit_messages: 1000 } },
  });
  const node = await startNode({
    version: 2,
    workers: [
      {
        type: 'router',
        realms: [
          { name: 'realm-auth', roles: [authenticator] },
          { name: 'realm-user1', roles: [user] },
          { name: 'realm-user2', roles: [user] },
        ],
        transports: [
          { type: 'websocket', endpoint: endpoint(webSocket), auth },
          { type: 'rawsocket', endpoint: endpoint(rawSocket), auth },
          { type: 'web', endpoint: endpoint(web), paths: longPoll(auth) },
          { type: 'websocket', endpoint: endpoint(doorWebSocket), auth: doorAuth },
          { type: 'rawsocket', endpoint: endpoint(doorRawSocket), auth: doorAuth },
          { type: 'web', endpoint: endpoint(doorWeb), paths: longPoll(doorAuth) },
        ],
      },
    ],
  });
  return {
    stop: node.stop,
    urls: {
      ws: `ws://127.0.0.1:${webSocket}/`,
      rs: `rs://127.0.0.1:${rawSocket}`,
      lp: `http://127.0.0.1:${web}/lp`,
    },
    door: {
      ws: `ws://127.0.0.1:${doorWebSocket}/`,
      rs: `rs://127.0.0.1:${doorRawSocket}`,
      lp: `http://127.0.0.1:${doorWeb}/lp`,
    },
  };
}
