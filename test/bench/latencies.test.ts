import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Latencies } from '../../bench/latencies.ts';

const MICROSECONDS = fc.double({ min: 1, max: 120e6, noNaN: true });

test('percentiles are those of the sorted values, to one and a half percent', () => {
  fc.assert(
    fc.property(
      fc.array(MICROSECONDS, { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.9, 0.99, 1),
      (values, share) => {
        const latencies = new Latencies();
        for (const value of values) latencies.record(value);
        const sorted = values.toSorted((one, other) => one - other);
        const exact = sorted[Math.ceil(values.length * share) - 1] ?? Number.NaN;
        const found = latencies.percentile(share) ?? Number.NaN;
        assert.ok(Math.abs(found / exact - 1) < 0.015, `${found} for ${exact}`);
      },
    ),
    { numRuns: 200 },
  );
});

test('what several processes recorded adds up', () => {
  fc.assert(
    fc.property(fc.array(MICROSECONDS, { maxLength: 50 }), fc.array(MICROSECONDS, { maxLength: 50 }), (one, other) => {
      const [first, second, both, sum] = [new Latencies(), new Latencies(), new Latencies(), new Latencies()];
      for (const value of one) first.record(value);
      for (const value of other) second.record(value);
      for (const value of [...one, ...other]) both.record(value);
      sum.add(first.counts);
      sum.add(second.counts);
      assert.deepEqual(sum.counts, both.counts);
      assert.equal(sum.percentile(0.99), both.percentile(0.99));
    }),
    { numRuns: 100 },
  );
});

test('nothing recorded, no percentile; also after a reset', () => {
  const latencies = new Latencies();
  assert.equal(latencies.percentile(0.5), null);
  latencies.record(5);
  latencies.reset();
  assert.deepEqual([latencies.percentile(0.5), latencies.counts], [null, []]);
});

test('values beyond the ends count at the ends', () => {
  const latencies = new Latencies();
  for (const value of [-1, 0, 0.5]) latencies.record(value);
  assert.equal(latencies.percentile(1), 1);
  latencies.record(1e12);
  assert.equal(latencies.percentile(1), 2 ** 27);
});
