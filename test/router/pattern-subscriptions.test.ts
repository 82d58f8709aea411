import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { StaticPermissions } from '../../src/authorization/permissions.ts';
import { Msg } from '../../src/wamp/messages.ts';
import type { Match } from '../../src/wamp/uri.ts';
import { does, names, newRealm, realm, type Seat, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

/** Subscribes and returns the subscription's id. */
function subscribe(seat: Seat, match: Match, topic: string): number {
  does(seat, Msg.SUBSCRIBE, { first: 1, text: topic, dict: { match } });
  const answer = seat.peer.take().at(-1);
  assert.equal(answer?.name, 'SUBSCRIBED', `${match} ${topic}`);
  return answer?.second ?? 0;
}

/** What the words of the specification say, and nothing else. */
function agrees(match: Match, pattern: string, topic: string): boolean {
  if (match === 'exact') return pattern === topic;
  if (match === 'prefix') return topic.slice(0, pattern.length) === pattern;
  const [wanted, got] = [pattern.split('.'), topic.split('.')];
  return wanted.length === got.length && wanted.every((part, at) => part === '' || part === got[at]);
}

describe('pattern-based subscription', () => {
  it('delivers one event per matching subscription, all with one publication id', () => {
    const [publisher, seat] = [sit(), sit()];
    const ids = [
      subscribe(seat, 'exact', 'com.app.topic'),
      subscribe(seat, 'prefix', 'com.app'),
      subscribe(seat, 'prefix', 'com.app.t'),
      subscribe(seat, 'wildcard', 'com..topic'),
      subscribe(seat, 'wildcard', '..'),
    ];
    subscribe(seat, 'wildcard', 'com..other');
    subscribe(seat, 'wildcard', 'com.');
    assert.equal(new Set(ids).size, ids.length);
    does(publisher, Msg.PUBLISH, { first: 2, text: 'com.app.topic', args: [1] });
    const events = seat.peer.take();
    assert.deepEqual(new Set(events.map(({ first }) => first)), new Set(ids));
    assert.equal(events.length, ids.length);
    assert.equal(new Set(events.map(({ second }) => second)).size, 1, 'publication ids');
    for (const { first, dict, payload } of events) {
      assert.deepEqual({ ...dict }, first === ids[0] ? {} : { topic: 'com.app.topic' });
      assert.deepEqual(payload, [[1]]);
    }
  });

  it('tells policies apart, and counts each topic of a policy once', () => {
    const [one, other] = [sit(), sit()];
    const exact = subscribe(one, 'exact', 'com.app');
    const prefix = subscribe(one, 'prefix', 'com.app');
    const wildcard = subscribe(one, 'wildcard', 'com.app');
    assert.equal(new Set([exact, prefix, wildcard]).size, 3);
    assert.equal(subscribe(one, 'prefix', 'com.app'), prefix);
    assert.equal(subscribe(other, 'prefix', 'com.app'), prefix);
    assert.equal(realm.counts.subscriptions, 3);
    does(one, Msg.UNSUBSCRIBE, { first: 2, second: prefix });
    assert.equal(realm.counts.subscriptions, 3);
    realm.leave(other.member);
    assert.equal(realm.counts.subscriptions, 2);
    realm.leave(one.member);
    assert.equal(realm.counts.subscriptions, 0);
  });

  it('takes empty components where the policy gives them a meaning', () => {
    const seat = sit();
    const allowed: [Match, string][] = [
      ['prefix', ''],
      ['prefix', 'com.'],
      ['wildcard', ''],
      ['wildcard', '.a.'],
      ['wildcard', '...'],
    ];
    for (const [match, topic] of allowed) subscribe(seat, match, topic);
    const refused: [Match, string][] = [
      ['exact', ''],
      ['exact', 'com.'],
      ['exact', 'com..a'],
      ['prefix', 'com..a'],
      ['prefix', '.com'],
      ['wildcard', 'com.#'],
      ['prefix', 'com. a'],
    ];
    for (const [match, topic] of refused) {
      does(seat, Msg.SUBSCRIBE, { first: 1, text: topic, dict: { match } });
      assert.equal(seat.peer.take()[0]?.text, 'wamp.error.invalid_uri', `${match} "${topic}"`);
    }
  });

  it('matches no topic with an empty component, and publishes to none', () => {
    const [publisher, seat] = [sit(), sit()];
    subscribe(seat, 'prefix', '');
    for (const text of ['com..a', 'com.', '']) {
      does(publisher, Msg.PUBLISH, { first: 2, text, dict: { acknowledge: true } });
      assert.equal(publisher.peer.take()[0]?.text, 'wamp.error.invalid_uri');
    }
    assert.deepEqual(names(seat), []);
  });

  it('asks no authorizer about a publication that would reach nobody', () => {
    let asked = 0;
    const permissions = new StaticPermissions([]);
    const role = {
      name: 'asking',
      authorizer: {
        authorize: (...args: Parameters<StaticPermissions['authorize']>) => {
          asked += 1;
          return permissions.authorize(...args);
        },
      },
    };
    const publisher = sit(role);
    const publish = (text: string, dict = {}): void => does(publisher, Msg.PUBLISH, { first: 2, text, dict });
    publish('com.app.topic');
    assert.equal(asked, 0);
    publish('com.app.topic', { acknowledge: true });
    publish('com.app.topic', { retain: true });
    assert.equal(asked, 2);
    subscribe(sit(), 'prefix', 'com.app');
    publish('com.app.topic');
    publish('com.other');
    assert.equal(asked, 3);
    assert.deepEqual(names(publisher), ['ERROR']);
  });

  it('delivers what an oracle says, to whom it says, whatever is subscribed', () => {
    const part = fc.constantFrom('a', 'b', 'ab', '');
    const uri = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
    const topic = fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 4 }).map((all) => all.join('.'));
    const match = fc.constantFrom<Match>('exact', 'prefix', 'wildcard');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('subscribe' as const), who: fc.nat(2), match, uri }),
      fc.record({ kind: fc.constant('unsubscribe' as const), who: fc.nat(2), which: fc.nat(5) }),
      fc.record({
        kind: fc.constant('publish' as const),
        who: fc.nat(2),
        topic,
        me: fc.boolean(),
        exclude: fc.option(fc.subarray([1, 2, 3])),
        eligible: fc.option(fc.subarray(['user1', 'user2', 'user3'])),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        newRealm();
        const seats = [sit(), sit(), sit()];
        const held = seats.map(() => new Map<number, { match: Match; uri: string }>());
        for (const each of steps) {
          const seat = seats[each.who] as Seat;
          const mine = held[each.who] as Map<number, { match: Match; uri: string }>;
          if (each.kind === 'subscribe') {
            does(seat, Msg.SUBSCRIBE, { first: 1, text: each.uri, dict: { match: each.match } });
            const [answer] = seat.peer.take();
            if (answer?.name === 'SUBSCRIBED') mine.set(answer.second, each);
          } else if (each.kind === 'unsubscribe') {
            const id = [...mine.keys()][each.which];
            if (id === undefined) continue;
            mine.delete(id);
            does(seat, Msg.UNSUBSCRIBE, { first: 1, second: id });
            assert.deepEqual(names(seat), ['UNSUBSCRIBED']);
          } else {
            const { exclude, eligible } = each;
            const dict = { exclude_me: !each.me, exclude, eligible_authid: eligible };
            does(seat, Msg.PUBLISH, { first: 1, text: each.topic, dict });
            for (const [at, other] of seats.entries()) {
              const chosen: boolean =
                (other !== seat || each.me) &&
                exclude?.includes(other.peer.session) !== true &&
                eligible?.includes(other.peer.authid) !== false;
              const all = [...(held[at] ?? [])].filter((entry) => agrees(entry[1].match, entry[1].uri, each.topic));
              const expected: number[] = chosen ? all.map(([id]) => id).sort() : [];
              assert.deepEqual(
                other.peer
                  .take()
                  .map(({ first }) => first)
                  .sort(),
                expected,
              );
            }
          }
        }
        for (const seat of seats) realm.leave(seat.member);
        assert.equal(realm.counts.subscriptions, 0);
      }),
      { numRuns: 500 },
    );
  });
});
