import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { clock, does, names, newRealm, OPEN, realm, register, type Seat, sit } from './realm-fixture.ts';

const QUEUE = { callQueues: [{ uri: '', match: 'prefix', limit: 3 }] } as const;
const ABLE = { features: ['callee.call_canceling'] };

function call(caller: Seat, first: number, dict = {}): void {
  does(caller, Msg.CALL, { first, text: 'com.p', dict, args: [first] });
}

function answer(callee: Seat, first: number): void {
  does(callee, Msg.YIELD, { first });
}

/** Arguments of the invocations that came. */
function taken(callee: Seat): unknown[] {
  return callee.peer
    .take()
    .filter(({ name }) => name === 'INVOCATION')
    .map(({ payload }) => (payload[0] as unknown[])[0]);
}

/** What became of calls, by request: RESULT, or the error's URI. */
function outcomes(caller: Seat): Record<number, string> {
  return Object.fromEntries(
    caller.peer
      .take()
      .map(({ name, first, second, text }) => (name === 'RESULT' ? [first, name] : [second, text ?? name])),
  );
}

const FULL = 'crossbar.error.max_concurrency_reached';

describe('concurrency of a callee', () => {
  beforeEach(() => newRealm());

  it('refuses a call beyond it, in the words of Crossbar', () => {
    for (const [invoke, text] of [
      ['single', 'maximum concurrency 2 of callee/endpoint reached (on non-shared/single registration)'],
      ['first', 'maximum concurrency 2 of callee/endpoint reached (on non-shared/single registration)'],
      ['roundrobin', 'maximum concurrency 2 of all callee/endpoints reached (on round-robin registration)'],
      ['random', 'maximum concurrency 2 of all callee/endpoints reached (on random registration)'],
    ] as const) {
      newRealm();
      const [caller, callee] = [sit(), sit()];
      register(callee, 'com.p', { invoke, concurrency: 2 });
      for (const first of [1, 2, 3]) call(caller, first);
      const [error, ...more] = caller.peer.take();
      assert.deepEqual(more, []);
      assert.deepEqual([error?.second, error?.text, error?.payload], [3, FULL, [[text]]]);
      answer(callee, 1);
      call(caller, 4);
      assert.deepEqual(taken(callee), [1, 2, 4]);
    }
  });

  it('is of each callee: others are called meanwhile', () => {
    const [caller, one, other] = [sit(), sit(), sit()];
    register(one, 'com.p', { invoke: 'roundrobin', concurrency: 1 });
    register(other, 'com.p', { invoke: 'roundrobin', concurrency: 3 });
    for (const first of [1, 2, 3, 4, 5]) call(caller, first);
    assert.deepEqual([taken(one), taken(other)], [[1], [2, 3, 4]]);
    assert.deepEqual(outcomes(caller), { 5: FULL });
  });

  it('is free again whatever ends the call (rows 83, 84, 85)', () => {
    const ends: Record<string, (caller: Seat, callee: Seat, id: number) => void> = {
      result: (_, callee, first) => answer(callee, first),
      error: (_, callee, second) => does(callee, Msg.ERROR, { first: Msg.INVOCATION, second, text: 'com.error' }),
      'cancel, skip': (caller) => does(caller, Msg.CANCEL, { first: 1, dict: { mode: 'skip' } }),
      'cancel, killnowait': (caller) => does(caller, Msg.CANCEL, { first: 1, dict: { mode: 'killnowait' } }),
      'cancel, kill': (caller, callee, second) => {
        does(caller, Msg.CANCEL, { first: 1, dict: { mode: 'kill' } });
        does(callee, Msg.ERROR, { first: Msg.INVOCATION, second, text: 'com.error' });
      },
      timeout: () => clock.advance(1_000),
      'the caller leaves': (caller) => realm.leave(caller.member),
      'a result that is too large': (caller, callee, first) => {
        caller.peer.maxPayload = 80;
        does(callee, Msg.YIELD, { first, args: ['x'.repeat(200)] });
      },
      'a call that is too large': () => {},
    };
    for (const [name, end] of Object.entries(ends)) {
      newRealm();
      const [caller, callee] = [sit(), sit(OPEN, ABLE)];
      register(callee, 'com.p', { invoke: 'random', concurrency: 1 });
      callee.peer.take();
      if (name === 'a call that is too large') callee.peer.maxPayload = 0;
      call(caller, 1, { timeout: 500 });
      callee.peer.maxPayload = 1_000;
      end(caller, callee, 1);
      answer(callee, 1);
      callee.peer.take();
      call(sit(), 2);
      assert.deepEqual(taken(callee), [2], name);
      assert.equal(clock.pending, 0, name);
    }
  });

  it('does not count an answer that is given twice, or to nothing (row 81)', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p', { concurrency: 1 });
    call(caller, 1);
    for (const id of [1, 1, 1, 7]) answer(callee, id);
    for (const first of [2, 3]) call(caller, first);
    assert.deepEqual(outcomes(caller), { 1: 'RESULT', 3: FULL });
  });
});

describe('calls that a session has not answered', () => {
  beforeEach(() => newRealm({ callQueues: QUEUE.callQueues }));

  it('are bounded over all its procedures, whoever calls; others go to other callees', () => {
    const [callee, other] = [sit(), sit()];
    register(callee, 'com.p');
    register(callee, 'com.shared', { invoke: 'roundrobin' });
    for (let first = 1; first <= LIMITS.invocationsInFlight; first += LIMITS.callsInFlight) {
      const caller = sit();
      for (let more = 0; more < LIMITS.callsInFlight; more++) call(caller, first + more);
    }
    callee.peer.take();
    const caller = sit();
    call(caller, 1);
    const [error] = caller.peer.take();
    const text = 'callee of procedure <com.p> has 100000 calls that it has not answered';
    assert.deepEqual([error?.second, error?.text, error?.payload], [1, FULL, [[text]]]);
    register(other, 'com.shared', { invoke: 'roundrobin' });
    does(caller, Msg.CALL, { first: 2, text: 'com.shared', args: [2] });
    assert.deepEqual([taken(callee), taken(other)], [[], [2]], 'as if it were not there');
    answer(callee, 1);
    call(caller, 3);
    assert.deepEqual(taken(callee), [3], 'one answer makes room for one call');
  });
});

describe('calls that wait', () => {
  beforeEach(() => newRealm(QUEUE));

  it('go to the callee in their order when it is free; beyond the limit they are refused', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p', { concurrency: 1 });
    for (const first of [1, 2, 3, 4, 5]) call(caller, first);
    assert.deepEqual(outcomes(caller), { 5: FULL });
    assert.deepEqual(taken(callee), [1]);
    answer(callee, 1);
    assert.deepEqual(taken(callee), [2]);
    does(callee, Msg.ERROR, { first: Msg.INVOCATION, second: 2, text: 'com.error' });
    assert.deepEqual(taken(callee), [3], 'after an ERROR too');
    call(caller, 6);
    for (const id of [3, 4, 5]) answer(callee, id);
    assert.deepEqual(taken(callee), [4, 6]);
    assert.deepEqual(outcomes(caller), { 1: 'RESULT', 2: 'com.error', 3: 'RESULT', 4: 'RESULT', 6: 'RESULT' });
    assert.equal(caller.member.held, 0);
  });

  it('keep their place while others are answered', () => {
    const [caller, first, second] = [sit(), sit(), sit()];
    for (const callee of [first, second]) register(callee, 'com.p', { invoke: 'roundrobin', concurrency: 1 });
    for (const request of [1, 2, 3, 4, 5]) call(caller, request);
    answer(second, 1);
    answer(first, 1);
    answer(first, 2);
    assert.deepEqual(
      [taken(first), taken(second)],
      [
        [1, 4, 5],
        [2, 3],
      ],
    );
  });

  it('only where the configuration says so, as many as it says', () => {
    newRealm({
      callQueues: [
        { uri: 'com.', match: 'prefix', limit: 1 },
        { uri: 'com.p', match: 'exact', limit: 2 },
      ],
    });
    const callee = sit();
    for (const [procedure, waiting] of [
      ['com.p', 2],
      ['com.q', 1],
      ['org.q', 0],
    ] as const) {
      const caller = sit();
      register(callee, procedure, { concurrency: 1 });
      for (const first of [1, 2, 3, 4]) does(caller, Msg.CALL, { first, text: procedure });
      assert.equal(names(caller).length, 3 - waiting, procedure);
    }
  });

  it('are ended at once where they are cancelled, in whatever mode, and their callers told (row 82)', () => {
    for (const mode of ['skip', 'kill', 'killnowait']) {
      newRealm(QUEUE);
      const [caller, callee] = [sit(), sit(OPEN, ABLE)];
      register(callee, 'com.p', { concurrency: 1 });
      for (const first of [1, 2]) call(caller, first);
      callee.peer.take();
      for (const _ of [1, 2]) does(caller, Msg.CANCEL, { first: 2, dict: { mode } });
      assert.deepEqual(outcomes(caller), { 2: 'wamp.error.canceled' });
      answer(callee, 1);
      assert.deepEqual(names(callee), []);
      assert.equal(caller.member.held, 0);
    }
  });

  it('are ended when their time is up', () => {
    const [caller, callee] = [sit(), sit(OPEN, ABLE)];
    register(callee, 'com.p', { concurrency: 1 });
    call(caller, 1);
    call(caller, 2, { timeout: 100 });
    callee.peer.take();
    clock.advance(100);
    assert.deepEqual(outcomes(caller), { 2: 'wamp.error.timeout' });
    assert.deepEqual(names(callee), []);
  });

  it('are forgotten when their caller leaves (row 84)', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p', { concurrency: 1 });
    for (const first of [1, 2, 3]) call(caller, first);
    realm.leave(caller.member);
    answer(callee, 1);
    assert.deepEqual(taken(callee), [1]);
  });

  it('are forgotten, too, when their caller is the callee for which they wait (row 84)', () => {
    const [caller, both, standBy] = [sit(), sit(), sit()];
    register(both, 'com.p', { invoke: 'first', concurrency: 1 });
    register(standBy, 'com.p', { invoke: 'first', concurrency: 1 });
    call(caller, 1);
    call(both, 2);
    call(caller, 3);
    realm.leave(both.member);
    assert.deepEqual(taken(standBy), [3], 'nobody is called for who has left');
    assert.deepEqual(outcomes(caller), { 1: 'wamp.error.canceled' });
  });

  it('are answered when the last callee dies or unregisters (row 83)', () => {
    for (const end of ['dies', 'unregisters']) {
      newRealm(QUEUE);
      const [caller, callee] = [sit(), sit()];
      register(callee, 'com.p', { concurrency: 1 });
      const id = callee.peer.take()[0]?.second ?? 0;
      for (const first of [1, 2, 3]) call(caller, first);
      if (end === 'dies') realm.leave(callee.member);
      else does(callee, Msg.UNREGISTER, { first: 9, second: id });
      const canceled = 'wamp.error.canceled';
      assert.deepEqual(
        outcomes(caller),
        end === 'dies' ? { 1: canceled, 2: canceled, 3: canceled } : { 2: canceled, 3: canceled },
      );
    }
  });

  it('go to a callee that comes, and to the stand-by when the first one goes', () => {
    const [caller, one, other] = [sit(), sit(), sit()];
    register(one, 'com.p', { invoke: 'first', concurrency: 1 });
    for (const first of [1, 2]) call(caller, first);
    register(other, 'com.p', { invoke: 'first', concurrency: 1 });
    assert.deepEqual(taken(other), [], 'a stand-by does not help out');
    realm.leave(one.member);
    assert.deepEqual(taken(other), [2]);
    newRealm(QUEUE);
    const [caller2, one2, other2] = [sit(), sit(), sit()];
    register(one2, 'com.p', { invoke: 'roundrobin', concurrency: 1 });
    for (const first of [1, 2]) call(caller2, first);
    register(other2, 'com.p', { invoke: 'roundrobin' });
    assert.deepEqual(taken(other2), [2]);
  });

  it('hold no more bytes for a caller than a bound, but one call of any size (row 85)', () => {
    newRealm({ callQueues: [{ uri: '', match: 'prefix', limit: 1_000 }] });
    const [caller, other, callee] = [sit(), sit(), sit()];
    register(callee, 'com.p', { concurrency: 1 });
    call(caller, 1);
    const args = ['x'.repeat(LIMITS.heldCalls)];
    does(caller, Msg.CALL, { first: 2, text: 'com.p', args });
    for (const first of [3, 4]) call(caller, first);
    call(other, 1);
    assert.deepEqual(outcomes(caller), { 3: FULL, 4: FULL });
    assert.deepEqual(outcomes(other), {}, 'nobody else is meant');
    answer(callee, 1);
    assert.equal(caller.member.held, 0);
    call(caller, 5);
    assert.deepEqual(outcomes(caller), { 1: 'RESULT' });
  });

  it('keep what they were called with, when what it came in is used again', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p', { concurrency: 1 });
    call(caller, 1);
    call(caller, 2, { receive_progress: true });
    call(caller, 3);
    answer(callee, 1);
    answer(callee, 2);
    const invocations = callee.peer.take().filter(({ name }) => name === 'INVOCATION');
    assert.deepEqual(
      invocations.map(({ first, dict, payload }) => [first, { ...dict }, payload]),
      [
        [1, {}, [[1]]],
        [2, { receive_progress: true }, [[2]]],
        [3, {}, [[3]]],
      ],
    );
  });
});
