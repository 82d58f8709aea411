import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { type Permission, StaticPermissions, UniformPermissions } from '../../src/authorization/permissions.ts';
import type { Member } from '../../src/router/member.ts';
import { Realm } from '../../src/router/realm.ts';
import { type Role, TRUSTED } from '../../src/router/role.ts';
import { ProtocolViolation } from '../../src/wamp/errors.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { message, RecordingPeer } from '../support/recording-peer.ts';
import { countingIds } from '../support/seeded-ids.ts';

const OPEN: Role = { name: 'open', authorizer: new UniformPermissions(true, false) };
const CLOSED: Role = { name: 'closed', authorizer: new UniformPermissions(false, false) };
const DISCLOSING: Role = { name: 'disclosing', authorizer: new UniformPermissions(true, true) };

interface Seat {
  readonly peer: RecordingPeer;
  readonly member: Member;
}

let realm: Realm;
let sessions: number;

function sit(role: Role = OPEN, more: { authid?: string; features?: readonly string[] } = {}): Seat {
  const peer = new RecordingPeer(++sessions, role, more);
  return { peer, member: realm.join(peer) };
}

function does(seat: Seat, code: number, fields: Parameters<typeof message>[1]): void {
  realm.process(seat.member, message(code, fields));
}

function register(seat: Seat, procedure: string, dict = {}): void {
  does(seat, Msg.REGISTER, { first: 900, text: procedure, dict });
}

function names(seat: Seat): string[] {
  return seat.peer.take().map((sent) => sent.name);
}

beforeEach(() => {
  sessions = 0;
  realm = new Realm({ name: 'realm1', roles: [OPEN, CLOSED, DISCLOSING] }, { ids: countingIds(), log: SILENT });
});

describe('publish and subscribe', () => {
  it('delivers an event to all subscribers but the publisher', () => {
    const [publisher, one, other] = [sit(), sit(), sit()];
    for (const seat of [publisher, one, other]) does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    const subscribed = [publisher, one, other].map((seat) => seat.peer.take()[0]);
    assert.deepEqual(new Set(subscribed.map((sent) => sent?.second)).size, 1, 'one subscription id per topic');
    does(publisher, Msg.PUBLISH, { first: 2, text: 'com.topic', args: ['hi', 1], kwargs: { a: true } });
    assert.deepEqual(names(publisher), []);
    for (const seat of [one, other]) {
      const [event] = seat.peer.take();
      assert.equal(event?.name, 'EVENT');
      assert.equal(event?.first, subscribed[0]?.second);
      assert.deepEqual(event?.payload, [['hi', 1], Object.assign(Object.create(null), { a: true })]);
      assert.deepEqual(event?.dict, Object.create(null));
    }
  });

  it('delivers to the publisher where exclude_me is false, and acknowledges before it delivers', () => {
    const seat = sit();
    does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    seat.peer.take();
    does(seat, Msg.PUBLISH, { first: 2, text: 'com.topic', dict: { exclude_me: false, acknowledge: true } });
    const [published, event] = seat.peer.take();
    assert.equal(published?.name, 'PUBLISHED');
    assert.equal(published?.first, 2);
    assert.equal(event?.name, 'EVENT');
    assert.equal(event?.second, published?.second, 'one publication id');
  });

  it('gives the same id for a topic subscribed twice, and one UNSUBSCRIBE ends it', () => {
    const [publisher, seat] = [sit(), sit()];
    does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    does(seat, Msg.SUBSCRIBE, { first: 2, text: 'com.topic' });
    const [first, second] = seat.peer.take();
    assert.equal(first?.second, second?.second);
    does(seat, Msg.UNSUBSCRIBE, { first: 3, second: first?.second ?? 0 });
    does(publisher, Msg.PUBLISH, { first: 4, text: 'com.topic' });
    assert.deepEqual(names(seat), ['UNSUBSCRIBED']);
    assert.equal(realm.counts.subscriptions, 0);
  });

  it('answers UNSUBSCRIBE of an unknown id, or of another session, with the same error', () => {
    const [holder, other] = [sit(), sit()];
    does(holder, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    const id = holder.peer.take()[0]?.second ?? 0;
    does(other, Msg.UNSUBSCRIBE, { first: 2, second: id });
    does(other, Msg.UNSUBSCRIBE, { first: 3, second: 77 });
    assert.deepEqual(
      other.peer.take().map(({ name, text }) => [name, text]),
      [
        ['ERROR', 'wamp.error.no_such_subscription'],
        ['ERROR', 'wamp.error.no_such_subscription'],
      ],
    );
    assert.equal(realm.counts.subscriptions, 1);
  });

  it('honours the black and white lists, by session, authid and authrole', () => {
    const publisher = sit(OPEN);
    const ann = sit(OPEN, { authid: 'ann' });
    const bob = sit(DISCLOSING, { authid: 'bob' });
    for (const seat of [ann, bob]) does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    const cases: [Record<string, unknown>, string[]][] = [
      [{ exclude: [ann.peer.session] }, ['bob']],
      [{ exclude_authid: ['bob'] }, ['ann']],
      [{ exclude_authrole: ['open'] }, ['bob']],
      [{ eligible: [ann.peer.session] }, ['ann']],
      [{ eligible_authid: ['ann'] }, ['ann']],
      [{ eligible_authrole: ['disclosing'] }, ['bob']],
      [{ eligible_authid: ['ann', 'bob'], exclude_authrole: ['open'] }, ['bob']],
      [{ eligible: [ann.peer.session], eligible_authid: ['bob'] }, []],
      [{ eligible: [] }, []],
      [{ exclude: [] }, ['ann', 'bob']],
    ];
    for (const [dict, expected] of cases) {
      ann.peer.take();
      bob.peer.take();
      does(publisher, Msg.PUBLISH, { first: 2, text: 'com.topic', dict });
      const received = [ann, bob].filter((seat) => seat.peer.take().length > 0).map((seat) => seat.peer.authid);
      assert.deepEqual(received, expected, JSON.stringify(dict));
    }
  });

  it('discloses the publisher where the role says so, whatever the client sent', () => {
    const [open, disclosing, subscriber] = [sit(OPEN), sit(DISCLOSING), sit()];
    does(subscriber, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    subscriber.peer.take();
    does(open, Msg.PUBLISH, {
      first: 2,
      text: 'com.topic',
      dict: { disclose_me: true, publisher: 1, forward_for: [] },
    });
    does(disclosing, Msg.PUBLISH, { first: 2, text: 'com.topic' });
    const [plain, disclosed] = subscriber.peer.take();
    assert.deepEqual({ ...plain?.dict }, {});
    assert.deepEqual(disclosed?.dict, {
      publisher: disclosing.peer.session,
      publisher_authid: disclosing.peer.authid,
      publisher_authrole: 'disclosing',
    });
  });

  it('passes the attributes of payload passthru on', () => {
    const [publisher, subscriber] = [sit(), sit()];
    does(subscriber, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    subscriber.peer.take();
    const dict = { ppt_scheme: 'x_my', ppt_serializer: 'cbor', enc_algo: 'cryptobox', other: 1 };
    does(publisher, Msg.PUBLISH, { first: 2, text: 'com.topic', dict });
    const details = subscriber.peer.take()[0]?.dict;
    assert.deepEqual(details, { ppt_scheme: 'x_my', ppt_serializer: 'cbor', enc_algo: 'cryptobox' });
  });

  it('bounds what one session may hold', () => {
    const seat = sit();
    for (let at = 0; at < LIMITS.observations; at++) does(seat, Msg.SUBSCRIBE, { first: 1, text: `com.topic.${at}` });
    seat.peer.take();
    does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.one.more' });
    does(seat, Msg.REGISTER, { first: 1, text: 'com.one.more' });
    assert.deepEqual(
      seat.peer.take().map((sent) => sent.text),
      ['wamp.error.not_authorized', 'wamp.error.not_authorized'],
    );
    realm.leave(seat.member);
    assert.deepEqual(realm.counts, { sessions: 0, subscriptions: 0, registrations: 0 });
  });
});

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

  it('keeps a procedure for its callee unless it is forced, and then tells it', () => {
    const [one, other] = [sit(), sit()];
    register(one, 'com.p');
    const id = one.peer.take()[0]?.second;
    register(other, 'com.p');
    register(one, 'com.p');
    assert.deepEqual(
      [...other.peer.take(), ...one.peer.take()].map((sent) => sent.text),
      ['wamp.error.procedure_already_exists', 'wamp.error.procedure_already_exists'],
    );
    register(other, 'com.p', { force_reregister: true });
    const [unregistered] = one.peer.take();
    assert.deepEqual(
      [unregistered?.name, unregistered?.first, unregistered?.dict],
      ['UNREGISTERED', 0, { registration: id, reason: 'wamp.error.unregistered' }],
    );
    assert.equal(one.member.registrations.size, 0);
    assert.equal(realm.counts.registrations, 1);
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

describe('call canceling', () => {
  function cancelled(mode: string | undefined, features: readonly string[]): { caller: Seat; callee: Seat } {
    const [caller, callee] = [sit(), sit(OPEN, { features })];
    const procedure = `com.p${callee.peer.session}`;
    register(callee, procedure);
    does(caller, Msg.CALL, { first: 1, text: procedure });
    callee.peer.take();
    does(caller, Msg.CANCEL, { first: 1, dict: mode === undefined ? {} : { mode } });
    return { caller, callee };
  }
  const able = ['callee.call_canceling'];

  it('killnowait, and no mode: interrupts, and answers the caller at once', () => {
    for (const mode of ['killnowait', undefined]) {
      const { caller, callee } = cancelled(mode, able);
      assert.deepEqual({ ...callee.peer.take()[0]?.dict }, { mode: 'killnowait' });
      assert.equal(caller.peer.take()[0]?.text, 'wamp.error.canceled');
      does(callee, Msg.YIELD, { first: 1 });
      assert.deepEqual(names(caller), []);
    }
  });

  it('kill: answers the caller when the callee has answered, whatever it says', () => {
    for (const answer of [Msg.YIELD, Msg.ERROR]) {
      const { caller, callee } = cancelled('kill', able);
      assert.deepEqual({ ...callee.peer.take()[0]?.dict }, { mode: 'kill' });
      assert.deepEqual(names(caller), []);
      if (answer === Msg.YIELD) does(callee, Msg.YIELD, { first: 1, args: ['late'] });
      else does(callee, Msg.ERROR, { first: Msg.INVOCATION, second: 1, text: 'com.stopped' });
      assert.deepEqual(
        caller.peer.take().map((sent) => sent.text),
        ['wamp.error.canceled'],
      );
      assert.equal(caller.member.calls.size + callee.member.invocations.size, 0);
    }
  });

  it('skip, and a callee that cannot be interrupted: leaves it alone, and answers the caller at once', () => {
    for (const [mode, features] of [
      ['skip', able],
      ['kill', []],
      ['killnowait', []],
    ] as const) {
      const { caller, callee } = cancelled(mode, features);
      assert.deepEqual(names(callee), []);
      assert.equal(caller.peer.take()[0]?.text, 'wamp.error.canceled');
    }
  });

  it('of an unknown call, or twice, is ignored', () => {
    const { caller, callee } = cancelled('kill', able);
    callee.peer.take();
    for (const first of [1, 9]) does(caller, Msg.CANCEL, { first });
    assert.deepEqual([...names(caller), ...names(callee)], []);
  });
});

describe('authorization', () => {
  const actions: [number, string, string][] = [
    [Msg.CALL, 'call procedure', 'com.p'],
    [Msg.REGISTER, 'register procedure', 'com.p'],
    [Msg.SUBSCRIBE, 'subscribe to topic', 'com.p'],
  ];

  it('answers what is denied with not_authorized and the words of Crossbar', () => {
    const seat = sit(CLOSED, { authid: 'eve' });
    for (const [code, words, uri] of actions) {
      does(seat, code, { first: 5, text: uri });
      const [error] = seat.peer.take();
      assert.deepEqual([error?.first, error?.second, error?.text], [code, 5, 'wamp.error.not_authorized']);
      assert.deepEqual(error?.payload, [
        [
          `session (session_id=1, authid="eve", authrole="closed") is not authorized to ${words} "com.p" on realm "realm1"`,
        ],
      ]);
    }
  });

  it('is silent on a denied PUBLISH, unless it is to be acknowledged', () => {
    const seat = sit(CLOSED);
    does(seat, Msg.PUBLISH, { first: 1, text: 'com.topic' });
    assert.deepEqual(names(seat), []);
    does(seat, Msg.PUBLISH, { first: 2, text: 'com.topic', dict: { acknowledge: true } });
    const [error] = seat.peer.take();
    assert.deepEqual(error?.payload, [["session not authorized to publish to topic 'com.topic'"]]);
  });

  it('asks again for each message, by URI', () => {
    const allow = { call: true, register: true, publish: true, subscribe: true };
    const permission: Permission = {
      uri: 'com.app.',
      match: 'prefix',
      allow,
      disclose: { caller: false, publisher: false },
    };
    const seat = sit({ name: 'app', authorizer: new StaticPermissions([permission]) });
    does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.app.topic' });
    does(seat, Msg.SUBSCRIBE, { first: 2, text: 'com.other.topic' });
    assert.deepEqual(names(seat), ['SUBSCRIBED', 'ERROR']);
  });
});

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
    const [holder, other] = [sit(), sit()];
    register(holder, 'com.p');
    holder.peer.onSent = () => realm.leave(other.member);
    register(other, 'com.p', { force_reregister: true });
    assert.equal(realm.counts.registrations, 0);
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

describe('URIs', () => {
  const bad = ['com..a', '', '.', 'com.a ', 'com.#', `com.${'a'.repeat(LIMITS.uriLength)}`, 'a.'.repeat(80)];

  it('are refused where malformed, too long or with too many components', () => {
    const seat = sit();
    for (const uri of bad) {
      for (const code of [Msg.CALL, Msg.REGISTER, Msg.SUBSCRIBE]) {
        does(seat, code, { first: 1, text: uri });
        assert.equal(seat.peer.take()[0]?.text, 'wamp.error.invalid_uri', JSON.stringify(uri));
      }
      does(seat, Msg.PUBLISH, { first: 1, text: uri, dict: { acknowledge: true } });
      assert.equal(seat.peer.take()[0]?.text, 'wamp.error.invalid_uri', JSON.stringify(uri));
    }
  });

  it('under wamp. are for the router alone to register and to publish', () => {
    const [seat, trusted] = [sit(), sit(TRUSTED)];
    for (const uri of ['wamp.session.count', 'wamp']) {
      does(seat, Msg.REGISTER, { first: 1, text: uri });
      does(seat, Msg.PUBLISH, { first: 2, text: uri, dict: { acknowledge: true } });
      assert.deepEqual(
        seat.peer.take().map((sent) => sent.text),
        ['wamp.error.invalid_uri', 'wamp.error.invalid_uri'],
      );
    }
    does(trusted, Msg.REGISTER, { first: 1, text: 'wamp.session.count' });
    assert.deepEqual(names(trusted), ['REGISTERED']);
  });

  it('that name members of Object.prototype are procedures like any other', () => {
    const [caller, callee] = [sit(), sit()];
    for (const uri of ['constructor', '__proto__', 'toString']) {
      does(caller, Msg.CALL, { first: 1, text: uri });
      assert.equal(caller.peer.take()[0]?.text, 'wamp.error.no_such_procedure');
      register(callee, uri);
      assert.deepEqual(names(callee), ['REGISTERED']);
    }
  });

  it('follow the strict rules where the realm says so', () => {
    realm = new Realm({ name: 'realm1', roles: [OPEN], uriCheck: 'strict' }, { ids: countingIds(), log: SILENT });
    const seat = sit();
    for (const text of ['com.Upper', 'com.ok_1']) does(seat, Msg.SUBSCRIBE, { first: 1, text });
    const [error, subscribed] = seat.peer.take();
    assert.equal(error?.text, 'wamp.error.invalid_uri');
    assert.deepEqual(error?.payload, [["subscribe for invalid topic URI 'com.Upper' (URI strict checking True)"]]);
    assert.equal(subscribed?.name, 'SUBSCRIBED');
  });
});

describe('procedures of authenticators (K27)', () => {
  it('are registered by their role alone', () => {
    realm.reserved.reserve('com.authenticate', 'disclosing');
    const [other, own] = [sit(OPEN), sit(DISCLOSING)];
    register(other, 'com.authenticate');
    assert.equal(other.peer.take()[0]?.text, 'wamp.error.not_authorized');
    register(own, 'com.authenticate');
    assert.deepEqual(names(own), ['REGISTERED']);
    register(other, 'com.authenticate', { force_reregister: true });
    assert.equal(other.peer.take()[0]?.text, 'wamp.error.not_authorized');
  });

  it('are not taken over by another role by force, where no role is named', () => {
    realm.reserved.reserve('com.authenticate', null);
    const [holder, other, same] = [sit(OPEN), sit(DISCLOSING), sit(OPEN)];
    register(holder, 'com.authenticate');
    register(other, 'com.authenticate', { force_reregister: true });
    assert.equal(other.peer.take()[0]?.text, 'wamp.error.not_authorized');
    register(same, 'com.authenticate', { force_reregister: true });
    assert.deepEqual(names(same), ['REGISTERED']);
  });
});

describe('failures of the router itself (K25)', () => {
  const failing: Role = {
    name: 'failing',
    authorizer: {
      authorize() {
        throw new Error('secret detail');
      },
    },
  };

  it('still answer the request, without a detail', () => {
    const seat = sit(failing);
    for (const code of [Msg.CALL, Msg.REGISTER, Msg.SUBSCRIBE]) does(seat, code, { first: 3, text: 'com.p' });
    does(seat, Msg.PUBLISH, { first: 3, text: 'com.p', dict: { acknowledge: true } });
    for (const sent of seat.peer.take()) {
      assert.deepEqual([sent.name, sent.second, sent.text], ['ERROR', 3, 'wamp.error.runtime_error']);
      assert.ok(!JSON.stringify(sent.payload).includes('secret'));
    }
  });

  it('answer the caller of a callee whose answer could not be forwarded', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    const { send } = caller.peer;
    caller.peer.send = (code, ...rest) => {
      if (code === Msg.RESULT) throw new Error('cannot encode');
      return send.call(caller.peer, code, ...rest);
    };
    does(callee, Msg.YIELD, { first: 1 });
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.runtime_error');
    assert.equal(caller.member.calls.size + callee.member.invocations.size, 0);
  });
});
