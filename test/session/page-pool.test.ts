import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Page, PagePool } from '../../src/session/page-pool.ts';

const MEGABYTE = 1024 * 1024;
/** Around the sizes of pages, and beyond the largest. */
const SIZES = fc.oneof(
  fc.integer({ min: 1, max: 2 * MEGABYTE }),
  fc
    .tuple(fc.integer({ min: 13, max: 21 }), fc.integer({ min: -2, max: 2 }), fc.constantFrom(0, 1024))
    .map(([power, beside, more]) => 2 ** power + beside + more),
);

describe('the pool of pages', () => {
  it('[property] gives pages that are long enough and not twice as long, each to one only, and keeps a bounded part', () => {
    const steps = fc.array(fc.oneof(SIZES, fc.constant(null)), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (sizes) => {
        const pool = new PagePool();
        const out: Page[] = [];
        for (const size of sizes) {
          if (size === null) {
            const page = out.shift();
            if (page !== undefined) pool.give(page);
            continue;
          }
          const page = pool.take(size);
          assert.ok(page.bytes.length >= size);
          assert.ok(page.bytes.length <= Math.max(16 * 1024, 2 * size + 1024), `${page.bytes.length} for ${size}`);
          assert.equal(page.view.buffer, page.bytes.buffer);
          assert.equal(page.bytes.length, page.bytes.buffer.byteLength);
          assert.ok(!out.some((other) => other.bytes.buffer === page.bytes.buffer), 'two have one page');
          out.push(page);
        }
        assert.ok(pool.kept <= 16 * MEGABYTE);
      }),
      { numRuns: 100 },
    );
  });

  it('takes a page that was given back before a new one', () => {
    const pool = new PagePool();
    for (const size of [100, 16_384, 16_385, 66_000, 66_560, 1_000_000, MEGABYTE + 1024]) {
      const page = pool.take(size);
      pool.give(page);
      assert.equal(pool.take(size), page, `${size}`);
    }
  });

  it('lets go of what a burst left: 4 MB of the smallest stay, 2 MB of each other, none of more than a megabyte', () => {
    const left = (size: number, count: number): number => {
      const pool = new PagePool();
      for (const page of Array.from({ length: count }, () => pool.take(size))) pool.give(page);
      return pool.kept;
    };
    assert.equal(left(16_000, 1000), 4 * MEGABYTE);
    for (const size of [20_000, 65_600, 200_000, MEGABYTE]) {
      const kept = left(size, 100);
      assert.ok(kept > MEGABYTE / 2 && kept <= 2 * MEGABYTE, `${kept} of ${size}`);
    }
    assert.equal(left(MEGABYTE + 1025, 10), 0);
  });

  it('takes nothing back twice', () => {
    const pool = new PagePool();
    for (const size of [100, 66_000, 3 * MEGABYTE]) {
      const page = pool.take(size);
      pool.give(page);
      assert.throws(() => pool.give(page), RangeError);
    }
  });
});
