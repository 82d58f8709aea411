import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf } from './process-usage.ts';

/** Milliseconds that are looked at in one go, and how long it is waited in all. */
const LOOK = 100;
const MOST = 10_000;
/** Of a core: what a router uses that has nothing to do. */
const IDLE = 0.1;

/**
 * Waits until a router has done what is left of the load: one that was behind, or that has much to clear away,
 * would take its time from the one that is measured next.
 * @param pids its processes, as they are now
 */
export async function untilQuiet(
  pids: () => readonly number[],
  read: typeof cpuOf = cpuOf,
  wait: (milliseconds: number) => Promise<unknown> = sleep,
): Promise<void> {
  for (let waited = 0; waited < MOST; waited += LOOK) {
    const own = pids();
    const before = read(own);
    await wait(LOOK);
    const after = read(own);
    if (before === null || after === null || after - before < IDLE * LOOK * 1_000) return;
  }
}
