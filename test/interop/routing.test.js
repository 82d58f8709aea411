/** Calls, errors and events from every client to every other, over every transport and serializer that it has. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allClients } from './clients/all.js';
import { plain } from './clients/plain.js';
import { AUTHENTICATOR, PREFIX, startDynamicNode } from './dynamic-logins.js';

const ARGS = ['Grüße 🚧 \u0000 \u2028', 0, -1, 2 ** 31, -(2 ** 40), 2 ** 53 - 1, 0.1, true, null, [[], [1, { a: [] }]]];
const KWARGS = { text: '', nested: { __proto_: 1, 'a b': [null, false] }, list: [1.5, 'x'] };
const BYTES = Buffer.from([0, 1, 0x7f, 0x80, 0xff, 0x18, 0x1e]);

const { clients, close } = allClients();
/** Every client, by every way that it has: `{ name, binary, session, events }`. */
const members = clients.flatMap(({ name, join, ways }, client) =>
  ways.map((way, place) => ({ ...way, name: `${name}, ${way.name}`, join, uri: `${PREFIX}c${client}.w${place}` })),
);
let node;
let authenticator;

before(async () => {
  node = await startDynamicNode();
  authenticator = await clients[0].join({ url: node.door.ws, serializer: 'cbor', ...AUTHENTICATOR });
  await authenticator.register('com.example.authenticate', 'authenticate');
  for (const member of members) {
    const { join, scheme, serializer, uri } = member;
    const login = { realm: 'realm-user1', authid: 'user1', ticket: '123secret' };
    member.session = await join({ url: node.urls[scheme], serializer, ...login });
    member.undo = [];
    for (const behaviour of ['echo', 'fail']) {
      member.undo.push(await member.session.register(`${uri}.${behaviour}`, behaviour));
    }
    member.events = await member.session.subscribe(`${uri}.topic`);
  }
});

after(async () => {
  for (const { session } of members) await session?.leave();
  await authenticator.leave();
  await close();
  await node.stop();
});

for (const member of members) {
  describe(member.name, () => {
    test('calls everybody', async () => {
      for (const callee of members) {
        const echoed = await member.session.call(`${callee.uri}.echo`, ARGS, KWARGS);
        assert.deepEqual(plain(echoed), { args: ARGS, kwargs: KWARGS }, callee.name);
        if (!member.binary || !callee.binary) continue;
        const { args } = await member.session.call(`${callee.uri}.echo`, [BYTES, [BYTES]], {});
        assert.deepEqual(plain(args), [BYTES.toString('hex'), [BYTES.toString('hex')]], callee.name);
      }
    });

    test('gets everybody’s errors', async () => {
      for (const callee of members) {
        await assert.rejects(
          member.session.call(`${callee.uri}.fail`, ['why', 1], { more: ['ü'] }),
          (error) => {
            const { uri, args, kwargs } = error;
            assert.deepEqual([uri, args, plain(kwargs)], [`${PREFIX}failed`, ['why', 1], { more: ['ü'] }], callee.name);
            return true;
          },
          callee.name,
        );
      }
      const { session } = member;
      await assert.rejects(session.call(`${PREFIX}nobody`, [], {}), { uri: 'wamp.error.no_such_procedure' });
      await assert.rejects(session.call('com.example.other', [], {}), { uri: 'wamp.error.not_authorized' });
      await assert.rejects(session.publish('com.example.other', [], {}), { uri: 'wamp.error.not_authorized' });
    });

    test('publishes to everybody', async () => {
      for (const subscriber of members) {
        if (subscriber === member) continue;
        await member.session.publish(`${subscriber.uri}.topic`, ARGS, KWARGS);
        await member.session.publish(`${subscriber.uri}.topic`, ['second'], {});
        const [first, second] = [await subscriber.events.next(), await subscriber.events.next()];
        assert.deepEqual(plain([first.args, first.kwargs]), [ARGS, KWARGS], subscriber.name);
        assert.deepEqual(plain([second.args, second.kwargs]), [['second'], {}], subscriber.name);
      }
    });

    test('sends and gets back 1 MB', async () => {
      const text = 'ä'.repeat(500_000);
      const echoed = await member.session.call(`${member.uri}.echo`, [text], {});
      assert.ok(echoed.args[0] === text);
    });
  });
}

describe('taking back', () => {
  test('registrations and subscriptions', async () => {
    for (const member of members) {
      for (const unregister of member.undo) await unregister();
      await member.events.unsubscribe();
    }
    const [{ session }] = members;
    for (const { uri } of members) {
      await assert.rejects(session.call(`${uri}.echo`, [], {}), { uri: 'wamp.error.no_such_procedure' });
    }
  });
});
