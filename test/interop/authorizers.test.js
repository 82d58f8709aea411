/** Every client is a dynamic authorizer for the others, and every client is decided about. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from '../../dist/bundle/index.js';
import { allClients, WITHOUT_PYTHON } from './clients/all.js';
import { freePorts, startNode } from './node.js';

const PREFIX = 'com.example.interop.';
const AUTHORIZE = 'com.example.authorize';
const FAILED = 'wamp.error.authorization_failed';
const DENIED = 'wamp.error.not_authorized';

const { clients, close } = allClients();
let node;
let urls;
/** Asks with options that not all clients have. */
let plainSession;

before(async () => {
  const [ws, rs] = await freePorts(2);
  const endpoint = (port) => ({ type: 'tcp', interface: '127.0.0.1', port });
  const principals = Object.fromEntries(
    ['user1', 'user2', 'authorizer'].map((authid) => [
      authid,
      { ticket: authid, role: authid === 'authorizer' ? 'authorizer' : 'user' },
    ]),
  );
  const auth = { ticket: { type: 'static', principals } };
  const realm = {
    name: 'realm1',
    roles: [
      { name: 'user', authorizer: AUTHORIZE, 'authorizer-role': 'authorizer' },
      { name: 'authorizer', permissions: [{ uri: AUTHORIZE, allow: { register: true } }] },
    ],
  };
  const paths = {
    '/': { type: 'json', value: {} },
    ws: { type: 'websocket', auth },
    lp: { type: 'longpoll', auth, options: { queue_limit_messages: 1000 } },
  };
  const transports = [
    { type: 'web', endpoint: endpoint(ws), paths },
    { type: 'rawsocket', endpoint: endpoint(rs), auth },
  ];
  node = await startNode({ version: 2, workers: [{ type: 'router', realms: [realm], transports }] });
  urls = { ws: `ws://127.0.0.1:${ws}/ws`, rs: `rs://127.0.0.1:${rs}`, lp: `http://127.0.0.1:${ws}/lp` };
  plainSession = await connect({ url: urls.ws, realm: 'realm1', authid: 'user1', ticket: 'user1' });
});

after(async () => {
  await plainSession.leave();
  await close();
  await node.stop();
});

function logIn(client, { scheme, serializer }, authid) {
  return client.join({ url: urls[scheme], serializer, realm: 'realm1', authid, ticket: authid });
}

test('Autobahn|Python takes part', { skip: WITHOUT_PYTHON }, () => {
  assert.ok(clients.some(({ name }) => name === 'Autobahn|Python'));
});

test('without an authorizer nobody may do anything', async () => {
  for (const client of clients) {
    const session = await logIn(client, client.ways[0], 'user1');
    const text = `failed to authorize session for calling procedure '${PREFIX}echo': no authorizer is available`;
    await assert.rejects(session.call(`${PREFIX}echo`, [1], {}), { uri: FAILED, args: [text] }, client.name);
    await session.leave();
  }
});

for (const authorizer of clients) {
  for (const place of authorizer.ways) {
    describe(`${authorizer.name} as authorizer, ${place.name}`, () => {
      let session;

      before(async () => {
        session = await logIn(authorizer, place, 'authorizer');
        await session.register(AUTHORIZE, 'authorize');
      });

      after(() => session.leave());

      test('is called with session, URI, action and options', async () => {
        const subscription = await plainSession.subscribe(`${PREFIX}saw.`, () => {}, { match: 'prefix' });
        await subscription.unsubscribe();
      });

      for (const client of clients) {
        test(`decides about ${client.name}`, () => assertDecided(client, client.ways[0]));
      }
    });
  }
}

async function assertDecided(client, way) {
  const user1 = await logIn(client, way, 'user1');
  const user2 = await logIn(client, way, 'user2');
  // Twice: the second time it is remembered.
  for (let time = 0; time < 2; time++) {
    const unregister = await user1.register(`${PREFIX}user1.echo`, 'echo');
    assert.deepEqual((await user1.call(`${PREFIX}user1.echo`, ['mine'], {})).args, ['mine']);
    await assert.rejects(user2.call(`${PREFIX}user1.echo`, ['not mine'], {}), { uri: DENIED });
    await assert.rejects(user2.register(`${PREFIX}user1.other`, 'echo'), { uri: DENIED });
    const events = await user1.subscribe(`${PREFIX}user1.news`);
    await assert.rejects(user2.publish(`${PREFIX}user1.news`, ['not mine'], {}), { uri: DENIED });
    await events.unsubscribe();
    await unregister();
  }
  await assert.rejects(user1.call(`${PREFIX}junk`, [], {}), {
    uri: FAILED,
    args: [`failed to authorize session for calling procedure '${PREFIX}junk': Authorizer returned unknown type 'str'`],
  });
  await assert.rejects(user1.call(`${PREFIX}raise`, [], {}), {
    uri: FAILED,
    args: [`failed to authorize session for calling procedure '${PREFIX}raise': the authorizer failed`],
  });
  await user1.leave();
  await user2.leave();
}
