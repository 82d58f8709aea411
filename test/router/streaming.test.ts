import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ProtocolViolation } from '../../src/wamp/errors.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { CLOSED, DISCLOSING, does, names, newRealm, OPEN, realm, register, type Seat, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

const STREAMS = {
  features: [
    'caller.progressive_call_invocations',
    'callee.progressive_call_invocations',
    'callee.call_canceling',
    'callee.call_reroute',
  ],
};

function part(caller: Seat, first: number, value: unknown, dict = {}, text = 'com.p'): void {
  does(caller, Msg.CALL, { first, text, dict, args: [value] });
}

const MORE = { progress: true };

/** Of each invocation that came: id, details, argument. */
function parts(callee: Seat): [id: number, details: object, value: unknown][] {
  return callee.peer
    .take()
    .filter(({ name }) => name === 'INVOCATION')
    .map(({ first, dict, payload }) => [first, { ...dict }, (payload[0] as unknown[])[0]]);
}

describe('progressive call invocations', () => {
  it('send all parts of a call to one callee under one id', () => {
    const [caller, one, other] = [sit(OPEN, STREAMS), sit(OPEN, STREAMS), sit(OPEN, STREAMS)];
    for (const callee of [one, other]) register(callee, 'com.p', { invoke: 'roundrobin' });
    part(caller, 1, 'a', MORE);
    part(caller, 2, 'x', MORE);
    part(caller, 1, 'b', MORE);
    part(caller, 2, 'y');
    part(caller, 1, 'c', { progress: false });
    assert.deepEqual(parts(one), [
      [1, { progress: true }, 'a'],
      [1, { progress: true }, 'b'],
      [1, {}, 'c'],
    ]);
    assert.deepEqual(parts(other), [
      [1, { progress: true }, 'x'],
      [1, {}, 'y'],
    ]);
    does(one, Msg.YIELD, { first: 1, args: ['all'] });
    assert.deepEqual(
      caller.peer.take().map(({ name, first }) => [name, first]),
      [['RESULT', 1]],
    );
    assert.throws(() => part(caller, 2, 'z'), ProtocolViolation, 'its last part has been sent');
  });

  it('go with progressive results', () => {
    const [caller, callee] = [sit(OPEN, STREAMS), sit(OPEN, STREAMS)];
    register(callee, 'com.p');
    part(caller, 1, 'a', { ...MORE, receive_progress: true });
    does(callee, Msg.YIELD, { first: 1, dict: MORE, args: ['A'] });
    part(caller, 1, 'b');
    does(callee, Msg.YIELD, { first: 1, args: ['B'] });
    assert.deepEqual(
      caller.peer.take().map(({ name, dict, payload }) => [name, { ...dict }, payload]),
      [
        ['RESULT', { progress: true }, [['A']]],
        ['RESULT', {}, [['B']]],
      ],
    );
  });

  it('freeze all options but progress at the first part', () => {
    const [caller, callee] = [sit(DISCLOSING, STREAMS), sit(OPEN, STREAMS)];
    register(callee, 'com.p', { match: 'prefix' });
    part(caller, 1, 'a', { ...MORE, receive_progress: true, transaction_hash: 'h' });
    part(caller, 1, 'b', { ...MORE, receive_progress: false, transaction_hash: 'other', timeout: 1 });
    part(caller, 1, 'c', { timeout: 1 });
    const details = parts(callee).map(([, own]) => own) as Record<string, unknown>[];
    assert.equal(details.length, 3);
    const { progress: _, ...first } = details[0] ?? {};
    assert.equal(first['caller'], caller.peer.session);
    assert.equal(first['procedure'], 'com.p');
    assert.equal(first['transaction_hash'], 'h');
    assert.deepEqual(details, [{ ...first, progress: true }, { ...first, progress: true }, first]);
  });

  it('end the session of a caller that did not announce them', () => {
    const [caller, callee] = [sit(), sit(OPEN, STREAMS)];
    register(callee, 'com.p');
    assert.throws(() => part(caller, 1, 'a', MORE), ProtocolViolation);
  });

  it('are an error for the caller where the callee cannot take them, or cannot be interrupted', () => {
    const caller = sit(OPEN, STREAMS);
    for (const features of [[], ['callee.progressive_call_invocations'], ['callee.call_canceling']]) {
      const callee = sit(OPEN, { features });
      register(callee, `com.p${callee.peer.session}`);
      const request = callee.peer.session;
      part(caller, request, 'a', MORE, `com.p${request}`);
      assert.equal(caller.peer.take()[0]?.text, 'wamp.error.feature_not_supported');
      part(caller, request, 'b', {}, `com.p${request}`);
      assert.deepEqual([...names(caller), ...parts(callee)], [], 'what was on its way is ignored');
    }
  });

  it('go to those of several callees that can take them', () => {
    const [caller, unable, able] = [sit(OPEN, STREAMS), sit(), sit(OPEN, STREAMS)];
    for (const callee of [unable, able]) register(callee, 'com.p', { invoke: 'roundrobin' });
    for (const request of [1, 2]) part(caller, request, 'a', MORE);
    assert.equal(parts(able).length, 2);
  });

  it('ignore parts that arrive after the call has ended, until the last one', () => {
    const ends: ((caller: Seat, callee: Seat) => void)[] = [
      (_, callee) => does(callee, Msg.YIELD, { first: 1 }),
      (_, callee) => does(callee, Msg.ERROR, { first: Msg.INVOCATION, second: 1, text: 'com.error' }),
      (_, callee) => realm.leave(callee.member),
      (caller) => does(caller, Msg.CANCEL, { first: 1 }),
    ];
    for (const end of ends) {
      newRealm();
      const [caller, callee] = [sit(OPEN, STREAMS), sit(OPEN, STREAMS)];
      register(callee, 'com.p');
      part(caller, 1, 'a', MORE);
      end(caller, callee);
      assert.equal(names(caller).length, 1);
      callee.peer.take();
      part(caller, 1, 'b', MORE);
      part(caller, 1, 'c');
      assert.deepEqual([...names(caller), ...names(callee)], []);
      part(caller, 1, 'd');
      assert.equal(names(caller).length + names(callee).length, 1, 'a call of its own again');
    }
  });

  it('ignore parts of a call that was refused, whoever refused it', () => {
    const [caller, closed] = [sit(OPEN, STREAMS), sit(CLOSED, STREAMS)];
    for (const [seat, procedure] of [
      [caller, 'com.nobody'],
      [caller, 'com..x'],
      [closed, 'com.p'],
    ] as const) {
      part(seat, 1, 'a', MORE, procedure);
      assert.deepEqual(names(seat), ['ERROR'], procedure);
      part(seat, 1, 'b', {}, procedure);
      assert.deepEqual(names(seat), [], procedure);
    }
  });

  it('take no part for another procedure', () => {
    const [caller, callee] = [sit(OPEN, STREAMS), sit(OPEN, STREAMS)];
    register(callee, 'com.', { match: 'prefix' });
    part(caller, 1, 'a', MORE);
    assert.throws(() => part(caller, 1, 'b', MORE, 'com.q'), ProtocolViolation);
  });

  it('interrupt the callee when the caller leaves', () => {
    const [caller, callee] = [sit(OPEN, STREAMS), sit(OPEN, STREAMS)];
    register(callee, 'com.p');
    part(caller, 1, 'a', MORE);
    callee.peer.take();
    realm.leave(caller.member);
    const [interrupt] = callee.peer.take();
    assert.deepEqual([interrupt?.name, { ...interrupt?.dict }], ['INTERRUPT', { mode: 'killnowait' }]);
    assert.equal(callee.member.invocations.size, 0);
  });

  it('end where a part is too large for the callee, or it does not keep up', () => {
    for (const trouble of ['large', 'congested']) {
      newRealm();
      const [caller, callee] = [sit(OPEN, STREAMS), sit(OPEN, STREAMS)];
      register(callee, 'com.p');
      part(caller, 1, 'a', MORE);
      callee.peer.take();
      if (trouble === 'large') callee.peer.maxPayload = 100;
      else callee.peer.congested = true;
      part(caller, 1, 'x'.repeat(200), MORE);
      assert.equal(
        caller.peer.take()[0]?.text,
        trouble === 'large' ? 'wamp.error.payload_size_exceeded' : 'crossbar.error.max_concurrency_reached',
      );
      assert.deepEqual(names(callee), ['INTERRUPT']);
    }
  });

  it('wait together, in order, and with a bound (row 85)', () => {
    newRealm({ callQueues: [{ uri: 'com.p', match: 'exact', limit: 9 }] });
    const [caller, callee] = [sit(OPEN, STREAMS), sit(OPEN, STREAMS)];
    register(callee, 'com.p', { concurrency: 1 });
    part(caller, 1, 'busy');
    part(caller, 2, 'a', MORE);
    part(caller, 2, 'b', MORE);
    does(callee, Msg.YIELD, { first: 1 });
    part(caller, 2, 'c');
    assert.deepEqual(parts(callee).slice(1), [
      [2, { progress: true }, 'a'],
      [2, { progress: true }, 'b'],
      [2, {}, 'c'],
    ]);
    part(caller, 3, 'x'.repeat(LIMITS.heldCalls), MORE);
    caller.peer.take();
    part(caller, 3, 'y', MORE);
    assert.equal(caller.peer.take()[0]?.text, 'crossbar.error.max_concurrency_reached');
    assert.equal(caller.member.held, 0);
    does(callee, Msg.YIELD, { first: 2 });
    assert.deepEqual(parts(callee), []);
  });

  it('are rerouted with all their parts', () => {
    const [caller, one, other] = [sit(OPEN, STREAMS), sit(OPEN, STREAMS), sit(OPEN, STREAMS)];
    for (const callee of [one, other]) register(callee, 'com.p', { invoke: 'first' });
    part(caller, 1, 'a', MORE);
    part(caller, 1, 'b', MORE);
    does(one, Msg.ERROR, { first: Msg.INVOCATION, second: 1, text: 'wamp.error.unavailable' });
    part(caller, 1, 'c');
    assert.deepEqual(parts(other), [
      [1, { progress: true }, 'a'],
      [1, { progress: true }, 'b'],
      [1, {}, 'c'],
    ]);
    does(other, Msg.YIELD, { first: 1 });
    assert.deepEqual(names(caller), ['RESULT']);
    assert.equal(caller.member.held, 0);
  });

  it('remember no more calls that were broken off than a bound', () => {
    const [caller, callee] = [sit(OPEN, STREAMS), sit(OPEN, STREAMS)];
    register(callee, 'com.p');
    for (let request = 1; request <= 1_001; request++) {
      part(caller, request, 'a', MORE);
      does(caller, Msg.CANCEL, { first: request });
    }
    callee.peer.take();
    part(caller, 1_001, 'late');
    assert.deepEqual(parts(callee), []);
    part(caller, 1, 'forgotten');
    assert.equal(parts(callee).length, 1);
  });
});

describe('payload passthru of calls', () => {
  const PPT = { ppt_scheme: 'x_own', ppt_serializer: 'cbor' };
  const BOTH = { features: ['caller.payload_passthru_mode', 'callee.payload_passthru_mode'] };

  it('goes from CALL to INVOCATION and from YIELD to RESULT', () => {
    const [caller, callee] = [sit(OPEN, BOTH), sit(OPEN, BOTH)];
    register(callee, 'com.p');
    callee.peer.take();
    part(caller, 1, Buffer.from('opaque'), PPT);
    assert.deepEqual({ ...callee.peer.take()[0]?.dict }, PPT);
    does(callee, Msg.YIELD, { first: 1, dict: PPT });
    assert.deepEqual({ ...caller.peer.take()[0]?.dict }, PPT);
  });

  it('is an error for the caller where the other side cannot read it', () => {
    const [caller, callee] = [sit(OPEN, BOTH), sit()];
    register(callee, 'com.p');
    part(caller, 1, 'opaque', PPT);
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.feature_not_supported');
    const [plain, able] = [sit(), sit(OPEN, BOTH)];
    register(able, 'com.q');
    part(plain, 1, 'x', {}, 'com.q');
    does(able, Msg.YIELD, { first: 1, dict: PPT });
    assert.equal(plain.peer.take()[0]?.text, 'wamp.error.feature_not_supported');
    assert.equal(able.member.invocations.size, 0);
  });

  it('ends the session of who did not announce it', () => {
    const [caller, callee] = [sit(OPEN), sit()];
    register(callee, 'com.p');
    assert.throws(() => part(caller, 1, 'opaque', PPT), ProtocolViolation);
    part(caller, 2, 'x');
    assert.throws(() => does(callee, Msg.YIELD, { first: 1, dict: PPT }), ProtocolViolation);
  });
});
