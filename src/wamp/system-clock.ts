import type { Clock, Timer } from './clock.ts';

/** A class, because each connection has a timer or two, and closures would double what they take. */
class SystemTimer implements Timer {
  readonly #timeout: NodeJS.Timeout;

  constructor(callback: () => void, delay: number) {
    this.#timeout = setTimeout(callback, delay);
    this.#timeout.unref();
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }
}

/** The machine's clocks. Its timers do not keep the process alive. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  setTimer: (callback, delay) => new SystemTimer(callback, delay),
};
