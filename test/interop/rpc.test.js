/** What the dealer does beyond calling, with every client that has it, over each serializer that the client has, and long-poll. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allClients } from './clients/all.js';
import { freePorts, longPollTransport, startNode } from './node.js';

const PREFIX = 'com.example.interop.';
const LOGIN = { realm: 'realm1', authid: 'user1', ticket: '123secret' };

const { clients, close } = allClients();
const members = clients.flatMap(({ name, join, ways }, number) =>
  ways
    .filter(({ scheme }) => scheme !== 'rs')
    .map((way, place) => ({
      ...way,
      name: `${name}, ${way.name}`,
      join,
      uri: `${PREFIX}c${number}.w${place}`,
      client: name,
    })),
);
const [turnpike] = members;
let node;
let inSeconds;
let urls;

before(async () => {
  const [port, secondsPort, longPollPort, longPollSecondsPort] = await freePorts(4);
  const auth = { ticket: { type: 'static', principals: { user1: { ticket: '123secret', role: 'user' } } } };
  const all = { call: true, register: true, publish: true, subscribe: true };
  const transport = (number, options) => ({
    type: 'websocket',
    endpoint: { type: 'tcp', interface: '127.0.0.1', port: number },
    auth,
    options,
  });
  node = await startNode({
    version: 2,
    workers: [
      {
        type: 'router',
        realms: [
          {
            name: 'realm1',
            roles: [{ name: 'user', permissions: [{ uri: PREFIX, match: 'prefix', allow: all }] }],
            store: { type: 'memory', 'call-queue': [{ uri: `${PREFIX}queued`, limit: 5 }] },
          },
        ],
        transports: [
          transport(port, {}),
          transport(secondsPort, { call_timeout_unit: 's' }),
          longPollTransport(longPollPort, auth),
          longPollTransport(longPollSecondsPort, auth, { call_timeout_unit: 's' }),
        ],
      },
    ],
  });
  urls = { ws: `ws://127.0.0.1:${port}/`, lp: `http://127.0.0.1:${longPollPort}/lp` };
  for (const member of members) {
    const { join, scheme, serializer } = member;
    member.session = await join({ url: urls[scheme], serializer, ...LOGIN });
  }
  const longPolling = members.find(({ scheme }) => scheme === 'lp');
  inSeconds = [
    await turnpike.join({ url: `ws://127.0.0.1:${secondsPort}/`, serializer: 'cbor', ...LOGIN }),
    await longPolling.join({ url: `http://127.0.0.1:${longPollSecondsPort}/lp`, ...LOGIN }),
  ];
});

after(async () => {
  for (const { session } of members) await session?.leave();
  for (const session of inSeconds) await session.leave();
  await close();
  await node.stop();
});

/** The one positional result. */
async function first(promise) {
  return (await promise).args[0];
}

for (const member of members) {
  describe(member.name, () => {
    const { uri } = member;
    const withCrossbarOptions = { skip: member.client === 'wampy' && 'it sends none but those of the specification' };

    test('answers to patterns, and learns what was called', async () => {
      const { session } = member;
      const undo = [
        await session.register(`${uri}.p`, 'procedure', { match: 'prefix' }),
        await session.register(`${uri}..w`, 'procedure', { match: 'wildcard' }),
        await session.register(`${uri}.p.exact`, 'say:exact'),
      ];
      for (const { session: caller } of members) {
        assert.equal(await first(caller.call(`${uri}.p.x.y`, [], {})), `${uri}.p.x.y`);
        assert.equal(await first(caller.call(`${uri}.any.w`, [], {})), `${uri}.any.w`);
        assert.equal(await first(caller.call(`${uri}.p.exact`, [], {})), 'exact');
      }
      // wampy takes the URI of a wildcard for invalid when it is to unregister it.
      if (member.client === 'wampy') return;
      for (const unregister of undo) await unregister();
      await assert.rejects(session.call(`${uri}.any.w`, [], {}), { uri: 'wamp.error.no_such_procedure' });
    });

    test('shares a procedure only by the same policy', async () => {
      const shared = `${uri}.shared`;
      await turnpike.session.register(shared, 'echo', { invoke: 'last' });
      const conflict = 'wamp.error.procedure_exists_with_different_invocation_policy';
      if (member === turnpike) return;
      await assert.rejects(member.session.register(shared, 'echo', { invoke: 'first' }), { uri: conflict });
      await member.session.register(shared, 'say:mine', { invoke: 'last' });
      assert.equal(await first(turnpike.session.call(shared, [], {})), 'mine');
    });

    test('tells progress, and is told it', async () => {
      await member.session.register(`${uri}.count`, 'count');
      for (const caller of members) {
        const progress = [];
        assert.equal(await first(caller.session.call(`${uri}.count`, [4], {}, { progress })), 4, caller.name);
        assert.deepEqual(progress, [1, 2, 3], caller.name);
      }
    });

    test('runs out of time', async () => {
      await turnpike.session.register(`${uri}.never`, 'never');
      await assert.rejects(member.session.call(`${uri}.never`, [], {}, { timeout: 50 }), { uri: 'wamp.error.timeout' });
    });

    test('is free again when the time of its call is over', withCrossbarOptions, async () => {
      await member.session.register(`${uri}.busy`, 'never', { concurrency: 1 });
      const call = () => turnpike.session.call(`${uri}.busy`, [], {}, { timeout: 50 });
      for (let time = 0; time < 2; time++) {
        const outcomes = await Promise.allSettled([call(), call()]);
        assert.deepEqual(
          outcomes.map(({ reason }) => reason?.uri),
          ['wamp.error.timeout', 'crossbar.error.max_concurrency_reached'],
        );
      }
    });

    test('takes a procedure over by force', withCrossbarOptions, async () => {
      await turnpike.session.register(`${uri}.taken`, 'say:theirs');
      await member.session.register(`${uri}.taken`, 'say:mine', { force_reregister: true });
      assert.equal(await first(turnpike.session.call(`${uri}.taken`, [], {})), 'mine');
    });

    test('sends a call in parts', async (context) => {
      const { callInParts } = member.session;
      if (callInParts === undefined) {
        context.skip('the client cannot');
        return;
      }
      await turnpike.session.registerSum(`${uri}.sum`);
      assert.equal(await callInParts(`${uri}.sum`, [1, 2, 3, 4]), 10);
    });
  });
}

describe('wampy', () => {
  test('has its session ended where it sends a call in parts, since it does not announce it', async () => {
    await turnpike.session.registerSum(`${PREFIX}sum`);
    for (const { join, serializer } of members.filter(({ client }) => client === 'wampy')) {
      const session = await join({ url: urls.ws, serializer, ...LOGIN });
      await assert.rejects(session.callInPartsUnannounced(`${PREFIX}sum`, [1, 2]), { message: 'Websocket error' });
    }
  });
});

describe('all together', () => {
  test('share a procedure, one after the other', async () => {
    const procedure = `${PREFIX}roundrobin`;
    for (const { session, name } of members) await session.register(procedure, `say:${name}`, { invoke: 'roundrobin' });
    const said = [];
    for (const { session } of members) said.push(await first(session.call(procedure, [], {})));
    assert.deepEqual(
      said,
      members.map(({ name }) => name),
    );
  });

  test('wait for a callee that is busy', async () => {
    await turnpike.session.register(`${PREFIX}queued`, 'echo', { concurrency: 1 });
    const calls = [1, 2, 3, 4, 5].map((number) => turnpike.session.call(`${PREFIX}queued`, [number], {}));
    assert.deepEqual(await Promise.all(calls.map(first)), [1, 2, 3, 4, 5]);
  });

  test('count seconds where the transport says so', async () => {
    await turnpike.session.register(`${PREFIX}forever`, 'never');
    for (const session of inSeconds) {
      const start = performance.now();
      await assert.rejects(session.call(`${PREFIX}forever`, [], {}, { timeout: 1 }), { uri: 'wamp.error.timeout' });
      assert.ok(performance.now() - start > 950);
    }
  });
});
