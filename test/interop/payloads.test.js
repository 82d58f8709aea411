/**
 * What the router passes on and does not look into: passthru mode with wampy; payload transparency, its encryption by
 * cryptobox, and transaction hashes with Autobahn|Python; from each serializer to each other.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hasPythonModule, WITHOUT_PYTHON } from './clients/all.js';
import { plain } from './clients/plain.js';
import { mixedClients } from './mixed-clients.js';

const ARGS = ['Grüße 🚧', 1, [null, { a: 2.5 }]];
const KWARGS = { why: ['x'] };
const WITHOUT_CRYPTOBOX = !hasPythonModule('nacl, pytrie') && 'PyNaCl or pytrie is absent';

const { members, joinAgain, start, stop } = mixedClients();

before(start);
after(stop);

describe('payload passthru mode, with wampy', () => {
  const all = members.filter(({ client }) => client === 'wampy');
  for (const member of all) {
    for (const other of all) {
      for (const ppt_serializer of ['native', 'json', 'msgpack', 'cbor']) {
        // Of bytes in JSON wampy knows nothing.
        const sealed = ppt_serializer === 'msgpack' || ppt_serializer === 'cbor';
        if (sealed && !(member.binary && other.binary)) continue;
        const passthru = { ppt_scheme: 'x_interop', ppt_serializer };

        test(`${ppt_serializer} goes from ${member.serializer} to ${other.serializer} and back`, async () => {
          const uri = `${other.uri}.${ppt_serializer}.${member.serializer}`;
          const unregister = await other.session.register(`${uri}.echo`, 'echo');
          const result = await member.session.call(`${uri}.echo`, ARGS, KWARGS, passthru);
          assert.deepEqual(plain(result), { args: ARGS, kwargs: KWARGS });
          await unregister();
          const receiver = member === other ? await joinAgain(other) : other.session;
          const events = await receiver.subscribe(`${uri}.topic`);
          await member.session.publish(`${uri}.topic`, ARGS, KWARGS, passthru);
          const { args, kwargs } = await events.next();
          assert.deepEqual(plain([args, kwargs]), [ARGS, KWARGS]);
          await events.unsubscribe();
          if (member === other) await receiver.leave();
        });
      }
    }
  }
});

describe('transaction hashes, with Autobahn|Python', { skip: WITHOUT_PYTHON }, () => {
  const all = members.filter(({ client }) => client === 'Autobahn|Python');
  const hash = { transaction_hash: '0x00ff' };
  for (const member of all) {
    test(`come with calls and events, from ${member.serializer}`, async () => {
      for (const other of all.filter((one) => one !== member)) {
        const uri = `${other.uri}.hash.${member.serializer}`;
        await other.session.register(uri, 'transaction');
        assert.deepEqual((await member.session.call(uri, [], {}, hash)).args, ['0x00ff']);
        const events = await other.session.subscribe(`${uri}.topic`);
        await member.session.publish(`${uri}.topic`, [], {}, hash);
        assert.equal((await events.next()).details.transaction, '0x00ff');
        await events.unsubscribe();
      }
    });
  }
});

const KEY = Buffer.alloc(32, 7).toString('base64');

for (const [name, uri, prepare, enc] of [
  [
    'encryption by cryptobox',
    'com.example.secret',
    (session) => session.encrypt('com.example.secret', KEY),
    'cryptobox',
  ],
  ['a format of the application', 'com.example.own', (session) => session.encode(), 'x_reversed'],
]) {
  describe(`payload transparency, with Autobahn|Python: ${name}`, { skip: WITHOUT_CRYPTOBOX }, () => {
    const all = members.filter(({ client }) => client === 'Autobahn|Python');
    const sessions = new Map();

    before(async () => {
      for (const member of all) {
        const session = await joinAgain(member);
        await prepare(session);
        sessions.set(member, session);
      }
    });

    after(async () => {
      for (const session of sessions.values()) await session.leave();
    });

    for (const member of all) {
      for (const other of all) {
        test(`goes from ${member.serializer} to ${other.serializer} and back`, async () => {
          const [sender, receiver] = [sessions.get(member), sessions.get(other)];
          const procedure = `${uri}.${other.serializer}.${member.serializer}`;
          const undo = [
            await receiver.register(procedure, 'echo'),
            await receiver.register(`${procedure}.count`, 'count'),
            await receiver.register(`${procedure}.fail`, 'fail'),
          ];
          const echoed = await sender.call(procedure, ARGS, KWARGS);
          assert.deepEqual(plain(echoed), { args: ARGS, kwargs: KWARGS });
          const progress = [];
          assert.deepEqual((await sender.call(`${procedure}.count`, [3], {}, { progress })).args, [3]);
          assert.deepEqual(progress, [1, 2]);
          await assert.rejects(sender.call(`${procedure}.fail`, ['why'], KWARGS), ({ uri: error, args, kwargs }) => {
            assert.deepEqual([error, args, plain(kwargs)], ['com.example.interop.failed', ['why'], KWARGS]);
            return true;
          });
          for (const unregister of undo) await unregister();
          if (member === other) return;
          const events = await receiver.subscribe(`${procedure}.topic`);
          await sender.publish(`${procedure}.topic`, ARGS, KWARGS);
          const { args, kwargs } = await events.next();
          assert.deepEqual(plain([args, kwargs]), [ARGS, KWARGS]);
          await events.unsubscribe();
        });
      }

      test(`is bytes for others, from ${member.serializer}`, async () => {
        for (const onlooker of members.filter(({ client }) => client === 'Turnpike')) {
          const events = await onlooker.session.subscribe(`${uri}.seen`);
          await sessions.get(member).publish(`${uri}.seen`, ['the secret'], {});
          const { args, kwargs, details } = await events.next();
          assert.ok(args[0] instanceof Uint8Array, onlooker.name);
          assert.deepEqual([args.length, plain(kwargs), details.enc], [1, {}, enc]);
          assert.doesNotMatch(Buffer.from(args[0]).toString('latin1'), /secret/);
          await events.unsubscribe();
        }
      });
    }
  });
}
