import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { clock, does, names, newRealm, OPEN, realm, register, type Seat, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

const REROUTES = { features: ['callee.call_reroute', 'callee.call_canceling', 'callee.call_timeout'] };

function share(invoke: string, count: number, options = {}): Seat[] {
  const callees = [...new Array(count)].map(() => sit(OPEN, REROUTES));
  for (const callee of callees) register(callee, 'com.p', { invoke, ...options });
  for (const callee of callees) callee.peer.take();
  return callees;
}

/** Which of the callees got an invocation, with it. */
function invoked(callees: readonly Seat[]): { at: number; id: number; args: unknown }[] {
  return callees.flatMap((callee, at) =>
    callee.peer
      .take()
      .filter(({ name }) => name === 'INVOCATION')
      .map(({ first, payload }) => ({ at, id: first, args: payload[0] })),
  );
}

function unavailable(callee: Seat | undefined, second = 1): void {
  assert(callee !== undefined);
  does(callee, Msg.ERROR, { first: Msg.INVOCATION, second, text: 'wamp.error.unavailable' });
}

describe('call rerouting', () => {
  it('tries the callees in the order of the policy, each once, with what was called', () => {
    for (const [invoke, order] of [
      ['first', [0, 1, 2]],
      ['last', [2, 1, 0]],
      ['roundrobin', [0, 1, 2]],
    ] as const) {
      newRealm();
      const [caller, callees] = [sit(), share(invoke, 3)];
      does(caller, Msg.CALL, { first: 1, text: 'com.p', args: ['hello', 2] });
      for (const at of order) {
        assert.deepEqual(invoked(callees), [{ at, id: 1, args: ['hello', 2] }], invoke);
        assert.deepEqual(names(caller), []);
        unavailable(callees[at]);
      }
      assert.equal(caller.peer.take()[0]?.text, 'wamp.error.no_available_callee');
      assert.deepEqual(invoked(callees), []);
      assert.equal(caller.member.held, 0);
    }
  });

  it('picks any other one at random', () => {
    const [caller, callees] = [sit(), share('random', 4)];
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    const seen: number[] = [];
    for (const _ of callees) {
      const [one, ...more] = invoked(callees);
      assert.deepEqual(more, []);
      seen.push(one?.at ?? -1);
      unavailable(callees[one?.at ?? 0]);
    }
    assert.deepEqual(seen.sort(), [0, 1, 2, 3]);
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.no_available_callee');
  });

  it('answers the caller with the result of the one that is available', () => {
    const [caller, callees] = [sit(), share('first', 2)];
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    unavailable(callees[0]);
    does(callees[0] as Seat, Msg.YIELD, { first: 1, args: ['late'] });
    does(callees[1] as Seat, Msg.YIELD, { first: 1, args: ['done'] });
    assert.deepEqual(
      caller.peer.take().map(({ name, payload }) => [name, payload]),
      [['RESULT', [['done']]]],
    );
  });

  it('has nobody else to go to with a single callee', () => {
    const [caller, callee] = [sit(), sit(OPEN, REROUTES)];
    register(callee, 'com.p');
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    unavailable(callee);
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.no_available_callee');
  });

  it('is not done for a callee that did not announce it: its error goes to the caller', () => {
    const caller = sit();
    const [plain, able] = [sit(), sit(OPEN, REROUTES)];
    for (const callee of [plain, able]) register(callee, 'com.p', { invoke: 'first' });
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    unavailable(plain);
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.unavailable');
    assert.deepEqual(invoked([able]), []);
  });

  it('does not come too late: after a progressive result, a cancel or the caller’s end', () => {
    const [caller, callees] = [sit(), share('first', 2)];
    does(caller, Msg.CALL, { first: 1, text: 'com.p', dict: { receive_progress: true } });
    does(callees[0] as Seat, Msg.YIELD, { first: 1, dict: { progress: true } });
    unavailable(callees[0]);
    assert.equal(caller.peer.take().at(-1)?.text, 'wamp.error.no_available_callee');
    does(caller, Msg.CALL, { first: 2, text: 'com.p' });
    does(caller, Msg.CANCEL, { first: 2, dict: { mode: 'kill' } });
    unavailable(callees[0], 2);
    assert.equal(caller.peer.take().at(-1)?.text, 'wamp.error.canceled');
    does(caller, Msg.CALL, { first: 3, text: 'com.p' });
    realm.leave(caller.member);
    unavailable(callees[0], 3);
    assert.deepEqual(invoked(callees.slice(1)), []);
    assert.equal(caller.member.held, 0);
  });

  it('frees the place at the callee that was tried, and respects the concurrency of the next', () => {
    const [caller, callees] = [sit(), share('first', 2, { concurrency: 1 })];
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    unavailable(callees[0]);
    does(caller, Msg.CALL, { first: 2, text: 'com.p' });
    assert.equal(invoked([callees[0] as Seat]).length, 2);
    unavailable(callees[0], 2);
    assert.equal(caller.peer.take().at(-1)?.text, 'crossbar.error.max_concurrency_reached');
  });

  it('keeps the time of the call, whoever keeps it', () => {
    const caller = sit();
    const [own, router] = [sit(OPEN, REROUTES), sit(OPEN, REROUTES)];
    register(own, 'com.p', { invoke: 'first', forward_timeout: true });
    register(router, 'com.p', { invoke: 'first' });
    does(caller, Msg.CALL, { first: 1, text: 'com.p', dict: { timeout: 1_000 } });
    clock.advance(600);
    unavailable(own);
    clock.advance(399);
    assert.deepEqual(names(caller), []);
    clock.advance(1);
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.timeout');
  });

  it('keeps no more bytes than a bound: what is beyond it cannot be rerouted', () => {
    const [caller, callees] = [sit(), share('first', 2)];
    for (const first of [1, 2]) {
      does(caller, Msg.CALL, { first, text: 'com.p', args: ['x'.repeat(LIMITS.heldCalls)] });
    }
    assert(caller.member.held < 2 * LIMITS.heldCalls);
    unavailable(callees[0], 2);
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.no_available_callee');
    unavailable(callees[0], 1);
    assert.equal(invoked(callees.slice(1)).length, 1);
    realm.leave(caller.member);
    assert.equal(caller.member.held, 0);
  });
});
