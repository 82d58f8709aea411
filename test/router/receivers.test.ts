import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ProtocolViolation } from '../../src/wamp/errors.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { does, names, newRealm, OPEN, realm, register, type Seat, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

describe('a session that ends while it is sent to', () => {
  /** As an outbox that overflows: the session is off the realm before `send` returns. */
  function endsAt(seat: Seat, name: string): void {
    seat.peer.onSent = (sent) => {
      if (sent.name === name) realm.leave(seat.member);
    };
  }

  it('leaves no call behind: the caller is told, once', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    endsAt(callee, 'INVOCATION');
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    assert.deepEqual(
      caller.peer.take().map(({ name, second, text }) => [name, second, text]),
      [['ERROR', 1, 'wamp.error.canceled']],
    );
    assert.equal(caller.member.calls.size + callee.member.invocations.size, 0);
  });

  it('is not answered for twice where it is interrupted', () => {
    for (const mode of ['kill', 'killnowait']) {
      const [caller, callee] = [sit(), sit(OPEN, { features: ['callee.call_canceling'] })];
      register(callee, 'com.p');
      does(caller, Msg.CALL, { first: 1, text: 'com.p' });
      endsAt(callee, 'INTERRUPT');
      does(caller, Msg.CANCEL, { first: 1, dict: { mode } });
      assert.deepEqual(
        caller.peer.take().map(({ name, text }) => [name, text]),
        [['ERROR', 'wamp.error.canceled']],
        mode,
      );
    }
  });

  it('leaves no registration behind that it makes by taking over another', () => {
    const [holder, other] = [sit(OPEN, { features: ['callee.registration_revocation'] }), sit()];
    register(holder, 'com.p');
    holder.peer.onSent = () => realm.leave(other.member);
    register(other, 'com.p', { force_reregister: true });
    assert.equal(realm.counts.registrations, 0);
    assert.deepEqual(names(other), [], 'it has left');
  });
});

describe('what a receiver could not take', () => {
  it('is refused to the caller where the callee does not keep up, and the callee stays', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    callee.peer.take();
    callee.peer.congested = true;
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    assert.equal(caller.peer.take()[0]?.text, 'crossbar.error.max_concurrency_reached');
    assert.deepEqual(names(callee), []);
    callee.peer.congested = false;
    does(caller, Msg.CALL, { first: 2, text: 'com.p' });
    assert.deepEqual(
      callee.peer.take().map(({ name, first }) => [name, first]),
      [['INVOCATION', 1]],
    );
  });

  it('leaves no gap in the ids of invocations where it is too large for the callee', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    callee.peer.maxPayload = 100;
    does(caller, Msg.CALL, { first: 1, text: 'com.p', args: ['x'.repeat(200)] });
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.payload_size_exceeded');
    callee.peer.take();
    does(caller, Msg.CALL, { first: 2, text: 'com.p' });
    assert.equal(callee.peer.take()[0]?.first, 1);
  });

  it('is answered without its text where that is too long for the client', () => {
    const caller = sit();
    caller.peer.maxPayload = 30;
    does(caller, Msg.CALL, { first: 1, text: `com.${'p'.repeat(100)}` });
    const [error] = caller.peer.take();
    assert.deepEqual([error?.second, error?.text, error?.payload], [1, 'wamp.error.no_such_procedure', []]);
  });

  it('is an event for all others, where it is larger than their kind of connection carries', () => {
    const [publisher, unable, able] = [sit(), sit(), sit()];
    for (const seat of [unable, able]) does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    Object.assign(unable.peer.format, { encode: () => null });
    does(publisher, Msg.PUBLISH, { first: 2, text: 'com.topic', dict: { acknowledge: true } });
    assert.deepEqual(
      [names(publisher), names(unable), names(able)],
      [['PUBLISHED'], ['SUBSCRIBED'], ['SUBSCRIBED', 'EVENT']],
    );
  });

  it('is the error of a callee that is not a URI: the callee broke the protocol', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    for (const text of ['', 'not a uri', 'com..x', `com.${'x'.repeat(LIMITS.uriLength)}`]) {
      const error = { first: Msg.INVOCATION, second: 1, text };
      assert.throws(() => does(callee, Msg.ERROR, error), ProtocolViolation, JSON.stringify(text));
    }
    assert.deepEqual(names(caller), []);
  });
});
