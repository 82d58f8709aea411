import type { Clock, Timer } from '../../src/wamp/clock.ts';

interface Due {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that goes only when the test says so. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Due>();

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delay: number): Timer {
    const due = { at: this.#now + delay, callback };
    this.#timers.add(due);
    return { cancel: () => void this.#timers.delete(due) };
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass: timers that become due run in their order, also those set meanwhile. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = until;
  }

  #next(until: number): Due | undefined {
    let next: Due | undefined;
    for (const due of this.#timers) {
      if (due.at <= until && (next === undefined || due.at < next.at)) next = due;
    }
    return next;
  }
}
