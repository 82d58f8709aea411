/** Authorizers that are asked: whatever they do, nothing is allowed that they did not allow (rows 89–91). */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { ACTIONS } from '../../src/authorization/authorizer.ts';
import { WampError } from '../../src/wamp/errors.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { settle } from '../support/scripted-peer.ts';
import { AskingBench, peer } from './asking-fixture.ts';

const ALICE = peer('alice');
const BOB = peer('bob');

let bench: AskingBench;

beforeEach(() => {
  bench = new AskingBench();
});

describe('an authorizer is asked', () => {
  it('with who it is, the URI, the action and the options', async () => {
    const { decision } = bench.pending(ALICE, 'subscribe', 'com.app.', { match: 'prefix' });
    const [asked] = bench.asked;
    assert.deepEqual(asked?.question, [
      {
        session: 4711,
        realm: 'realm1',
        authid: 'alice',
        authrole: 'user',
        authmethod: 'ticket',
        authprovider: 'static',
        authextra: null,
        transport: { peer: 'tcp4:127.0.0.1:4711' },
      },
      'com.app.',
      'subscribe',
      { match: 'prefix' },
    ]);
    await asked?.answer(true);
    assert.deepEqual(await decision, { allow: true, disclose: false });
    bench.assertIdle();
  });

  it('and may answer at once', () => {
    bench.ask = (_session, uri) => uri === 'com.a';
    assert.deepEqual(bench.decided(ALICE, 'call', 'com.a'), { allow: true, disclose: false });
    assert.deepEqual(bench.decided(ALICE, 'call', 'com.b'), { allow: false, disclose: false });
    bench.ask = () => {
      throw new Error('no');
    };
    assert.equal(bench.decided(ALICE, 'call', 'com.a').failure, 'the authorizer failed');
    bench.assertIdle();
  });

  it('and what it answers counts only where it is a decision', async () => {
    const yes = { allow: true, disclose: false };
    const answers: readonly (readonly [answer: unknown, expected: unknown])[] = [
      [true, yes],
      [false, { allow: false, disclose: false }],
      [{ allow: true }, yes],
      [
        { allow: true, disclose: true },
        { allow: true, disclose: true },
      ],
      [
        { allow: false, disclose: true, cache: false },
        { allow: false, disclose: true },
      ],
      [{ allow: true, validate: {} }, yes],
      [undefined, "Authorizer returned unknown type 'NoneType'"],
      [null, "Authorizer returned unknown type 'NoneType'"],
      [1, "Authorizer returned unknown type 'int'"],
      [0.5, "Authorizer returned unknown type 'float'"],
      [1n, "Authorizer returned unknown type 'int'"],
      ['true', "Authorizer returned unknown type 'str'"],
      [[true], "Authorizer returned unknown type 'list'"],
      [new Uint8Array(1), "Authorizer returned unknown type 'bytes'"],
      [
        new (class {
          allow = true;
        })(),
        "Authorizer returned unknown type 'object'",
      ],
      [{}, "Authorizer must have 'allow' in returned dict"],
      [{ cache: true }, "Authorizer must have 'allow' in returned dict"],
      [{ allow: 1 }, "Authorizer must have bool for 'allow'"],
      [{ allow: null }, "Authorizer must have bool for 'allow'"],
      [{ allow: 'yes' }, "Authorizer must have bool for 'allow'"],
      [{ allow: true, cache: 1 }, "Authorizer must have bool for 'cache'"],
      [{ allow: true, disclose: null }, "Authorizer must have bool for 'disclose'"],
      [{ allow: true, validate: [] }, "Authorizer must have dict for 'validate'"],
      [{ allow: true, validate: { call: 'x' } }, "Authorizer returned 'validate', but there is no inventory"],
      [{ allow: true, also: 1 }, "Authorizer returned unknown key 'also'"],
      [JSON.parse('{"allow": true, "__proto__": 1}'), "Authorizer returned unknown key '__proto__'"],
      [Object.create({ allow: true }), "Authorizer returned unknown type 'object'"],
    ];
    for (const [answer, expected] of answers) {
      const decision = await bench.decide(ALICE, 'call', 'com.a', answer);
      const wanted = typeof expected === 'string' ? { allow: false, disclose: false, failure: expected } : expected;
      assert.deepEqual(decision, wanted);
    }
    bench.assertIdle();
  });

  it('and what it raises is told in no words of its own', async () => {
    for (const [error, failure] of [
      [
        new WampError('wamp.error.no_such_procedure', ['no callee registered for procedure <com.secret>']),
        'no authorizer is available',
      ],
      [new WampError('wamp.error.canceled'), 'no authorizer is available'],
      [new WampError('com.example.error', ['password of the database: 123']), 'the authorizer failed'],
      [new Error('password of the database: 123'), 'the authorizer failed'],
      ['a string', 'the authorizer failed'],
    ] as const) {
      const { decision } = bench.pending(ALICE, 'call', 'com.a');
      await bench.asked.pop()?.fail(error);
      assert.deepEqual(await decision, { allow: false, disclose: false, failure });
    }
    bench.assertIdle();
    assert.doesNotMatch(JSON.stringify(bench.lines), /password|secret/);
  });
});

describe('an authorizer that does not answer', () => {
  it('is given up at the deadline, and a late answer counts for nothing', async () => {
    const { decision } = bench.pending(ALICE, 'call', 'com.a');
    bench.clock.advance(LIMITS.authorizerTimeout);
    assert.equal((await decision).failure, 'the authorizer did not answer in time');
    const [asked] = bench.asked;
    assert.equal(asked?.signal.aborted, true);
    await asked?.answer({ allow: true, cache: true });
    assert.equal(bench.authorizer.counts.remembered, 0);
    bench.assertIdle();
  });

  it('is then asked one thing at a time, so that nobody queues for it, until it answers', async () => {
    const first = bench.pending(ALICE, 'call', 'com.a');
    bench.clock.advance(LIMITS.authorizerTimeout);
    await first.decision;
    const second = bench.pending(ALICE, 'call', 'com.a');
    assert.equal(bench.decided(BOB, 'call', 'com.a').failure, 'the authorizer does not answer');
    assert.equal(bench.asked.length, 2);
    await bench.asked[1]?.answer(true);
    assert.equal((await second.decision).allow, true);
    const [third, fourth] = [bench.pending(ALICE, 'call', 'com.a'), bench.pending(BOB, 'call', 'com.a')];
    await bench.asked[2]?.answer(false);
    await bench.asked[3]?.answer(false);
    assert.equal((await third.decision).allow, false);
    assert.equal((await fourth.decision).allow, false);
    bench.assertIdle();
  });

  it('is asked no more than so many things at once', async () => {
    const all = Array.from({ length: LIMITS.authorizerCalls }, (_, at) =>
      bench.pending(peer(`user${at}`), 'call', 'com.a'),
    );
    assert.equal(bench.decided(ALICE, 'call', 'com.a').failure, 'too many decisions are awaited');
    for (const asked of bench.asked) void asked.answer(true);
    await settle();
    assert.ok((await Promise.all(all.map(({ decision }) => decision))).every(({ allow }) => allow));
    bench.assertIdle();
  });

  it('is told when nobody waits any more', async () => {
    const pending = bench.pending(ALICE, 'call', 'com.a');
    pending.cancel();
    pending.cancel();
    assert.equal((await pending.decision).allow, false);
    assert.equal(bench.asked[0]?.signal.aborted, true);
    bench.assertIdle();
    // That says nothing about the authorizer.
    const [one, two] = [bench.pending(ALICE, 'call', 'com.a'), bench.pending(BOB, 'call', 'com.a')];
    one.cancel();
    two.cancel();
  });

  it('is in the log once a second, with how often it failed meanwhile', async () => {
    for (let at = 0; at < 5; at++) await bench.decide(ALICE, 'call', 'com.a', 'junk');
    bench.clock.advance(1_000);
    await bench.decide(ALICE, 'call', 'com.a', 'junk');
    const reason = "Authorizer returned unknown type 'str'";
    assert.deepEqual(bench.lines, [{ reason }, { reason, moreBefore: 4 }]);
  });
});

describe('what is remembered (K24)', () => {
  const CACHED = { allow: true, cache: true, disclose: true };

  it('is used again, at once, with what it disclosed', async () => {
    await bench.decide(ALICE, 'call', 'com.a', CACHED);
    assert.deepEqual(bench.decided(ALICE, 'call', 'com.a'), { allow: true, disclose: true });
    await bench.decide(BOB, 'call', 'com.a', { allow: false, cache: true });
    assert.equal(bench.decided(BOB, 'call', 'com.a').allow, false);
  });

  it('is only what the authorizer said may be', async () => {
    for (const answer of [true, false, { allow: true }, { allow: true, cache: false }, 'junk']) {
      await bench.decide(ALICE, 'call', 'com.a', answer);
    }
    bench.pending(ALICE, 'call', 'com.a').cancel();
    assert.equal(bench.authorizer.counts.remembered, 0);
  });

  it('holds for one user, one action, one URI and one match policy', async () => {
    await bench.decide(ALICE, 'subscribe', 'com.a', CACHED);
    assert.equal(bench.decided(ALICE, 'subscribe', 'com.a', { match: 'exact' }).allow, true);
    assert.equal(
      bench.decided(peer('alice', { session: 1 }), 'subscribe', 'com.a', { get_retained: true }).allow,
      true,
    );
    bench.pending(BOB, 'subscribe', 'com.a').cancel();
    bench.pending(ALICE, 'register', 'com.a').cancel();
    bench.pending(ALICE, 'subscribe', 'com.b').cancel();
    bench.pending(ALICE, 'subscribe', 'com.a', { match: 'prefix' }).cancel();
    bench.pending(ALICE, 'subscribe', 'com.a', { match: 'wildcard' }).cancel();
    bench.pending(ALICE, 'register', 'com.a', { match: 'prefix' }).cancel();
    for (const authid of ['__proto__', 'constructor', '']) bench.pending(peer(authid), 'subscribe', 'com.a').cancel();
  });

  it('is forgotten after a time', async () => {
    await bench.decide(ALICE, 'call', 'com.a', CACHED);
    bench.clock.advance(LIMITS.authorizerCacheTime - 1);
    bench.decided(ALICE, 'call', 'com.a');
    bench.clock.advance(1);
    bench.pending(ALICE, 'call', 'com.a').cancel();
    assert.equal(bench.authorizer.counts.remembered, 0);
  });

  it('is forgotten with another authorizer, not with one that is gone for a while', async () => {
    await bench.decide(ALICE, 'call', 'com.a', CACHED);
    bench.incumbent = null;
    bench.decided(ALICE, 'call', 'com.a');
    bench.incumbent = 1;
    bench.decided(ALICE, 'call', 'com.a');
    bench.incumbent = 2;
    bench.pending(ALICE, 'call', 'com.a').cancel();
    assert.equal(bench.authorizer.counts.remembered, 0);
  });

  it('is not what an authorizer said that has been replaced since it was asked', async () => {
    const { decision } = bench.pending(ALICE, 'call', 'com.a');
    bench.incumbent = 2;
    bench.pending(BOB, 'call', 'com.a').cancel();
    await bench.asked[0]?.answer(CACHED);
    assert.equal((await decision).allow, true);
    bench.pending(ALICE, 'call', 'com.a').cancel();
  });

  it('is bounded: what was not used for longest goes, whatever one user makes up', async () => {
    bench.ask = () => CACHED;
    bench.decided(ALICE, 'call', 'com.a');
    for (let at = 0; at < 3 * LIMITS.authorizerCache; at++) {
      bench.decided(BOB, 'call', `com.made.up${at}`);
      if (at % 1000 === 0) bench.decided(ALICE, 'call', 'com.a');
    }
    assert.equal(bench.authorizer.counts.remembered, LIMITS.authorizerCache);
    bench.ask = () => assert.fail('asked again');
    assert.equal(bench.decided(ALICE, 'call', 'com.a').allow, true);
  });

  it('is never more than what would be decided anew (row 89)', () => {
    const question = fc.record({
      authid: fc.constantFrom('a', 'b', 'a b', ''),
      action: fc.constantFrom(...ACTIONS),
      uri: fc.constantFrom('x', 'x.', 'a x', 'b'),
      match: fc.constantFrom('exact', 'prefix', 'wildcard'),
      wait: fc.constantFrom(0, LIMITS.authorizerCacheTime / 2),
    });
    fc.assert(
      fc.property(fc.array(question, { maxLength: 100 }), fc.integer(), (questions, seed) => {
        const fresh = new AskingBench();
        const decide = (...about: readonly unknown[]): boolean => (hash(JSON.stringify(about)) ^ seed) % 2 === 0;
        fresh.ask = ({ authid }, uri, action, { match }) => ({
          allow: decide(authid, action, uri, match),
          cache: true,
        });
        for (const { authid, action, uri, match, wait } of questions) {
          fresh.clock.advance(wait);
          // Only subscribing and registering know patterns.
          const asked = action === 'call' || action === 'publish' ? 'exact' : match;
          const decided = fresh.decided(peer(authid), action, uri, { match: asked });
          assert.equal(decided.allow, decide(authid, action, uri, asked));
        }
      }),
    );
  });
});

function hash(text: string): number {
  let value = 7;
  for (const character of text) value = (value * 31 + character.charCodeAt(0)) | 0;
  return value;
}
