import type { Clock } from '../../wamp/clock.ts';
import type { StepSignal } from '../step-signal.ts';

/** How often is looked, in milliseconds: a login does not notice, and looking costs next to nothing. */
const LOOK_EVERY = 50;

/**
 * Resolves when something is there, or after `patience` milliseconds, or when `signal` is aborted. Then no timer and
 * no listener is left.
 */
export function arrival(isThere: () => boolean, patience: number, clock: Clock, signal: StepSignal): Promise<void> {
  if (patience <= 0 || signal.aborted || isThere()) return Promise.resolve();
  return new Promise((resolve) => {
    const until = clock.now() + patience;
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const look = (): void => {
      const left = until - clock.now();
      if (left <= 0 || isThere()) end();
      else timer = clock.setTimer(look, Math.min(LOOK_EVERY, left));
    };
    let timer = clock.setTimer(look, Math.min(LOOK_EVERY, patience));
    signal.addEventListener('abort', end);
  });
}
