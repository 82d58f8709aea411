import assert from 'node:assert/strict';
import { test } from 'node:test';
import { growthReport } from '../../bench/growth.ts';
import { entryOf, GrownRealm } from '../../bench/growth-realm.ts';
import { socketReport } from '../../bench/growth-sockets.ts';
import { callsOf, eventsOf, numbers } from '../../bench/growth-traffic.ts';
import { costOf } from '../../bench/processor-time.ts';
import { uriMatcher } from '../../src/router/uri-matcher.ts';
import type { Match } from '../../src/wamp/uri.ts';

test('the example of each entry leads to it, and to no other', () => {
  const entries = Array.from({ length: 12 }, (_, number) => entryOf(number));
  for (const { example } of entries) {
    const found = entries.filter(({ uri, options }) =>
      uriMatcher((options['match'] ?? 'exact') as Match, uri)(example),
    );
    assert.deepEqual(
      found.map((entry) => entry.example),
      [example],
    );
  }
});

test('a grown realm holds what it should, and all messages come where they should', () => {
  const last = { member: null, code: 0, first: 0, count: 0 };
  const realms = ['realm1', 'realm2'].map((name) => new GrownRealm(name, { sessions: 3, entries: 7, inUse: 3 }, last));
  const counts = realms.map(({ realm }) => realm.counts);
  assert.deepEqual(counts[0], { sessions: 3, subscriptions: 7, registrations: 7 });
  assert.deepEqual(
    [0, 1, 2].map((nth) => realms[0]?.used(nth)),
    [0, 2, 4],
  );
  callsOf(realms)();
  eventsOf(realms)();
  assert.deepEqual(
    realms.map(({ realm }) => realm.counts),
    counts,
  );
});

test('numbers at random are the same each time, and spread over all', () => {
  const [one, other] = [numbers(7), numbers(7)];
  const drawn = Array.from({ length: 1_000 }, () => one(10));
  assert.deepEqual(
    drawn,
    Array.from({ length: 1_000 }, () => other(10)),
  );
  assert.equal(new Set(drawn).size, 10);
});

test('each size is told as a ratio to the least', () => {
  const row = (what: string, size: number, call: number, event: number) => ({ what, size, call, event });
  const rows = [row('realms', 1, 1_500, 2_000), row('realms', 1_000, 3_000, 2_100), row('sessions', 10, 900, 900)];
  const text = growthReport({ rows, patterns: { patterns: 100_000, best: 790, all: 45_330, matches: 207.6 } });
  assert.match(text, /^\| realms \| 1 \| 1\.50 \| 1\.00 × \| 2\.00 \| 1\.00 × \|$/m);
  assert.match(text, /^\| realms \| 1,000 \| 3\.00 \| 2\.00 × \| 2\.10 \| 1\.05 × \|$/m);
  assert.match(text, /^\| sessions \| 10 \| 0\.90 \| 1\.00 × /m);
  assert.match(text, /^100,000 wildcard patterns: 0\.79 µs .*\n45\.33 µs to find all 208 /m);
});

test('over sockets, each size is told beside the least that took turns with it', () => {
  const pair = (least: number | null, grown: number | null) => ({ least, grown });
  const rows = [
    { what: 'sessions', size: 1_000, call: pair(2_000, 3_000), event: pair(1_500, 1_500) },
    { what: 'sessions', size: 10_000, call: pair(null, null), event: pair(null, null) },
  ];
  const text = socketReport(rows);
  assert.match(text, /^\| sessions \| 1,000 \| 2\.00 \| 3\.00 \| 1\.50 × \| 1\.50 \| 1\.50 \| 1\.00 × \|$/m);
  assert.match(text, /^\| sessions \| 10,000 \| – \| – \| – \| – \| – \| – \|$/m);
});

test('cost is processor time for each', () => {
  const spin = (): void => {
    const end = performance.now() + 2;
    while (performance.now() < end);
  };
  const cost = costOf(spin, 2);
  assert.ok(cost > 10_000 && cost < 10e6, String(cost));
});
