import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ProtocolViolation } from '../../src/wamp/errors.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { clock, does, newRealm, OPEN, realm, type Seat, sit } from './realm-fixture.ts';

const FEATURES = {
  features: [
    'caller.progressive_call_invocations',
    'callee.progressive_call_invocations',
    'callee.call_canceling',
    'callee.call_reroute',
    'callee.call_timeout',
    'callee.registration_revocation',
  ],
};

const SEATS = 4;
const seat = fc.nat(SEATS - 1);
const procedure = fc.constantFrom('com.a', 'com.b', 'com.c');
const flag = fc.boolean();

type Step = (seats: Seat[], world: World) => void;

interface World {
  requests: number;
  /** Requests that were sent, by seat: those of calls. */
  readonly called: Map<Seat, Set<number>>;
}

const register = fc
  .record({
    seat,
    procedure,
    invoke: fc.constantFrom('single', 'first', 'last', 'roundrobin', 'random'),
    concurrency: fc.constantFrom(undefined, 1, 2),
    forward_timeout: flag,
    force_reregister: flag,
    match: fc.constantFrom('exact', 'prefix'),
  })
  .map(({ seat: at, procedure: text, ...options }): Step => {
    const dict = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    return (seats) => does(seats[at] as Seat, Msg.REGISTER, { first: 1, text, dict });
  });

const unregister = fc.tuple(seat, fc.nat(2)).map(
  ([at, which]): Step =>
    (seats) => {
      const one = seats[at] as Seat;
      const second = [...one.member.registrations.keys()][which] ?? 99;
      does(one, Msg.UNREGISTER, { first: 1, second });
    },
);

const call = fc
  .record({ seat, procedure, progress: flag, receive_progress: flag, timeout: fc.constantFrom(0, 10, 100) })
  .map(
    ({ seat: at, procedure: text, ...dict }): Step =>
      (seats, world) => {
        const one = seats[at] as Seat;
        const first = ++world.requests;
        world.called.get(one)?.add(first);
        does(one, Msg.CALL, { first, text, dict, args: [first] });
      },
  );

const part = fc.tuple(seat, fc.nat(5), flag).map(
  ([at, which, progress]): Step =>
    (seats) => {
      const one = seats[at] as Seat;
      const streams = one.member.calls.values().filter(({ streaming }) => streaming);
      const stream = streams[which];
      if (stream === undefined) return;
      const { registration, request, details } = stream;
      const text = String(details['procedure'] ?? registration.uri);
      does(one, Msg.CALL, { first: request, text, dict: { progress }, args: ['more'] });
    },
);

const answer = fc.tuple(seat, fc.nat(5), fc.constantFrom('result', 'progress', 'error', 'unavailable', 'twice')).map(
  ([at, which, how]): Step =>
    (seats) => {
      const one = seats[at] as Seat;
      const id = one.member.invocations.values()[which]?.id ?? one.member.lastInvocation;
      if (how === 'progress') does(one, Msg.YIELD, { first: id, dict: { progress: true } });
      else if (how === 'error' || how === 'unavailable') {
        const text = how === 'error' ? 'com.error' : 'wamp.error.unavailable';
        does(one, Msg.ERROR, { first: Msg.INVOCATION, second: id, text });
      } else for (const _ of how === 'twice' ? [1, 2] : [1]) does(one, Msg.YIELD, { first: id });
    },
);

const cancel = fc.tuple(seat, fc.nat(5), fc.constantFrom('skip', 'kill', 'killnowait')).map(
  ([at, which, mode]): Step =>
    (seats) => {
      const one = seats[at] as Seat;
      const first = one.member.calls.values()[which]?.request ?? 1;
      does(one, Msg.CANCEL, { first, dict: { mode } });
    },
);

const leave = seat.map(
  (at): Step =>
    (seats) =>
      realm.leave((seats[at] as Seat).member),
);
const wait = fc.constantFrom(5, 50).map(
  (ms): Step =>
    () =>
      clock.advance(ms),
);
const trouble = fc.tuple(seat, flag, flag).map(
  ([at, congested, small]): Step =>
    (seats) => {
      const { peer } = seats[at] as Seat;
      peer.congested = congested;
      peer.maxPayload = small ? 0 : Number.POSITIVE_INFINITY;
    },
);

const step = fc.oneof(
  { arbitrary: register, weight: 4 },
  { arbitrary: call, weight: 8 },
  { arbitrary: answer, weight: 8 },
  { arbitrary: part, weight: 3 },
  { arbitrary: cancel, weight: 2 },
  { arbitrary: unregister, weight: 1 },
  { arbitrary: wait, weight: 1 },
  { arbitrary: trouble, weight: 1 },
  { arbitrary: leave, weight: 1 },
);

/** Calls of a session that were answered for good, by request. */
function answered({ peer }: Seat): number[] {
  return peer.sent.flatMap(({ name, first, second, dict }) => {
    if (name === 'RESULT') return dict['progress'] === true ? [] : [first];
    return name === 'ERROR' && first === Msg.CALL ? [second] : [];
  });
}

function run(steps: readonly Step[]): { seats: Seat[]; world: World } {
  newRealm({ callQueues: [{ uri: 'com.', match: 'prefix', limit: 2 }] });
  const seats = [...new Array(SEATS)].map(() => sit(OPEN, FEATURES));
  const world = { requests: 0, called: new Map(seats.map((one) => [one, new Set<number>()])) };
  for (const one of steps) {
    // As a session of its own would: nothing arrives from who has left.
    const there = seats.filter(({ member }) => member.present);
    if (there.length === 0) break;
    const acting = seats.map((seated) => (seated.member.present ? seated : (there[0] as Seat)));
    try {
      one(acting, world);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      assert.fail(`no step breaks the protocol: ${error.message}`);
    }
  }
  return { seats, world };
}

describe('the dealer, whatever comes', () => {
  it('answers each call once, and counts right (rows 78 to 85)', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { seats, world } = run(steps);
        for (const one of seats) {
          if (!one.member.present) continue;
          const open = one.member.calls.values().map(({ request }) => request);
          const done = answered(one);
          assert.equal(new Set(done).size, done.length, 'no call is answered twice');
          const known = [...open, ...done].sort((a, b) => a - b);
          assert.deepEqual(known, [...(world.called.get(one) ?? [])], 'each call is answered or in flight');
          for (const { callees } of one.member.registrations.values()) {
            for (const callee of callees) {
              const running = callee.member.invocations.values().filter((invocation) => invocation.callee === callee);
              assert.equal(callee.active, running.length);
              assert(callee.active <= callee.concurrency);
            }
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps nothing when all have left (row 103)', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { seats } = run(steps);
        for (const { member } of seats) realm.leave(member);
        assert.deepEqual(realm.counts, { sessions: 0, subscriptions: 0, registrations: 0 });
        assert.equal(clock.pending, 0, 'no timer');
        for (const { member } of seats) {
          assert.equal(member.calls.size + member.invocations.size + member.registrations.size, 0);
          assert.equal(member.held, 0, 'no bytes');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
