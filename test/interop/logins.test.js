/** Every client logs in through a dynamic authenticator, and every client is one for the others. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allClients, WITHOUT_PYTHON } from './clients/all.js';
import { plain } from './clients/plain.js';
import { AUTHENTICATOR, startDynamicNode } from './dynamic-logins.js';

const { clients, close } = allClients();
let node;

before(async () => {
  node = await startDynamicNode();
});

after(async () => {
  await close();
  await node.stop();
});

test('Autobahn|Python takes part', { skip: WITHOUT_PYTHON }, () => {
  assert.ok(clients.some(({ name }) => name === 'Autobahn|Python'));
});

test('without an authenticator nobody comes in', async () => {
  for (const client of clients) {
    await assert.rejects(logIn(client, client.ways[0], {}), { uri: 'wamp.error.no_such_procedure' }, client.name);
  }
});

for (const authenticator of clients) {
  for (const place of authenticator.ways) {
    describe(`${authenticator.name} as authenticator, ${place.name}`, () => {
      let session;

      before(async () => {
        const { scheme, serializer } = place;
        session = await authenticator.join({ url: node.door[scheme], serializer, ...AUTHENTICATOR });
        await session.register('com.example.authenticate', 'authenticate');
      });

      after(() => session.leave());

      // One way in suffices, but where the authenticator is of the most usual kind.
      const every = place === authenticator.ways[0];

      for (const client of clients) {
        test(`lets ${client.name} in, and keeps it out`, async () => {
          for (const way of every ? client.ways : client.ways.slice(0, 1)) {
            await assertLetIn(client, way);
            await assertKeptOut(client, way);
          }
        });
      }
    });
  }
}

async function assertLetIn(client, way) {
  const named = await logIn(client, way, { realm: 'realm-user1' });
  assertWelcome(named, 'user1', 'realm-user1', way);
  await named.leave();
  if (!client.anyRealm) return;
  const sent = await logIn(client, way, { realm: null, authid: 'user2', ticket: '456secret' });
  assertWelcome(sent, 'user2', null, way);
  await sent.leave();
}

const TYPES = { ws: 'websocket', rs: 'rawsocket', lp: 'longpoll' };

function assertWelcome(session, authid, asked, { scheme, serializer }) {
  assert.equal(session.realm, `realm-${authid}`);
  assert.equal(session.authid, authid);
  assert.equal(session.authrole, 'user');
  assert.deepEqual(session.authextra['my-custom-welcome-data'], [1, 2, 3]);
  assert.deepEqual(plain(session.authextra.saw), {
    realm: asked,
    session: Number(session.session),
    authmethod: 'ticket',
    type: TYPES[scheme],
    protocol: `wamp.2.${serializer}`,
  });
}

async function assertKeptOut(client, way) {
  const wrongTicket = { uri: 'com.example.invalid_ticket', args: ['the ticket is not valid: ü'] };
  await assert.rejects(logIn(client, way, { ticket: '000secret' }), wrongTicket, way.name);
  const nobody = { uri: 'com.example.no_such_user', args: ['there is no such user'] };
  await assert.rejects(logIn(client, way, { authid: 'user3' }), nobody, way.name);
}

function logIn(client, { scheme, serializer }, { realm = 'realm-user1', authid = 'user1', ticket = '123secret' }) {
  return client.join({ url: node.urls[scheme], serializer, realm, authid, ticket });
}
