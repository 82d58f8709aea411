import type { Clock, Timer } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import type { WorkerProcess } from './worker-process.ts';

/** How often a worker is asked whether it still answers (ms). */
export const ASK_INTERVAL = 5_000;

/** Questions without an answer: after how many the log tells, and after how many the process is killed. */
const ASKED_TOLD = 2;
const ASKED_KILLED = 12;

export interface HangWatchOptions {
  readonly name: string;
  readonly process: Pick<WorkerProcess, 'pid' | 'ask' | 'kill'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Notices that a worker does nothing any more: an application's module that runs in its process is in an endless loop, say.
 * As long as that lasts all its clients hang, so it is killed after a minute, and what then holds is what holds for a crash.
 *
 * Counted are questions, not time: after the machine has slept, one of them is late, not a minute of them.
 */
export class HangWatch {
  readonly #options: HangWatchOptions;
  #timer: Timer;
  /** Times at which the answer to the last question was still to come. */
  #unanswered = 0;
  #waiting = false;
  #stopped = false;

  /** @param options of a process that is ready */
  constructor(options: HangWatchOptions) {
    this.#options = options;
    this.#timer = this.#next();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.cancel();
  }

  #next(): Timer {
    return this.#options.clock.setTimer(() => this.#tick(), ASK_INTERVAL);
  }

  #tick(): void {
    this.#timer = this.#next();
    if (this.#waiting) this.#missed();
    else this.#ask();
  }

  #ask(): void {
    this.#waiting = true;
    void this.#options.process.ask().then(() => this.#answered());
  }

  #answered(): void {
    const { name, process, log } = this.#options;
    if (this.#unanswered >= ASKED_TOLD && !this.#stopped) {
      log.warn(`worker ${name} answers again`, { pid: process.pid });
    }
    this.#waiting = false;
    this.#unanswered = 0;
  }

  #missed(): void {
    const { name, process, log } = this.#options;
    this.#unanswered += 1;
    const seconds = (this.#unanswered * ASK_INTERVAL) / 1_000;
    if (this.#unanswered === ASKED_TOLD) {
      log.error(`worker ${name} does not answer for ${seconds} s: something in its process blocks it`, {
        pid: process.pid,
      });
    } else if (this.#unanswered === ASKED_KILLED) {
      log.error(`worker ${name} does not answer for ${seconds} s and is killed`, { pid: process.pid });
      this.stop();
      process.kill();
    }
  }
}
