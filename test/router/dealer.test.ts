import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ProtocolViolation } from '../../src/wamp/errors.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { DISCLOSING, does, names, newRealm, OPEN, realm, register, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

describe('remote procedure calls', () => {
  it('goes from caller to callee and back, with ids of session scope', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.add2');
    assert.equal(callee.peer.take()[0]?.name, 'REGISTERED');
    for (const request of [11, 12]) does(caller, Msg.CALL, { first: request, text: 'com.add2', args: [2, 3] });
    const invocations = callee.peer.take();
    assert.deepEqual(
      invocations.map(({ name, first, payload }) => [name, first, payload]),
      [
        ['INVOCATION', 1, [[2, 3]]],
        ['INVOCATION', 2, [[2, 3]]],
      ],
    );
    does(callee, Msg.YIELD, { first: 2, args: [5] });
    does(callee, Msg.ERROR, { first: Msg.INVOCATION, second: 1, text: 'com.error', args: ['no'], kwargs: { a: 1 } });
    const [result, error] = caller.peer.take();
    assert.deepEqual([result?.name, result?.first, result?.payload], ['RESULT', 12, [[5]]]);
    assert.deepEqual([error?.name, error?.first, error?.second, error?.text], ['ERROR', Msg.CALL, 11, 'com.error']);
    assert.equal(caller.member.calls.size + callee.member.invocations.size, 0);
  });

  it('tells a caller that nobody has registered the procedure', () => {
    const caller = sit();
    does(caller, Msg.CALL, { first: 1, text: 'com.nobody' });
    const [error] = caller.peer.take();
    assert.equal(error?.text, 'wamp.error.no_such_procedure');
    assert.deepEqual(error?.payload, [['no callee registered for procedure <com.nobody>']]);
  });

  it('discloses the caller where the role says so', () => {
    const [open, disclosing, callee] = [sit(OPEN), sit(DISCLOSING), sit()];
    register(callee, 'com.who');
    callee.peer.take();
    does(open, Msg.CALL, { first: 1, text: 'com.who', dict: { caller: 99, caller_authid: 'root' } });
    does(disclosing, Msg.CALL, { first: 1, text: 'com.who' });
    const [plain, disclosed] = callee.peer.take();
    assert.deepEqual({ ...plain?.dict }, {});
    assert.deepEqual(disclosed?.dict, {
      caller: disclosing.peer.session,
      caller_authid: disclosing.peer.authid,
      caller_authrole: 'disclosing',
    });
  });

  it('tells the callee how far the role of the caller is trusted, and nothing where that is not set', () => {
    const [caller, other, callee] = [sit({ ...OPEN, trustlevel: 0 }), sit(), sit()];
    register(callee, 'com.p');
    callee.peer.take();
    for (const seat of [caller, other]) does(seat, Msg.CALL, { first: 1, text: 'com.p', dict: { trustlevel: 9 } });
    assert.deepEqual(
      callee.peer.take().map(({ dict }) => ({ ...dict })),
      [{ trustlevel: 0 }, {}],
    );
  });

  it('breaks off a call that is answered by passthru which the caller does not support', () => {
    const [caller, callee] = [sit(), sit(OPEN, { features: ['callee.payload_passthru_mode'] })];
    register(callee, 'com.p');
    callee.peer.take();
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    const [invocation] = callee.peer.take();
    does(callee, Msg.YIELD, { first: invocation?.first ?? 0, dict: { ppt_scheme: 'mqtt' } });
    assert.deepEqual(
      caller.peer.take().map(({ name, text }) => [name, text]),
      [['ERROR', 'wamp.error.feature_not_supported']],
    );
    // WAMP has no ERROR that answers YIELD: the callee is told nothing, and keeps its session.
    assert.deepEqual(callee.peer.take(), []);
    assert.equal(callee.member.invocations.size, 0);
  });

  it('discloses nobody whose role does not, whatever it asks for or claims (row 98, K16)', () => {
    const [caller, callee] = [sit(OPEN), sit()];
    register(callee, 'com.p');
    callee.peer.take();
    does(caller, Msg.CALL, { first: 1, text: 'com.p', dict: { disclose_me: true, caller: 1, caller_authid: 'root' } });
    assert.deepEqual({ ...callee.peer.take()[0]?.dict }, {});
    const dict = { forward_for: [{ session: 1, authid: 'root', authrole: 'trusted' }] };
    does(caller, Msg.CALL, { first: 2, text: 'com.p', dict });
    register(caller, 'com.q', dict);
    assert.deepEqual(
      caller.peer.take().map(({ text }) => text),
      ['wamp.error.option_not_allowed', 'wamp.error.option_not_allowed'],
    );
    assert.deepEqual(names(callee), []);
  });

  it('sends progressive results only to callers that asked for them', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.slow');
    does(caller, Msg.CALL, { first: 1, text: 'com.slow', dict: { receive_progress: true } });
    does(caller, Msg.CALL, { first: 2, text: 'com.slow' });
    const [, progressive, plain] = callee.peer.take();
    assert.deepEqual({ ...progressive?.dict }, { receive_progress: true });
    assert.deepEqual({ ...plain?.dict }, {});
    for (const id of [1, 2]) does(callee, Msg.YIELD, { first: id, dict: { progress: true }, args: [id] });
    for (const id of [1, 2]) does(callee, Msg.YIELD, { first: id, args: ['end'] });
    assert.deepEqual(
      caller.peer.take().map(({ name, first, dict }) => [name, first, { ...dict }]),
      [
        ['RESULT', 1, { progress: true }],
        ['RESULT', 1, {}],
        ['RESULT', 2, {}],
      ],
    );
  });

  it('ignores a YIELD or ERROR of an invocation that is over or was never there', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    callee.peer.take();
    for (const first of [1, 1, 7]) does(callee, Msg.YIELD, { first });
    does(callee, Msg.ERROR, { first: Msg.INVOCATION, second: 1, text: 'com.error' });
    assert.deepEqual(names(caller), ['RESULT']);
    assert.deepEqual(names(callee), []);
  });

  it('refuses an ERROR that answers anything but an INVOCATION', () => {
    const seat = sit();
    assert.throws(() => does(seat, Msg.ERROR, { first: Msg.CALL, second: 1, text: 'com.error' }), ProtocolViolation);
  });

  it('refuses a second call under a request id that is in flight', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    assert.throws(() => does(caller, Msg.CALL, { first: 1, text: 'com.p' }), ProtocolViolation);
  });

  it('tells each caller at once when the callee goes, and frees everything', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    for (const first of [1, 2]) does(caller, Msg.CALL, { first, text: 'com.p' });
    realm.leave(callee.member);
    assert.deepEqual(
      caller.peer.take().map(({ second, text, payload }) => [second, text, payload]),
      [
        [1, 'wamp.error.canceled', [['callee disconnected from in-flight request']]],
        [2, 'wamp.error.canceled', [['callee disconnected from in-flight request']]],
      ],
    );
    assert.equal(caller.member.calls.size, 0);
    assert.equal(realm.counts.registrations, 0);
  });

  it('interrupts the callee when the caller goes, if it can be; a late YIELD harms nobody', () => {
    const caller = sit();
    const able = sit(OPEN, { features: ['callee.call_canceling'] });
    const unable = sit();
    register(able, 'com.able');
    register(unable, 'com.unable');
    does(caller, Msg.CALL, { first: 1, text: 'com.able' });
    does(caller, Msg.CALL, { first: 2, text: 'com.unable' });
    able.peer.take();
    unable.peer.take();
    realm.leave(caller.member);
    const [interrupt] = able.peer.take();
    assert.deepEqual([interrupt?.name, interrupt?.first, interrupt?.dict], ['INTERRUPT', 1, { mode: 'killnowait' }]);
    assert.deepEqual(names(unable), []);
    for (const seat of [able, unable]) does(seat, Msg.YIELD, { first: 1 });
    assert.equal(able.member.invocations.size + unable.member.invocations.size, 0);
  });

  it('answers a caller whose result, error or call is too large for the other side', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    callee.peer.take();
    callee.peer.maxPayload = 10;
    does(caller, Msg.CALL, { first: 1, text: 'com.p', args: ['x'.repeat(100)] });
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.payload_size_exceeded');
    callee.peer.maxPayload = 1000;
    caller.peer.maxPayload = 60;
    does(caller, Msg.CALL, { first: 2, text: 'com.p' });
    does(callee, Msg.YIELD, { first: 1, args: ['x'.repeat(100)] });
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.payload_size_exceeded');
    assert.equal(caller.member.calls.size + callee.member.invocations.size, 0);
  });

  it('answers UNREGISTER of another session as that of an unknown id', () => {
    const [holder, other] = [sit(), sit()];
    register(holder, 'com.p');
    const id = holder.peer.take()[0]?.second ?? 0;
    for (const second of [id, 5]) does(other, Msg.UNREGISTER, { first: 2, second });
    does(holder, Msg.UNREGISTER, { first: 3, second: id });
    assert.deepEqual(
      other.peer.take().map((sent) => sent.text),
      ['wamp.error.no_such_registration', 'wamp.error.no_such_registration'],
    );
    assert.deepEqual(names(holder), ['UNREGISTERED']);
  });
});
