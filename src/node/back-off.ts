/** Milliseconds before the first restart, and at most before any. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 30_000;

/** A worker that ran this long (ms) before it crashed was sound: its next restart is a first one again. */
const SOUND_AFTER = 30_000;

/** How long to wait before a crashed worker is started again: twice as long each time, 0.1 s to 30 s. */
export class BackOff {
  #next = FIRST_DELAY;

  /** @param uptime milliseconds from when the worker was ready; 0 when it never was */
  delayAfter(uptime: number): number {
    if (uptime >= SOUND_AFTER) this.#next = FIRST_DELAY;
    const delay = this.#next;
    this.#next = Math.min(delay * 2, LONGEST_DELAY);
    return delay;
  }
}
