import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { StaticPermissions, UniformPermissions } from '../../src/authorization/permissions.ts';
import type { EventHistory, EventLog, PastEvent } from '../../src/router/event-history.ts';
import type { Role } from '../../src/router/role.ts';
import { MemoryEventHistory } from '../../src/stores/memory-event-history.ts';
import { type Dict, isDict } from '../../src/wamp/dict.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { clock, DISCLOSING, does, names, newRealm, OPEN, realm, type Seat, sit } from './realm-fixture.ts';

const ALL = { call: true, register: true, publish: true, subscribe: true };
const NO_DISCLOSURE = { caller: false, publisher: false };
/** May call everything, and subscribe to nothing below `com.`. */
const CALLER: Role = {
  name: 'caller',
  authorizer: new StaticPermissions([
    { uri: 'wamp.', match: 'prefix', allow: { ...ALL, subscribe: false }, disclose: NO_DISCLOSURE },
    { uri: 'com.log.auth', match: 'exact', allow: { ...ALL, subscribe: true }, disclose: NO_DISCLOSURE },
  ]),
};

function newHistory(more: Partial<{ limit: number }> = {}): EventHistory {
  const { limit = 100 } = more;
  return new MemoryEventHistory([
    { uri: 'com.log.auth', match: 'exact', limit },
    { uri: 'com.log.', match: 'prefix', limit },
    { uri: 'com..basket', match: 'wildcard', limit },
  ]);
}

beforeEach(() => newRealm({ history: newHistory(), metaApi: true }));

function call(seat: Seat, procedure: string, args: readonly unknown[], kwargs: Dict = {}): unknown {
  seat.peer.take();
  does(seat, Msg.CALL, { first: 1, text: procedure, args, kwargs });
  const [answer, ...more] = seat.peer.take();
  assert.deepEqual(more, []);
  if (answer?.name === 'RESULT') return (answer.payload[0] as unknown[])[0];
  assert.equal(answer?.name, 'ERROR');
  return answer?.text;
}

const lookUp = (seat: Seat, topic: string, match = 'exact'): number =>
  Number(call(seat, 'wamp.subscription.lookup', [topic, { match }]));

function getEvents(seat: Seat, topic: string, match: string, kwargs: Dict = {}): Dict[] {
  const result = call(seat, 'wamp.subscription.get_events', [lookUp(sit(), topic, match)], kwargs);
  assert.ok(Array.isArray(result) && result.every(isDict), 'a list of dictionaries');
  return result;
}

const valuesOf = (events: readonly Dict[]): unknown[] => events.map(({ args }) => (args as unknown[])[0]);

function publish(seat: Seat, topic: string, value: unknown, dict: Dict = {}): number {
  does(seat, Msg.PUBLISH, { first: 2, text: topic, args: [value], dict: { acknowledge: true, ...dict } });
  const published = seat.peer.take().find(({ name }) => name === 'PUBLISHED');
  return published?.second ?? 0;
}

describe('event history', () => {
  it('keeps what the specification’s example keeps, of subscriptions that nobody has subscribed', () => {
    const publisher = sit();
    publish(publisher, 'com.log.auth', 1);
    for (const value of [2, 3, 4]) publish(publisher, 'com.log.basket', value);
    publish(publisher, 'com.log.checkout', 5);
    publish(publisher, 'com.other', 6);
    const seat = sit();
    const all = { reverse: false };
    assert.deepEqual(valuesOf(getEvents(seat, 'com.log.auth', 'exact', all)), [1]);
    assert.deepEqual(valuesOf(getEvents(seat, 'com..basket', 'wildcard', all)), [2, 3, 4]);
    assert.deepEqual(valuesOf(getEvents(seat, 'com.log.', 'prefix', all)), [1, 2, 3, 4, 5]);
  });

  it('gives the keys of the specification and of Crossbar', () => {
    const [open, disclosing] = [sit(OPEN, { features: ['publisher.payload_passthru_mode'] }), sit(DISCLOSING)];
    does(open, Msg.PUBLISH, {
      first: 2,
      text: 'com.log.a',
      args: ['x'],
      kwargs: { k: 1 },
      dict: { ppt_scheme: 'x_my' },
    });
    const publication = publish(disclosing, 'com.log.b', 'y');
    const subscription = lookUp(open, 'com.log.', 'prefix');
    const [first, second] = getEvents(open, 'com.log.', 'prefix', { reverse: false });
    const common = {
      timestamp: '2026-01-01T00:00:00.000Z',
      time_ns: 1_767_225_600_000_000_000n,
      subscription,
      realm: 'realm1',
    };
    assert.deepEqual(plain(first), {
      ...common,
      publication: first?.['publication'],
      topic: 'com.log.a',
      details: { topic: 'com.log.a', ppt_scheme: 'x_my' },
      session_id: null,
      authid: null,
      authrole: null,
      args: ['x'],
      kwargs: { k: 1 },
    });
    const { session, authid } = disclosing.peer;
    assert.deepEqual(plain(second), {
      ...common,
      publication,
      topic: 'com.log.b',
      details: {
        topic: 'com.log.b',
        publisher: session,
        publisher_authid: authid,
        publisher_authrole: 'disclosing',
      },
      session_id: session,
      authid,
      authrole: 'disclosing',
      args: ['y'],
      kwargs: {},
    });
  });

  it('answers as Crossbar where no more than a limit is asked for: the newest first, ten of them', () => {
    const [publisher, seat] = [sit(), sit()];
    for (let value = 1; value <= 15; value++) publish(publisher, 'com.log.auth', value);
    assert.deepEqual(valuesOf(getEvents(seat, 'com.log.auth', 'exact')), [15, 14, 13, 12, 11, 10, 9, 8, 7, 6]);
    assert.deepEqual(valuesOf(getEvents(seat, 'com.log.auth', 'exact', { limit: 2 })), [15, 14]);
    const id = lookUp(seat, 'com.log.auth');
    assert.deepEqual(valuesOf(call(seat, 'wamp.subscription.get_events', [id, 3]) as Dict[]), [15, 14, 13]);
    assert.equal(getEvents(seat, 'com.log.auth', 'exact', { reverse: true }).length, 15);
  });

  it('selects by time, topic and publication, all together, in either direction', () => {
    const [publisher, seat] = [sit(), sit()];
    const publications = [0, 1, 2, 3, 4, 5].map((value) => {
      const publication = publish(publisher, `com.log.${value % 2 === 0 ? 'even' : 'odd'}`, value);
      clock.advance(1_000);
      return publication;
    });
    const cases: [Dict, unknown[]][] = [
      [{ from_time: '2026-01-01T00:00:02Z' }, [2, 3, 4, 5]],
      [{ after_time: '2026-01-01T00:00:02Z' }, [3, 4, 5]],
      [{ before_time: '2026-01-01T00:00:02.000Z' }, [0, 1]],
      [{ until_time: '2026-01-01T01:00:02+01:00' }, [0, 1, 2]],
      [{ topic: 'com.log.odd' }, [1, 3, 5]],
      [{ topic: 'com.log.odd', limit: 2 }, [1, 3]],
      [{ topic: 'com.log.odd', limit: 2, reverse: true }, [5, 3]],
      [{ from_publication: publications[2] }, [2, 3, 4, 5]],
      [{ after_publication: publications[2] }, [3, 4, 5]],
      [{ before_publication: publications[2] }, [0, 1]],
      [{ until_publication: publications[2] }, [0, 1, 2]],
      [{ after_publication: publications[1], before_publication: publications[4], reverse: true }, [3, 2]],
      [{ after_publication: publications[1], limit: 1 }, [2]],
      [{ from_time: '2026-01-01T00:00:01Z', until_publication: publications[3], topic: 'com.log.odd' }, [1, 3]],
      [{ from_publication: publications[4], before_publication: publications[1] }, []],
      [{ after_publication: 99_999 }, [0, 1, 2, 3, 4, 5]],
      [{ before_publication: 99_999 }, []],
    ];
    for (const [kwargs, expected] of cases) {
      assert.deepEqual(valuesOf(getEvents(seat, 'com.log.', 'prefix', kwargs)), expected, JSON.stringify(kwargs));
    }
  });

  it('gives an event to those only who would have received it, and keeps none for chosen sessions', () => {
    const publisher = sit();
    const [ann, bob] = [sit(OPEN, { authid: 'ann' }), sit(DISCLOSING, { authid: 'bob' })];
    publish(publisher, 'com.log.auth', 'for all');
    publish(publisher, 'com.log.auth', 'for ann', { eligible_authid: ['ann'] });
    publish(publisher, 'com.log.auth', 'not for open', { exclude_authrole: ['open'] });
    publish(publisher, 'com.log.auth', 'for a session', { eligible: [ann.peer.session] });
    publish(publisher, 'com.log.auth', 'not for a session', { exclude: [1] });
    publish(publisher, 'com.log.auth', 'for nobody', { eligible_authid: [] });
    const all = { reverse: false };
    assert.deepEqual(valuesOf(getEvents(ann, 'com.log.auth', 'exact', all)), ['for all', 'for ann']);
    assert.deepEqual(valuesOf(getEvents(bob, 'com.log.auth', 'exact', all)), ['for all', 'not for open']);
  });

  it('is for those who may subscribe, by the whole pattern', () => {
    const seat = sit(CALLER);
    publish(sit(), 'com.log.auth', 1);
    assert.deepEqual(valuesOf(getEvents(seat, 'com.log.auth', 'exact')), [1]);
    const refused = (topic: string, match: string): unknown =>
      call(seat, 'wamp.subscription.get_events', [lookUp(sit(), topic, match)]);
    assert.equal(refused('com.log.', 'prefix'), 'wamp.error.not_authorized');
    assert.equal(refused('com..basket', 'wildcard'), 'wamp.error.not_authorized');
  });

  it('asks no authorizer anew: who is subscribed may, who has to be asked about may not', () => {
    let cancelled = 0;
    const open = new UniformPermissions(true, false);
    const asking: Role = {
      name: 'asking',
      authorizer: {
        authorize: (_peer, action, _uri, options) =>
          action === 'subscribe' && options['get_retained'] === undefined
            ? { allow: null, decision: new Promise(() => {}), cancel: () => (cancelled += 1) }
            : open.authorize(),
      },
    };
    const seat = sit(asking);
    publish(sit(), 'com.log.auth', 1);
    const id = lookUp(sit(), 'com.log.auth');
    assert.equal(call(seat, 'wamp.subscription.get_events', [id]), 'wamp.error.not_authorized');
    assert.equal(cancelled, 1);
    does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.log.auth', dict: { get_retained: false } });
    assert.deepEqual(valuesOf(call(seat, 'wamp.subscription.get_events', [id]) as Dict[]), [1]);
  });

  it('says why there is none', () => {
    const seat = sit();
    does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.other' });
    const id = seat.peer.take()[0]?.second;
    const get = (...args: unknown[]): unknown => call(seat, 'wamp.subscription.get_events', args);
    assert.equal(get(id), 'wamp.error.history_unavailable');
    assert.equal(get(424_242), 'wamp.error.no_such_subscription');
    assert.equal(get(), 'wamp.error.invalid_argument');
    const known = lookUp(seat, 'com.log.auth');
    const junk: Dict[] = [
      { limit: 0 },
      { limit: '1' },
      { reverse: 1 },
      { from_time: 'yesterday' },
      { from_time: '2026-13-01T00:00:00Z' },
      { from_time: 1 },
      { after_publication: -1 },
      { topic: 1 },
      { other: 1 },
    ];
    for (const kwargs of junk) {
      const answer = call(seat, 'wamp.subscription.get_events', [known], kwargs);
      assert.equal(answer, 'wamp.error.invalid_argument', JSON.stringify(kwargs));
    }
  });

  it('answers in pages that are bounded in events and in bytes', () => {
    newRealm({ history: newHistory({ limit: 5_000 }), metaApi: true });
    const [publisher, seat] = [sit(), sit()];
    for (let value = 0; value < 2_500; value++) publish(publisher, 'com.log.auth', value);
    const got: unknown[] = [];
    for (let kwargs: Dict = { reverse: false }; ; ) {
      const events = getEvents(seat, 'com.log.auth', 'exact', kwargs);
      assert.ok(events.length <= LIMITS.historyPage);
      if (events.length === 0) break;
      got.push(...valuesOf(events));
      kwargs = { after_publication: events.at(-1)?.['publication'] };
    }
    assert.deepEqual(
      got,
      Array.from({ length: 2_500 }, (_, value) => value),
    );
    for (let value = 0; value < 5; value++) publish(publisher, 'com.log.big', 'x'.repeat(LIMITS.historyPageBytes / 2));
    publish(publisher, 'com.log.huge', 'x'.repeat(LIMITS.historyPageBytes * 2));
    assert.equal(getEvents(seat, 'com.log.', 'prefix', { topic: 'com.log.big' }).length, 1);
    assert.equal(getEvents(seat, 'com.log.', 'prefix', { topic: 'com.log.huge' }).length, 1);
  });

  it('gives an event without its arguments where they are nested too deeply for an answer', () => {
    const [publisher, seat] = [sit(), sit()];
    let deep: unknown = 1;
    for (let level = 0; level < LIMITS.depth - 1; level++) deep = [deep];
    publish(publisher, 'com.log.auth', deep);
    publish(publisher, 'com.log.auth', 'flat');
    const [first, second] = getEvents(seat, 'com.log.auth', 'exact', { reverse: false });
    assert.deepEqual([first?.['args'], first?.['kwargs']], [null, null]);
    assert.deepEqual(second?.['args'], ['flat']);
  });

  it('is given by topic too, from whatever is kept that covers it', () => {
    const publisher = sit();
    const first = publish(publisher, 'com.log.auth', 1);
    for (const value of [2, 3]) publish(publisher, 'com.log.auth', value);
    for (const value of [4, 5]) publish(publisher, 'com.log.other', value);
    publish(publisher, 'com.shop.basket', 6);
    const seat = sit();
    const get = (how: string, ...args: unknown[]): unknown => {
      const answer = call(seat, `wamp.topic.history.${how}`, args);
      return Array.isArray(answer) ? valuesOf(answer) : answer;
    };
    assert.deepEqual(get('last', 'com.log.auth', 2), [2, 3]);
    assert.deepEqual(get('last', 'com.log.other', 10), [4, 5]);
    assert.deepEqual(get('last', 'com.shop.basket', 10), [6]);
    assert.deepEqual(get('after', 'com.log.auth', first), [2, 3]);
    const now = clock.date().toISOString();
    assert.deepEqual(get('since', 'com.log.auth', now), [1, 2, 3]);
    assert.deepEqual(get('since', 'com.log.auth', new Date(clock.date().getTime() + 1).toISOString()), []);
    assert.equal(get('last', 'com.nothing', 1), 'wamp.error.history_unavailable');
    assert.equal(get('last', 'wamp.session.on_join', 1), 'wamp.error.not_authorized');
    for (const junk of [[], ['com.log.auth'], ['com.log.auth', 0], ['com.log.auth', 'all'], [1, 1]]) {
      assert.equal(get('last', ...junk), 'wamp.error.invalid_argument');
    }
    assert.equal(get('since', 'com.log.auth', 'yesterday'), 'wamp.error.invalid_argument');
    const restricted = sit(CALLER);
    assert.equal((call(restricted, 'wamp.topic.history.last', ['com.log.auth', 1]) as unknown[]).length, 1);
    assert.equal(call(restricted, 'wamp.topic.history.last', ['com.log.other', 1]), 'wamp.error.not_authorized');
  });

  it('is announced where there is one that can be asked for', () => {
    const announced = (): boolean => JSON.stringify(realm.announced.value).includes('"event_history":true');
    assert.equal(announced(), true);
    newRealm({ history: newHistory(), metaApi: false });
    assert.equal(announced(), false);
    newRealm({ history: new MemoryEventHistory([]), metaApi: true });
    assert.equal(announced(), false);
  });
});

describe('a history that takes its time', () => {
  /** Keeps nothing, and says what it does when the test says so. */
  class SlowLog implements EventLog {
    readonly uri = 'com.log.auth';
    readonly match = 'exact';
    readonly appended: { event: PastEvent; awaited: boolean; resolve: () => void; reject: (error: Error) => void }[] =
      [];
    append(event: PastEvent, awaited: boolean): Promise<void> {
      return new Promise((resolve, reject) => this.appended.push({ event, awaited, resolve, reject }));
    }
    *events(): Generator<PastEvent> {}
  }

  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  let log: SlowLog;

  beforeEach(() => {
    log = new SlowLog();
    newRealm({ history: { logs: [log], close: async () => {} } });
  });

  it('delays PUBLISHED until the event is kept, and the event itself not at all', async () => {
    const [publisher, subscriber] = [sit(), sit()];
    does(subscriber, Msg.SUBSCRIBE, { first: 1, text: 'com.log.auth' });
    does(publisher, Msg.PUBLISH, { first: 2, text: 'com.log.auth', dict: { acknowledge: true } });
    assert.deepEqual(names(subscriber), ['SUBSCRIBED', 'EVENT']);
    assert.deepEqual(names(publisher), []);
    assert.equal(log.appended[0]?.awaited, true);
    log.appended[0]?.resolve();
    await settle();
    const [published] = publisher.peer.take();
    assert.deepEqual(
      [published?.name, published?.first, published?.second],
      ['PUBLISHED', 2, log.appended[0]?.event.publication],
    );
  });

  it('says so where the event could not be kept', async () => {
    const publisher = sit();
    does(publisher, Msg.PUBLISH, { first: 2, text: 'com.log.auth', dict: { acknowledge: true } });
    log.appended[0]?.reject(new Error('no space left'));
    await settle();
    const [error] = publisher.peer.take();
    assert.deepEqual(
      [error?.name, error?.first, error?.second, error?.text],
      ['ERROR', Msg.PUBLISH, 2, 'wamp.error.runtime_error'],
    );
    assert.deepEqual(error?.payload, [['the event was published, but could not be kept in the event history']]);
  });

  it('tells nothing to a session that has ended by then', async () => {
    const publisher = sit();
    for (const first of [2, 3])
      does(publisher, Msg.PUBLISH, { first, text: 'com.log.auth', dict: { acknowledge: true } });
    realm.leave(publisher.member);
    log.appended[0]?.resolve();
    log.appended[1]?.reject(new Error('no space left'));
    await settle();
    assert.deepEqual(names(publisher), []);
  });
});

/** Without prototypes that differ. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return isDict(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)])) : value;
}
