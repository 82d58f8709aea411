import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilQuiet } from '../../bench/quiet.ts';

/** Waits on a router of which `used` says what it has used by each look, in microseconds; tells how long that took. */
async function waitOn(used: readonly (number | null)[]): Promise<number> {
  let [looks, waited] = [0, 0];
  const read = (): number | null => used[Math.min(looks++, used.length - 1)] ?? null;
  const wait = async (milliseconds: number): Promise<void> => {
    waited += milliseconds;
  };
  await untilQuiet(() => [4711], read, wait);
  return waited;
}

test('a router is waited for as long as it is busy, and not for ever', async () => {
  assert.equal(await waitOn([0, 90_000, 90_000, 150_000, 150_000, 150_500]), 300);
  assert.equal(await waitOn([7, 7]), 100);
  const busy = Array.from({ length: 1_000 }, (_, look) => look * 90_000);
  assert.equal(await waitOn(busy), 10_000);
});

test('where nothing is known of its processes, it is not waited for', async () => {
  assert.equal(await waitOn([null]), 100);
});
