import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Msg } from '../../src/wamp/messages.ts';
import { clock, does, names, newRealm, OPEN, realm, register, type Seat, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

const ABLE = { features: ['callee.call_canceling'] };
const KEEPS_TIME = { features: ['callee.call_canceling', 'callee.call_timeout'] };

function call(caller: Seat, timeout: number, first = 1): void {
  does(caller, Msg.CALL, { first, text: 'com.p', dict: { timeout } });
}

describe('call timeouts', () => {
  it('end a call in milliseconds: the caller is told, the callee interrupted, a late answer ignored (rows 81, 85)', () => {
    const [caller, callee] = [sit(), sit(OPEN, ABLE)];
    register(callee, 'com.p');
    callee.peer.take();
    call(caller, 250);
    assert.deepEqual({ ...callee.peer.take()[0]?.dict }, {}, 'a callee that does not ask for it is not told');
    clock.advance(249);
    assert.deepEqual(names(caller), []);
    clock.advance(1);
    const [error] = caller.peer.take();
    assert.deepEqual([error?.text, error?.payload], ['wamp.error.timeout', [['timeout reached']]]);
    const [interrupt] = callee.peer.take();
    assert.deepEqual([interrupt?.name, interrupt?.dict], ['INTERRUPT', { mode: 'killnowait' }]);
    does(callee, Msg.YIELD, { first: 1 });
    assert.deepEqual(names(caller), []);
  });

  it('leave a callee alone that cannot be interrupted', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    callee.peer.take();
    call(caller, 250);
    clock.advance(250);
    assert.deepEqual(names(callee), ['INVOCATION']);
    assert.deepEqual(names(caller), ['ERROR']);
  });

  it('leave no timer behind, however the call ends', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    call(caller, 250);
    does(callee, Msg.YIELD, { first: 1 });
    call(caller, 250, 2);
    does(caller, Msg.CANCEL, { first: 2 });
    call(caller, 250, 3);
    realm.leave(callee.member);
    does(caller, Msg.CALL, { first: 4, text: 'com.nobody', dict: { timeout: 5 } });
    assert.equal(clock.pending, 0);
  });

  it('begin anew with each progressive result', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    does(caller, Msg.CALL, { first: 1, text: 'com.p', dict: { timeout: 100, receive_progress: true } });
    for (const _ of [1, 2, 3]) {
      clock.advance(99);
      does(callee, Msg.YIELD, { first: 1, dict: { progress: true } });
    }
    assert.deepEqual(names(caller), ['RESULT', 'RESULT', 'RESULT']);
    clock.advance(100);
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.timeout');
    assert.equal(clock.pending, 0);
  });

  it('are none where it is 0, and of 24 days at most: a timer cannot run longer (row 85)', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    call(caller, 0);
    assert.equal(clock.pending, 0);
    call(caller, Number.MAX_SAFE_INTEGER, 2);
    clock.advance(2 ** 31 - 2);
    assert.deepEqual(names(caller), []);
    clock.advance(1);
    assert.deepEqual(names(caller), ['ERROR']);
  });

  it('are in seconds for clients of a transport that says so', () => {
    const [caller, callee] = [sit(), sit()];
    caller.peer.timeoutUnit = 1_000;
    register(callee, 'com.p');
    call(caller, 2);
    clock.advance(1_999);
    assert.deepEqual(names(caller), []);
    clock.advance(1);
    assert.deepEqual(names(caller), ['ERROR']);
  });

  it('are left to a callee that announced and asked for it, in its own unit', () => {
    const caller = sit();
    for (const [more, options, unit, expected] of [
      [KEEPS_TIME, { forward_timeout: true }, 1, { timeout: 1_500 }],
      [KEEPS_TIME, { forward_timeout: true }, 1_000, { timeout: 2 }],
      [KEEPS_TIME, {}, 1, {}],
      [ABLE, { forward_timeout: true }, 1, {}],
    ] as const) {
      const callee = sit(OPEN, more);
      callee.peer.timeoutUnit = unit;
      register(callee, 'com.p', options);
      callee.peer.take();
      call(caller, 1_500, callee.peer.session);
      assert.deepEqual({ ...callee.peer.take()[0]?.dict }, expected);
      assert.equal(clock.pending, 'timeout' in expected ? 0 : 1);
      realm.leave(callee.member);
    }
  });

  it('give a callee what is left of the time, where the call waited', () => {
    newRealm({ callQueues: [{ uri: 'com.p', match: 'exact', limit: 5 }] });
    const [caller, callee] = [sit(), sit(OPEN, KEEPS_TIME)];
    register(callee, 'com.p', { forward_timeout: true, concurrency: 1 });
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    call(caller, 1_000, 2);
    clock.advance(400);
    callee.peer.take();
    does(callee, Msg.YIELD, { first: 1 });
    assert.deepEqual({ ...callee.peer.take()[0]?.dict }, { timeout: 600 });
    assert.equal(clock.pending, 0);
  });

  it('interrupt no callee twice that was told to stop', () => {
    const [caller, callee] = [sit(), sit(OPEN, ABLE)];
    register(callee, 'com.p');
    call(caller, 100);
    does(caller, Msg.CANCEL, { first: 1, dict: { mode: 'kill' } });
    callee.peer.take();
    clock.advance(100);
    assert.deepEqual(names(callee), []);
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.timeout');
  });
});
