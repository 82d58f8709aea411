import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doors } from '../../bench/doors.ts';
import { givenTarget } from '../../bench/given-target.ts';
import { Latencies } from '../../bench/latencies.ts';
import type { ResultMessage } from '../../bench/load-messages.ts';
import { isHere } from '../../bench/measure.ts';
import { readOptions } from '../../bench/options.ts';
import { report } from '../../bench/report.ts';
import { resultsOf } from '../../bench/results-file.ts';
import type { Row } from '../../bench/run.ts';
import { combine, medians, NO_SAMPLE, type Sample } from '../../bench/sample.ts';
import type { Scenario } from '../../bench/scenario.ts';
import { SCENARIOS } from '../../bench/scenarios.ts';

function sample(perSecond: number, more: Partial<Sample> = {}): Sample {
  const rest = { p50: 100, p99: 900, routerCores: 1, loadCores: 0.5, memory: 64 * 1024 * 1024 };
  return { ...NO_SAMPLE, perSecond, cpu: 1e6 / perSecond, ...rest, ...more };
}

function result(more: Partial<ResultMessage>): ResultMessage {
  const rest = {
    refused: 0,
    refusal: null,
    elapsed: 1e6,
    latencies: [],
    loadCpu: 5e5,
    routerCpu: null,
    routerMemory: null,
  };
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
  const { p50, p99 } = combined;
  const rest = { perSecond: 4_000, cpu: 200, routerCores: 0.8, loadCores: 0.9, memory: 1_000 };
  assert.deepEqual(combined, { ...NO_SAMPLE, ...rest, p50, p99 });
  assert.deepEqual(
    [p50, p99].map((value) => Math.round((value ?? 0) / 10)),
    [20, 20],
  );
});

test('a router may refuse one operation in a hundred', () => {
  const refusal = 'callee blocked';
  assert.equal(combine([result({ operations: 99, refused: 1, refusal }), result({ operations: 1 })]).perSecond, 100);
  const tooMuch = [result({ operations: 98 }), result({ operations: 1, refused: 2, refusal })];
  assert.throws(() => combine(tooMuch), /^Error: the router refused 2 of 101: callee blocked$/);
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

function row(scenario: Scenario, samples: readonly Sample[], more: Partial<Row> = {}): Row {
  return { target: 'given', scenario, samples, failure: null, leftOut: null, ...more };
}

const ROWS: readonly Row[] = [
  row(first, [sample(123_456.7), sample(123_456.7, { cpu: null })]),
  row(second, [sample(10, { loadCores: 0.97 })], { failure: 'the router left' }),
  row(third, [], { failure: 'wamp.error.not_authorized: no' }),
];

function scenario(id: string): Scenario {
  return SCENARIOS.find((one) => one.id === id) ?? assert.fail(id);
}

test('what a router alone cannot do is not in the table; what it needs no load for has a table of its own', () => {
  const idle = { ...NO_SAMPLE, memory: 200 * 1024 * 1024, sessionMemory: 12.34 * 1024 };
  const text = report([
    row(first, [], { leftOut: 'no --url for websocket' }),
    row(scenario('idle-10000'), [idle]),
    row(scenario('start-up'), [{ ...NO_SAMPLE, startUp: 181.2 }]),
  ]);
  assert.doesNotMatch(text, /per second|calls-16x16/);
  assert.match(text, /^\| idle-10000 \| .* \| 12\.3 \| 200 \| – \|$/m);
  assert.match(text, /^\| start-up \| .* \| – \| – \| 181 \|$/m);
});

test('a load that is paced is busy with the clock: that is no limit', () => {
  assert.doesNotMatch(report([row(scenario('calls-paced'), [sample(10, { loadCores: 1 })])]), /busy all the time/);
});

test('beside peers: who it was, how many times better, and why there is no figure', () => {
  const paced = scenario('calls-paced');
  const rows = [
    row(first, [sample(1_000)], { target: 'turnpike' }),
    row(first, [sample(400)], { target: 'nexus' }),
    row(first, [], { target: 'fox-wamp', leftOut: 'speaks json alone' }),
    row(paced, [sample(10, { p99: 100 })], { target: 'turnpike' }),
    row(paced, [sample(10, { p99: 250, cpu: null })], { target: 'nexus' }),
    row(paced, [], { target: 'fox-wamp', failure: 'the router left' }),
  ];
  const text = report(rows);
  assert.match(text, /^\| calls-16x16 \| nexus \| 400 \| 2,500\.00 \|/m);
  assert.match(text, /^\| calls-paced \| fox-wamp( \| –){7} \|$/m);
  assert.match(text, /^\| scenario \| of \| to nexus \| CPU \| to fox-wamp \| CPU \|$/m);
  assert.match(text, /^\| calls-16x16 \| per second \| 2\.50 × \| 2\.50 × \| – \| – \|$/m);
  assert.match(
    text,
    /^- fox-wamp speaks json alone \(calls-16x16\)\n- fox-wamp \*\*failed\*\*: the router left \(calls-paced\)$/m,
  );
  assert.match(text, /^\| calls-paced \| p99 \| 2\.50 × \| – \| – \| – \|$/m);
});

test('what rights cost is told as a ratio to the same calls without', () => {
  const [base, ruled] = [scenario('calls-16x16'), scenario('calls-16x16-rules')];
  const text = report([row(base, [sample(1_000)]), row(ruled, [sample(950)])]);
  assert.match(text, /^calls-16x16-rules beside calls-16x16: 0\.95 × as many per second, 1\.05 × the CPU\.$/m);
  assert.doesNotMatch(report([row(ruled, [sample(950)])]), /beside/);
});

test('the table has a row for each scenario, says what failed, and where the load was the limit', () => {
  const [head, rule, one, two, three, ...rest] = report(ROWS).split('\n');
  assert.match(head ?? '', /^\| scenario \| what \| per second \| CPU µs \|/);
  assert.match(rule ?? '', /^\| --- \| --- \| ---: \|/);
  assert.equal(one, `| ${first.id} | ${first.title} | 123,457 | 8.10 | 100 | 900 | 1.00 | 0.50 | 64 |`);
  assert.match(two ?? '', /\*\*failed after 1 of its runs\*\*: the router left \|.*\| 0\.97 \\\* \|/);
  assert.match(three ?? '', /\*\*failed\*\*: wamp\.error\.not_authorized: no( \| –){7} \|$/);
  assert.match(rest.join('\n'), /busy all the time/);
  const columns = (line: string | undefined): number => (line ?? '').split(' | ').length;
  assert.deepEqual([one, two, three].map(columns), [columns(head), columns(head), columns(head)]);
  assert.doesNotMatch(report(ROWS.slice(0, 1)), /busy all the time/);
});

test('the file for programs has options, machine, medians and samples', () => {
  const request = readOptions(['--repeats', '2']);
  assert.equal(request.kind, 'run');
  if (request.kind !== 'run') return;
  const urls = doors({ websocket: 'ws://127.0.0.1:1/ws' });
  const target = givenTarget(urls, [1]);
  const results = JSON.parse(JSON.stringify(resultsOf([target], ROWS, request.options, new Date(0))));
  assert.equal(results.format, 2);
  assert.equal(results.at, '1970-01-01T00:00:00.000Z');
  assert.equal(results.options.repeats, 2);
  assert.ok(results.machine.cores >= 1);
  assert.deepEqual(results.targets, [{ name: 'given', urls, pids: [1] }]);
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
