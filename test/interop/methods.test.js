/**
 * Every client logs in by every authmethod that it has: where a table decides, and where each of the clients is the
 * authenticator. Over WebSocket, where a table decides over
 * long-poll too. Ticket over all transports and serializers: `logins.test.js`; certificates: `certificates.test.js`; channel
 * binding and cookies with Autobahn|Python: `example-logins.test.js` and `test/system/tls-logins.system.ts`.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allClients, WITHOUT_PYTHON } from './clients/all.js';
import { PRINCIPALS } from './clients/behaviours.js';
import { plain } from './clients/plain.js';
import { freePorts, startNode } from './node.js';

const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';

/** Each with a secret that is right, one that is wrong, and how the client is told so. */
const LOGINS = [
  { name: 'anonymous', authmethod: 'anonymous' },
  { name: 'ticket', authmethod: 'ticket', authid: 'joe', right: 'secret123', wrong: '000secret' },
  { name: 'wampcra', authmethod: 'wampcra', authid: 'joe', right: 'secret123', wrong: '000secret' },
  { name: 'wampcra, salted', authmethod: 'wampcra', authid: 'ann', right: 'secret123', wrong: '000secret' },
  { name: 'scram', authmethod: 'scram', authid: 'joe', right: 'secret123', wrong: '000secret' },
  { name: 'cryptosign', authmethod: 'cryptosign', authid: 'joe', right: SEED, wrong: 'ab'.repeat(32) },
];

const DECIDER = { realm: 'realm1', authid: 'decider', ticket: 'let-me-decide' };

const { clients, close } = allClients();
let node;

before(async () => {
  node = await startMethodsNode();
});

after(async () => {
  await close();
  await node.stop();
});

test('Autobahn|Python takes part', { skip: WITHOUT_PYTHON }, () => {
  assert.ok(clients.some(({ name, methods }) => name === 'Autobahn|Python' && methods.includes('wampcra')));
});

describe('static', () => {
  for (const client of clients) {
    const [usual] = client.ways;
    const longPoll = client.ways.filter(({ scheme }) => scheme === 'lp');
    for (const login of LOGINS.filter(({ authmethod }) => client.methods.includes(authmethod))) {
      for (const way of [usual, ...longPoll]) {
        test(`${client.name}, ${way.name}, comes in by ${login.name}, and stays out`, () =>
          assertLogin(client, login, 'static', way));
      }
    }
  }
});

for (const authenticator of clients) {
  describe(`dynamic, ${authenticator.name} as authenticator`, () => {
    let session;

    before(async () => {
      session = await authenticator.join({ url: node.url('decider', 'ws'), serializer: 'json', ...DECIDER });
      await session.register('com.example.decide', 'decide');
    });

    after(() => session.leave());

    for (const client of clients) {
      for (const login of LOGINS.filter(({ authmethod }) => client.methods.includes(authmethod))) {
        test(`${client.name} comes in by ${login.name}, and stays out`, () => assertLogin(client, login, 'dynamic'));
      }
    }
  });
}

async function assertLogin(
  client,
  { authmethod, authid, right, wrong },
  kind,
  { scheme, serializer } = client.ways[0],
) {
  const logIn = (ticket, as = authid) =>
    client.join({ url: node.url(kind, scheme), serializer, realm: 'realm1', authid: as, authmethod, ticket });
  const session = await logIn(right);
  assert.equal(session.authrole, 'user');
  if (authid !== undefined) assert.equal(session.authid, authid);
  const saw = { authmethod, authid: authid ?? null };
  if (kind === 'dynamic') assert.deepEqual(plain(session.authextra.saw), saw);
  await session.leave();
  if (authid === undefined) return;
  const decidesItself = kind === 'dynamic' && authmethod === 'ticket';
  await assert.rejects(logIn(wrong), {
    uri: decidesItself ? 'com.example.invalid_ticket' : 'wamp.error.not_authorized',
  });
  const nobody = kind === 'dynamic' ? 'com.example.no_such_user' : 'wamp.error.not_authorized';
  await assert.rejects(logIn(right, 'nobody'), { uri: nobody });
}

async function startMethodsNode() {
  const [port] = await freePorts(1);
  const names = ['anonymous', ...Object.keys(PRINCIPALS)];
  const dynamic = { type: 'dynamic', authenticator: 'com.example.decide', 'authenticator-realm': 'realm1' };
  const doors = {
    static: Object.fromEntries(names.map((name) => [name, staticEntry(name)])),
    dynamic: Object.fromEntries(names.map((name) => [name, dynamic])),
    decider: {
      ticket: { type: 'static', principals: { [DECIDER.authid]: { ticket: DECIDER.ticket, role: 'decider' } } },
    },
  };
  const paths = Object.entries(doors).map(([path, auth]) => {
    return [path, { type: 'path', paths: { ws: { type: 'websocket', auth }, lp: { type: 'longpoll', auth } } }];
  });
  const decider = { uri: 'com.example.decide', match: 'exact', allow: { register: true } };
  const roles = [
    { name: 'user', permissions: [] },
    { name: 'decider', permissions: [decider] },
  ];
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port };
  const transport = { type: 'web', endpoint, paths: { '/': { type: 'nodeinfo' }, ...Object.fromEntries(paths) } };
  const { stop } = await startNode({
    version: 2,
    workers: [{ type: 'router', realms: [{ name: 'realm1', roles }], transports: [transport] }],
  });
  const schemes = { ws: 'ws', lp: 'http' };
  return { stop, url: (door, scheme) => `${schemes[scheme]}://127.0.0.1:${port}/${door}/${scheme}` };
}

/** The table of a method, of what authenticators answer. */
function staticEntry(name) {
  if (name === 'anonymous') return { type: 'static', role: 'user' };
  const principals = Object.entries(PRINCIPALS[name]).map(([authid, { pubkey, ...credentials }]) => {
    return [authid, { ...(pubkey === undefined ? credentials : { authorized_keys: [pubkey] }), role: 'user' }];
  });
  return { type: 'static', [name === 'wampcra' ? 'users' : 'principals']: Object.fromEntries(principals) };
}
