import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareClasses, SIGNIFICANT, welch } from './welch.ts';

/** Numbers from 0 to 1, the same at each run. [xorshift32] */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Durations as a machine has them: a bell, and now and then something else that takes long. */
function durations(count: number, shift: number, seed: number): number[] {
  const random = randoms(seed);
  return Array.from({ length: count }, () => {
    const bell = Array.from({ length: 12 }, random).reduce((sum, value) => sum + value) - 6;
    return 100 + shift + 10 * bell + (random() < 0.01 ? 5000 * random() : 0);
  });
}

describe('[row 36] the statistics of the timing test', () => {
  it("are Welch's t", () => {
    // By hand: means 3 and 5, variances 2.5 and 10, five of each.
    assert.ok(Math.abs(welch([1, 2, 3, 4, 5], [1, 3, 5, 7, 9]) - -2 / Math.sqrt(2.5)) < 1e-12);
    assert.equal(welch([1, 1, 1], [1, 1, 1]), 0);
  });

  it('find a difference that a tenth of the spread hides, whatever else the machine does', () => {
    const { t, crop } = compareClasses(durations(10_000, 0, 1), durations(10_000, 1, 2));
    assert.ok(t < -SIGNIFICANT, String(t));
    assert.ok(crop < 1, 'with the slowest left out');
  });

  it('find none where there is none', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { t } = compareClasses(durations(10_000, 0, seed * 7919), durations(10_000, 0, seed * 104_729));
      assert.ok(Math.abs(t) < SIGNIFICANT, `${seed}: ${t}`);
    }
  });
});
