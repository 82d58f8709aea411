import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Latencies } from '../../bench/latencies.ts';
import type { ResultMessage } from '../../bench/load-messages.ts';
import { combine, isHere, type Sample } from '../../bench/measure.ts';
import { readOptions } from '../../bench/options.ts';
import { medians, table } from '../../bench/report.ts';
import { resultsOf } from '../../bench/results-file.ts';
import { SCENARIOS } from '../../bench/scenarios.ts';

function sample(perSecond: number, more: Partial<Sample> = {}): Sample {
  const rest = { p50: 100, p99: 900, routerCores: 1, loadCores: 0.5, memory: 64 * 1024 * 1024 };
  return { perSecond, cpu: 1e6 / perSecond, ...rest, ...more };
}

function result(more: Partial<ResultMessage>): ResultMessage {
  const rest = { elapsed: 1e6, latencies: [], loadCpu: 5e5, routerCpu: null, routerMemory: null };
  return { type: 'result', operations: 0, ...rest, ...more };
}

test('several load processes count as one', () => {
  const latencies = new Latencies();
  latencies.record(200);
  const { counts } = latencies;
  const combined = combine([
    result({ operations: 3_000, elapsed: 1e6, loadCpu: 2e5, routerCpu: 8e5, routerMemory: 1_000, latencies: counts }),
    result({ operations: 2_000, elapsed: 2e6, loadCpu: 1.8e6, latencies: counts }),
  ]);
  const { p50, p99, ...rest } = combined;
  assert.deepEqual(rest, { perSecond: 4_000, cpu: 200, routerCores: 0.8, loadCores: 0.9, memory: 1_000 });
  assert.deepEqual(
    [p50, p99].map((value) => Math.round((value ?? 0) / 10)),
    [20, 20],
  );
});

test('a router whose processes are not known has no CPU; a run without answers is none', () => {
  const { cpu, routerCores, memory, p50 } = combine([result({ operations: 1 })]);
  assert.deepEqual({ cpu, routerCores, memory, p50 }, { cpu: null, routerCores: null, memory: null, p50: null });
  assert.throws(() => combine([result({})]), /nothing came back/);
});

test('medians are taken figure by figure, over those that are known', () => {
  const found = medians([sample(10, { cpu: 3 }), sample(30, { cpu: null }), sample(20, { cpu: 5 })]);
  assert.equal(found.perSecond, 20);
  assert.equal(found.cpu, 4);
  assert.equal(medians([]).perSecond, null);
});

test('the process that a router names counts only where it is on this machine', () => {
  for (const url of ['ws://127.0.0.1:1/ws', 'ws://localhost/', 'rs://127.5.0.1:2', 'ws://[::1]:1/', 'rs+unix:///x']) {
    assert.ok(isHere(url), url);
  }
  for (const url of [null, 'ws://example.com/ws', 'ws://10.0.0.1/', 'ws://localhost.example.com/']) {
    assert.ok(!isHere(url), String(url));
  }
});

const [first, second, third] = SCENARIOS;
assert.ok(first !== undefined && second !== undefined && third !== undefined);

const ROWS = [
  { scenario: first, samples: [sample(123_456.7), sample(123_456.7, { cpu: null })], failure: null },
  { scenario: second, samples: [sample(10, { loadCores: 0.97 })], failure: 'the router left' },
  { scenario: third, samples: [], failure: 'wamp.error.not_authorized: no' },
];

test('the table has a row for each scenario, says what failed, and where the load was the limit', () => {
  const [head, rule, one, two, three, ...rest] = table(ROWS).split('\n');
  assert.match(head ?? '', /^\| scenario \| what \| per second \| CPU µs \|/);
  assert.match(rule ?? '', /^\| --- \| --- \| ---: \|/);
  assert.equal(one, `| ${first.id} | ${first.title} | 123,457 | 8.10 | 100 | 900 | 1.00 | 0.50 | 64 |`);
  assert.match(two ?? '', /\*\*failed after 1 of its runs\*\*: the router left \|.*\| 0\.97 \\\* \|/);
  assert.match(three ?? '', /\*\*failed\*\*: wamp\.error\.not_authorized: no( \| –){7} \|$/);
  assert.match(rest.join('\n'), /busy all the time/);
  const columns = (line: string | undefined): number => (line ?? '').split(' | ').length;
  assert.deepEqual([one, two, three].map(columns), [columns(head), columns(head), columns(head)]);
  assert.doesNotMatch(table(ROWS.slice(0, 1)), /busy all the time/);
});

test('the file for programs has options, machine, medians and samples', () => {
  const request = readOptions(['--repeats', '2']);
  assert.equal(request.kind, 'run');
  if (request.kind !== 'run') return;
  const urls = { websocket: 'ws://127.0.0.1:1/ws', rawsocket: null, ticket: null, dynamic: null };
  const target = { name: 'given', urls, pids: [1] };
  const results = JSON.parse(JSON.stringify(resultsOf(target, ROWS, request.options, new Date(0))));
  assert.equal(results.format, 1);
  assert.equal(results.at, '1970-01-01T00:00:00.000Z');
  assert.equal(results.options.repeats, 2);
  assert.ok(results.machine.cores >= 1);
  assert.deepEqual(results.targets, [target]);
  assert.deepEqual(
    results.results.map((entry: { loadLimited: boolean; failure: string | null }) => [
      entry.loadLimited,
      entry.failure,
    ]),
    [
      [false, null],
      [true, 'the router left'],
      [false, 'wamp.error.not_authorized: no'],
    ],
  );
  assert.equal(results.results[0].median.perSecond, 123_456.7);
  assert.equal(results.results[0].samples.length, 2);
});
