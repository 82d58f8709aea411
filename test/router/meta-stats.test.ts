import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Realm } from '../../src/router/realm.ts';
import type { StatsOptions } from '../../src/router/session-stats.ts';
import { Traffic } from '../../src/router/traffic.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { message, RecordingPeer } from '../support/recording-peer.ts';
import { countingIds } from '../support/seeded-ids.ts';
import { CLOSED, OPEN } from './realm-fixture.ts';

const TOPIC = 'wamp.session.on_stats';
const STATS: StatsOptions = {
  ratedMessageSize: 100,
  afterRatedMessages: 0,
  afterDuration: 0,
  onJoin: false,
  onLeave: true,
};

let clock: FakeClock;
let realm: Realm;
let watcher: RecordingPeer;

/** A peer whose messages are counted, those that it is sent as one byte. */
function counted(session: number): RecordingPeer {
  const peer = new RecordingPeer(session, OPEN, { authid: 'bob' });
  const traffic = new Traffic();
  Object.assign(peer, { traffic, onSent: () => traffic.count(1) });
  Object.assign(peer.transport, { protocol: 'wamp.2.json.batched' });
  return peer;
}

function newRealm(stats: StatsOptions | null): void {
  clock = new FakeClock();
  const options = { name: 'realm1', roles: [OPEN, CLOSED], metaApi: true, stats };
  realm = new Realm(options, { ids: countingIds(), log: SILENT, clock });
  watcher = new RecordingPeer(1, OPEN);
  realm.process(realm.join(watcher), message(Msg.SUBSCRIBE, { first: 1, text: TOPIC }));
  watcher.take();
}

function told(): [info: unknown, stats: Record<string, unknown>][] {
  return watcher.take().map(({ payload }) => {
    const [info, stats] = payload[0] as [object, object];
    return [{ ...info }, { ...stats }];
  });
}

beforeEach(() => newRealm(null));

describe('wamp.session.on_stats', () => {
  it('sums up a session when it ends, as Crossbar does without any configuration', () => {
    const peer = counted(7);
    const member = realm.join(peer);
    for (const size of [1, 512, 513]) peer.traffic?.count(size);
    const began = clock.date().getTime();
    clock.advance(1_500);
    assert.deepEqual(told(), []);
    realm.leave(member);
    realm.leave(member);
    assert.deepEqual(told(), [
      [
        { realm: 'realm1', session: 7, authid: 'bob', authrole: 'open' },
        {
          cycle: 1,
          serializer: 'json.batched',
          timestamp: BigInt(began) * 1_000_000n,
          duration: 1_500_000_000,
          bytes: 1026,
          messages: 3,
          rated_messages: 4,
          first: true,
          last: true,
        },
      ],
    ]);
    assert.equal(clock.pending, 0);
  });

  it('is published after so many rated messages, and counts anew', () => {
    newRealm({ ...STATS, afterRatedMessages: 3 });
    const peer = counted(7);
    const member = realm.join(peer);
    peer.traffic?.count(101);
    peer.traffic?.count(1);
    peer.traffic?.count(1);
    assert.deepEqual(told(), [], 'not among the messages that are being routed');
    clock.advance(0);
    peer.traffic?.count(10);
    clock.advance(0);
    realm.leave(member);
    const seen = told().map(([, { cycle, bytes, messages, rated_messages, first, last }]) => [
      ...[cycle, bytes, messages, rated_messages, first, last],
    ]);
    assert.deepEqual(seen, [
      [1, 103, 3, 4, true, false],
      [2, 10, 1, 1, false, true],
    ]);
  });

  it('is published after so much time in which messages came, and costs an idle session nothing', () => {
    newRealm({ ...STATS, afterDuration: 10_000 });
    const peer = counted(7);
    const member = realm.join(peer);
    clock.advance(100_000);
    assert.deepEqual(told(), []);
    peer.traffic?.count(5);
    clock.advance(0);
    assert.deepEqual(
      told().map(([, { bytes, duration }]) => [bytes, duration]),
      [[5, 100_000_000_000]],
    );
    peer.traffic?.count(6);
    clock.advance(9_999);
    assert.deepEqual(told(), []);
    clock.advance(1);
    assert.deepEqual(
      told().map(([, { bytes, duration }]) => [bytes, duration]),
      [[6, 10_000_000_000]],
    );
    peer.traffic?.count(6);
    realm.leave(member);
    assert.equal(clock.pending, 0);
  });

  it('is published at the join, and not at the end, where that is asked for', () => {
    newRealm({ ...STATS, afterRatedMessages: 1_000, onJoin: true, onLeave: false });
    told();
    const member = realm.join(counted(7));
    assert.deepEqual(
      told().map(([, { first, last }]) => [first, last]),
      [[true, false]],
    );
    realm.leave(member);
    assert.deepEqual(told(), []);
  });

  it('row 96: being told is no reason to tell: a session that watches itself is not told for ever', () => {
    newRealm({ ...STATS, afterRatedMessages: 1, afterDuration: 10 });
    const self = counted(7);
    const member = realm.join(self);
    realm.process(member, message(Msg.SUBSCRIBE, { first: 1, text: TOPIC }));
    let turns = 0;
    while (clock.pending > 0 && turns++ < 100) clock.advance(10_000);
    assert(turns < 5, `${turns} turns`);
    assert.equal(told().length, 1);
  });

  it('tells nobody of the router’s own sessions', () => {
    const peer = counted(7);
    Object.assign(peer, { authrole: 'trusted' });
    realm.leave(realm.join(peer));
    assert.deepEqual(told(), []);
  });
});
