import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUDGETS } from '../../bench/floor-budgets.ts';
import { floorRatios, floorReport } from '../../bench/floor-report.ts';
import type { Row } from '../../bench/run.ts';
import { NO_SAMPLE, type Sample } from '../../bench/sample.ts';
import type { Scenario } from '../../bench/scenario.ts';
import { SCENARIOS } from '../../bench/scenarios.ts';

function row(target: string, scenario: Scenario, samples: readonly Partial<Sample>[], more: Partial<Row> = {}): Row {
  const all = samples.map((sample) => ({ ...NO_SAMPLE, ...sample }));
  return { target, scenario, samples: all, failure: null, leftOut: null, ...more };
}

const [calls, oneByOne, events] = BUDGETS;
assert.ok(calls !== undefined && oneByOne !== undefined && events !== undefined);

const ROWS: readonly Row[] = [
  row('turnpike', calls.scenario, [{ cpu: 2 }, { cpu: 1.5 }, { cpu: 9 }]),
  row('floor', calls.floor, [{ cpu: 0.5, loadCores: 0.95 }]),
  row('turnpike', oneByOne.scenario, [{ cpu: 12 }]),
  row('floor', oneByOne.floor, [{ cpu: 4 }]),
  row('turnpike', events.scenario, [{ cpu: 0.75 }]),
  row('floor', events.floor, [], { failure: 'the floor left' }),
];

test('a call is held against two echoes, an event against one frame; medians are compared', () => {
  const figures = floorRatios(BUDGETS.slice(0, 3), ROWS).map(({ floor, ownCpu, floorCpu, ratio }) => [
    floor,
    ownCpu,
    floorCpu,
    ratio,
  ]);
  assert.deepEqual(figures, [
    ['2 of echo-16x16', 2, 1, 2],
    ['2 of echo-64x1', 12, 8, 1.5],
    ['fan-out-1000x8', 0.75, null, null],
  ]);
});

test('the table says what is over its budget, what failed, and where the load was the limit', () => {
  const text = floorReport(floorRatios(BUDGETS.slice(0, 3), ROWS), ROWS);
  assert.match(text, /^\| scenario \| floor \| ours, CPU µs \| floor, CPU µs \| ratio \| budget \|$/m);
  assert.match(text, /^\| calls-16x16 \| 2 of echo-16x16 \| 2\.00 \| 1\.00 \| 2\.00 × \| 2\.50 × \|$/m);
  assert.match(text, /^\| calls-64x1 \| 2 of echo-64x1 \| 12\.00 \| 8\.00 \| \*\*1\.50 ×\*\* \| 1\.20 × \|$/m);
  assert.match(text, /^\| events-1000x8 \| fan-out-1000x8 \| 0\.75 \| – \| – \| 2\.00 × \|$/m);
  assert.match(text, /^The load process was busy all the time in echo-16x16 \(floor\): /m);
  assert.match(text, /^- floor \*\*failed\*\*: the floor left \(fan-out-1000x8\)$/m);
  assert.doesNotMatch(floorReport([], ROWS.slice(2, 4)), /busy|failed/);
});

test('each budget is of a scenario of the bench, as it is', () => {
  assert.deepEqual(
    BUDGETS.map(({ scenario, most }) => [scenario.id, most]),
    [
      ['calls-16x16', 2.5],
      ['calls-64x1', 1.2],
      ['events-1000x8', 2],
      ['events-1000x1', 1.6],
    ],
  );
  assert.ok(BUDGETS.every(({ scenario }) => SCENARIOS.includes(scenario)));
});
