/** From HELLO to WELCOME or ABORT, and from GOODBYE to the next HELLO. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { LIMITS } from '../../src/wamp/limits.ts';
import { settle, type WireMessage } from '../support/scripted-peer.ts';
import { ACCEPT, type BenchLine, HELLO, SessionBench } from './session-bench.ts';

const CHALLENGE = { kind: 'challenge', authmethod: 'ticket', extra: { hint: 'red' } } as const;
const DENY = { kind: 'deny', reason: 'com.example.invalid_ticket', message: 'no' } as const;
const TOO_LATE: WireMessage = [3, { message: 'the login took too long' }, 'wamp.error.authentication_failed'];

let bench: SessionBench;
let line: BenchLine;

beforeEach(() => {
  bench = new SessionBench();
  line = bench.connect();
});

describe('WELCOME', () => {
  it('says who the client is: realm, authid, role and extra are the login’s', async () => {
    line.say(1, null, { roles: { caller: {} } });
    await bench.decide({ ...ACCEPT, authextra: { mine: [1, 2, 3], x_cb_node: 'forged' } });
    const [[code, session, details] = []] = line.heard();
    assert.deepEqual([code, session], [2, 1001]);
    const { roles, ...rest } = details as Record<string, unknown>;
    const own = { x_cb_node: 'node1', x_cb_worker: 'worker1', x_cb_peer: 'tcp4:127.0.0.1:4711', x_cb_pid: 4711 };
    assert.deepEqual(rest, {
      realm: 'realm1',
      authid: 'user1',
      authrole: 'user',
      authmethod: 'ticket',
      authprovider: 'dynamic',
      authextra: { mine: [1, 2, 3], ...own },
      ...own,
    });
    assert.deepEqual(Object.keys(roles as object).toSorted(), ['broker', 'dealer']);
    assert.equal(bench.realm.counts.sessions, 1);
    assert.equal(bench.clock.pending, 0);
    assert.equal(bench.pending, 0);
  });

  it('[row 135] comes only where realm and role exist, whatever the login said (K1, K2)', async () => {
    for (const [accept, reason] of [
      [{ realm: 'realm2' }, 'wamp.error.no_such_realm'],
      [{ authrole: 'admin' }, 'wamp.error.no_such_role'],
      [{ authrole: 'trusted' }, 'wamp.error.no_such_role'],
      [{ authrole: 'anonymous' }, 'wamp.error.no_such_role'],
      [{ authrole: '__proto__' }, 'wamp.error.no_such_role'],
    ] as const) {
      const other = bench.connect();
      other.say(...HELLO);
      await bench.decide({ ...ACCEPT, ...accept });
      const heard = other.heard();
      assert.deepEqual(
        heard.map(([code, , uri]) => [code, uri]),
        [[3, reason]],
      );
      assert.equal(other.connection.closedWith, 'policy');
      other.lose();
    }
    line.lose();
    bench.assertClean();
  });
});

describe('one challenge, one answer (K4)', () => {
  it('the right answer lets in', async () => {
    line.say(...HELLO);
    await bench.decide(CHALLENGE);
    assert.deepEqual(line.heard(), [[4, 'ticket', { hint: 'red' }]]);
    line.say(5, '123secret', { more: 1 });
    const { signature, extra } = { signature: bench.steps[0]?.args[0], extra: bench.steps[0]?.args[1] };
    assert.equal(signature, '123secret');
    assert.equal((extra as { more: number }).more, 1);
    await bench.decide(ACCEPT);
    assert.equal(line.heard()[0]?.[0], 2);
  });

  it('a wrong one ends the connection, with the login’s reason and text', async () => {
    line.say(...HELLO);
    await bench.decide(CHALLENGE);
    line.say(5, 'wrong', {});
    await bench.decide(DENY);
    assert.deepEqual(line.heard().slice(1), [[3, { message: 'no' }, 'com.example.invalid_ticket']]);
    assert.equal(line.connection.closedWith, 'policy');
    line.say(5, '123secret', {});
    assert.equal(bench.steps.length, 0);
    line.lose();
    bench.assertClean();
  });

  it('[row 26] two answers in one read make one call of the authenticator, and no session', async () => {
    line.say(...HELLO);
    await bench.decide(CHALLENGE);
    line.say(5, 'guess 1', {});
    line.say(5, 'guess 2', {});
    assert.equal(bench.steps.length, 1);
    assert.equal(bench.steps[0]?.signal.aborted, true);
    await bench.decide(ACCEPT);
    assert.deepEqual(
      line.heard().map(([code]) => code),
      [4, 3],
    );
    line.lose();
    bench.assertClean();
  });

  it('[row 24] two HELLOs in one read make one login, and no session', async () => {
    line.say(...HELLO);
    line.say(...HELLO);
    assert.equal(bench.steps.length, 1);
    await bench.decide(ACCEPT);
    assert.deepEqual(
      line.heard().map(([code, , reason]) => [code, reason]),
      [[3, 'wamp.error.protocol_violation']],
    );
    line.lose();
    bench.assertClean();
  });
});

describe('a login that fails', () => {
  it('because the client takes no message as long as its WELCOME or CHALLENGE, says so', async () => {
    for (const outcome of [ACCEPT, { ...CHALLENGE, extra: { challenge: 'x'.repeat(1000) } }]) {
      const small = bench.connect({ type: 'rawsocket', maxSend: 512 });
      small.say(...HELLO);
      await bench.decide(outcome);
      assert.deepEqual(
        small.heard().map(([code, , reason]) => [code, reason]),
        [[3, 'wamp.error.payload_size_exceeded']],
      );
      assert.equal(small.connection.closedWith, 'policy');
      small.lose();
    }
    line.lose();
    bench.assertClean();
  });

  it('without text says no text', async () => {
    line.say(...HELLO);
    await bench.decide({ ...DENY, message: null });
    assert.deepEqual(line.heard(), [[3, {}, 'com.example.invalid_ticket']]);
  });

  it('in the router itself, tells nothing of it (K7)', async () => {
    line.say(...HELLO);
    bench.steps.shift()?.fail(new Error('the password file /etc/secret is gone'));
    await settle();
    const heard = line.heard();
    assert.deepEqual(
      heard.map(([code, , reason]) => [code, reason]),
      [[3, 'wamp.error.authentication_failed']],
    );
    assert.doesNotMatch(JSON.stringify(heard), /secret|gone/);
    assert.ok(bench.lines.some(({ level }) => level === 'error'));
    assert.equal(line.connection.closedWith, 'internal-error');
    line.lose();
    bench.assertClean();
  });
});

describe('the deadline of a login (K6)', () => {
  it('ends a client that says nothing', () => {
    bench.clock.advance(LIMITS.loginTimeout - 1);
    assert.equal(line.connection.closedWith, null);
    bench.clock.advance(1);
    assert.deepEqual(line.heard(), [TOO_LATE]);
    assert.equal(line.connection.closedWith, 'policy');
    line.lose();
    bench.assertClean();
  });

  it('[row 40] is absolute: neither HELLO nor AUTHENTICATE put it off', async () => {
    bench.clock.advance(4_000);
    line.say(...HELLO);
    bench.clock.advance(4_000);
    await bench.decide(CHALLENGE);
    line.heard();
    line.say(5, 'signature', {});
    const { signal } = bench.steps[0] ?? {};
    bench.clock.advance(1_999);
    assert.equal(signal?.aborted, false);
    bench.clock.advance(1);
    assert.equal(signal?.aborted, true, 'the call of the authenticator is cancelled');
    assert.deepEqual(line.heard(), [TOO_LATE]);
    await bench.decide(ACCEPT);
    assert.deepEqual(line.heard(), [], 'a late answer is dropped');
    line.lose();
    bench.assertClean();
  });

  it('does not concern those who are in', async () => {
    await line.join();
    bench.clock.advance(10 * LIMITS.loginTimeout);
    assert.equal(line.connection.closedWith, null);
  });
});

describe('[row 29] a client that leaves while it logs in', () => {
  for (const [how, leave] of [
    ['the connection is lost', () => line.lose()],
    ['it says ABORT', () => line.say(3, {}, 'wamp.error.canceled')],
    ['the worker ends it', () => line.session.destroy()],
    ['the router shuts down', () => line.session.goodbye('wamp.close.system_shutdown', null)],
  ] as const) {
    it(`${how}: the authenticator’s call is cancelled, a late answer dropped, nothing left`, async () => {
      line.say(...HELLO);
      const { signal } = bench.steps[0] ?? {};
      leave();
      assert.equal(signal?.aborted, true);
      line.heard();
      await bench.decide(ACCEPT);
      assert.deepEqual(line.heard(), []);
      bench.assertClean();
      assert(line.connection.closedWith !== null || line.connection.destroyed || bench.ended === 1);
    });
  }
});

describe('GOODBYE', () => {
  it('of the client is answered, and the connection can carry the next session, of another user', async () => {
    const first = await line.join();
    line.say(64, 1, {}, 'com.example.procedure');
    line.say(6, {}, 'wamp.close.normal');
    assert.deepEqual(line.heard().at(-1), [6, {}, 'wamp.close.goodbye_and_out']);
    assert.deepEqual(bench.realm.counts, { sessions: 0, subscriptions: 0, registrations: 0 });
    assert.equal(line.connection.closedWith, null);
    assert.equal(bench.pending, 1);
    const second = await line.join({ authid: 'user2' });
    assert.notEqual(first, second);
    assert.equal(bench.pending, 0);
    line.lose();
    bench.assertClean();
  });

  it('of the client begins a new deadline, at which a client that begins no other session is let go', async () => {
    await line.join();
    line.say(6, {}, 'wamp.close.normal');
    line.heard();
    bench.clock.advance(LIMITS.loginTimeout);
    assert.deepEqual(line.heard(), []);
    assert.equal(line.connection.closedWith, 'normal');
    line.lose();
    bench.assertClean();
  });

  it('of the client begins a new deadline, at which one that began another is refused', async () => {
    await line.join();
    line.say(6, {}, 'wamp.close.normal');
    line.heard();
    line.say(...HELLO);
    bench.clock.advance(LIMITS.loginTimeout);
    assert.deepEqual(line.heard(), [TOO_LATE]);
    assert.equal(line.connection.closedWith, 'policy');
    line.lose();
    bench.assertClean();
  });

  it('is the last word to that session: events of the same turn are not sent after it', async () => {
    const other = bench.connect();
    await line.join();
    await other.join();
    line.say(32, 1, {}, 'com.example.topic');
    line.heard();
    other.say(16, 1, {}, 'com.example.topic', ['before']);
    line.say(6, {}, 'wamp.close.normal');
    other.say(16, 2, {}, 'com.example.topic', ['after']);
    assert.deepEqual(
      line.heard().map(([code]) => code),
      [36, 6],
    );
  });

  it('of the router ends the connection when it is answered', async () => {
    await line.join();
    line.session.goodbye('wamp.close.system_shutdown', 'bye');
    assert.deepEqual(line.heard(), [[6, { message: 'bye' }, 'wamp.close.system_shutdown']]);
    assert.equal(bench.realm.counts.sessions, 0, 'off the realm at once');
    line.session.goodbye('wamp.close.killed', null);
    line.say(48, 1, {}, 'com.example.procedure');
    assert.deepEqual(line.heard(), []);
    line.say(6, {}, 'wamp.close.goodbye_and_out');
    assert.deepEqual(line.heard(), []);
    assert.equal(line.connection.closedWith, 'normal');
    line.lose();
    bench.assertClean();
  });

  it('of the router ends the connection after a while where it is not answered', async () => {
    await line.join();
    line.session.goodbye('wamp.close.system_shutdown', null);
    bench.clock.advance(LIMITS.closeTimeout);
    assert.equal(line.connection.closedWith, 'shutdown');
    line.lose();
    bench.assertClean();
  });
});

describe('calls in flight', () => {
  it('are cancelled when the callee goes, and its answers are dropped when the caller has gone', async () => {
    const callee = bench.connect();
    await line.join();
    await callee.join();
    callee.say(64, 1, {}, 'com.example.procedure');
    callee.heard();
    line.say(48, 7, {}, 'com.example.procedure');
    assert.equal(callee.heard()[0]?.[0], 68);
    callee.lose();
    assert.deepEqual(
      line.heard().map(([code, , request, , reason]) => [code, request, reason]),
      [[8, 7, 'wamp.error.canceled']],
    );
    line.lose();
    bench.assertClean();
  });
});
