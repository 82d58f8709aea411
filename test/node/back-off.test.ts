import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackOff } from '../../src/node/back-off.ts';

describe('the back-off of restarts', () => {
  it('doubles from 0.1 s to 30 s', () => {
    const backOff = new BackOff();
    const delays = Array.from({ length: 11 }, () => backOff.delayAfter(0));
    assert.deepEqual(delays, [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('begins anew after the worker ran soundly', () => {
    const backOff = new BackOff();
    assert.deepEqual([backOff.delayAfter(0), backOff.delayAfter(29_999), backOff.delayAfter(30_000)], [100, 200, 100]);
  });
});
