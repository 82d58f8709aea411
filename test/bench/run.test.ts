import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timetable } from '../../bench/paced-load.ts';
import { inTurn, rateOf } from '../../bench/run.ts';
import { NO_SAMPLE } from '../../bench/sample.ts';

test('scenario by scenario each router has its turn, and each is first in its time', () => {
  const rows = ['a', 'b'].map((scenario) => [1, 2, 3].map((target) => `${scenario}${target}`));
  assert.deepEqual(inTurn(rows, 0), ['a1', 'a2', 'a3', 'b2', 'b3', 'b1']);
  assert.deepEqual(inTurn(rows, 1), ['a2', 'a3', 'a1', 'b3', 'b1', 'b2']);
  assert.deepEqual(inTurn(rows, 2), ['a3', 'a1', 'a2', 'b1', 'b2', 'b3']);
});

test('the pace is the one that was asked for, else half of what nexus reached, else any', () => {
  const row = (target: string, id: string, perSecond: number) => ({
    target: { name: target },
    scenario: { id },
    samples: [{ ...NO_SAMPLE, perSecond }],
  });
  const rows = [row('turnpike', 'calls-64x1', 90_000), row('nexus', 'calls-16x16', 50_000)];
  assert.equal(rateOf([...rows, row('nexus', 'calls-64x1', 40_001)], null), 20_001);
  assert.equal(rateOf([...rows, row('nexus', 'calls-64x1', 40_000)], 123), 123);
  assert.equal(rateOf(rows, null), 10_000);
});

test('calls are due at their pace, whatever becomes of those before', () => {
  const timetable = new Timetable(1_000, 200);
  assert.deepEqual(
    [0, 1, 2, 400].map((call) => timetable.dueAt(call)),
    [1_000, 1_005, 1_010, 3_000],
  );
});
