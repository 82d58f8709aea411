import type { IdSource } from '../../src/wamp/ids.ts';

/** Ids 1001, 1002, …: so that a test can say which it expects. */
export function countingIds(from = 1000): IdSource {
  let last = from;
  return { next: () => ++last };
}
