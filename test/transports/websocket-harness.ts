import type { Clock } from '../../src/wamp/clock.ts';

/** Real time, for tests with real sockets. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(callback, delay) {
    const timer = setTimeout(callback, delay);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
