import type { Clock } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import { type Controller, NodeStartError } from './controller.ts';

/** Signals nearer to the first than this (ms) are the same wish: npm forwards a Ctrl-C that the terminal sends already. */
const SAME_WISH = 500;

/** Long enough that it never fires in effect: while a worker waits for its restart, nothing else keeps the process alive. */
const NEVER = 2 ** 30;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/** Where signals come from: `process`. */
interface SignalSource {
  on(signal: Signal, listener: (signal: Signal) => void): unknown;
}

export interface RunNodeOptions {
  readonly controller: Pick<Controller, 'start' | 'stop' | 'kill' | 'reload' | 'shutdownRequested'>;
  readonly log: Log;
  readonly signals: SignalSource;
  readonly clock: Clock;
  /** What SIGHUP means: with a terminal that it closes, else that the files of TLS are to be read anew. */
  readonly hangup: 'stop' | 'reload';
  /** Stop after this many milliseconds; `null` for never. */
  readonly shutdownAfter: number | null;
}

/**
 * Starts the node and runs it until it is told to stop: by SIGINT or SIGTERM, by SIGHUP where a terminal closes, by the
 * time set, or by a worker's exit where the configuration says so. A second SIGINT or SIGTERM ends it at once; SIGHUP
 * never does, as a closing terminal sends several.
 * @returns whether it ended as wished: by a signal or the time set, and all workers stopped by themselves. Crossbar counts only
 *   SIGINT; supervisors of processes stop theirs by SIGTERM, and take anything but 0 as a failure
 */
export async function runNode(options: RunNodeOptions): Promise<boolean> {
  const { controller, log, signals, clock, shutdownAfter } = options;
  const stop = new StopRequest(options);
  // For good: a signal that comes when all is done must not change how the process ends.
  for (const signal of SIGNALS) signals.on(signal, (received) => stop.signalled(received));
  const keepAlive = setInterval(() => undefined, NEVER);
  const timer =
    shutdownAfter === null ? null : clock.setTimer(() => stop.begin('its time is over', true), shutdownAfter);
  void controller.shutdownRequested.then((reason) => stop.begin(reason, false));
  try {
    const begun = clock.now();
    await controller.start();
    if (!stop.isBegun) log.info(`node ready, started in ${Math.round(clock.now() - begun)} ms`);
    return await stop.completed;
  } catch (error) {
    if (!(error instanceof NodeStartError)) throw error;
    for (const problem of error.problems) log.error(problem);
    log.error('the node did not start');
    return false;
  } finally {
    timer?.cancel();
    clearInterval(keepAlive);
  }
}

/** The wish that the node stops, of which the first counts. */
class StopRequest {
  /** Resolves with whether the node ended as wished, once all workers have stopped. */
  readonly completed: Promise<boolean>;
  readonly #options: RunNodeOptions;
  #complete: (clean: Promise<boolean>) => void = () => undefined;
  #begunAt: number | null = null;

  constructor(options: RunNodeOptions) {
    this.#options = options;
    this.completed = new Promise((resolve) => {
      this.#complete = resolve;
    });
  }

  get isBegun(): boolean {
    return this.#begunAt !== null;
  }

  signalled(signal: Signal): void {
    const { controller, log, clock, hangup } = this.#options;
    if (signal === 'SIGHUP' && hangup === 'reload') {
      if (this.#begunAt !== null) return;
      log.info('SIGHUP: the TLS files are read anew');
      controller.reload();
    } else if (this.#begunAt === null) this.begin(signal, true);
    else if (signal !== 'SIGHUP' && clock.now() - this.#begunAt >= SAME_WISH) {
      log.warn(`${signal} again: ending at once`);
      controller.kill();
    }
  }

  /** @param wished whether a node that stops for this reason ends as wished */
  begin(reason: string, wished: boolean): void {
    if (this.#begunAt !== null) return;
    const { log, clock } = this.#options;
    this.#begunAt = clock.now();
    log.info(`stopping the node: ${reason}`);
    this.#complete(this.#stop(wished));
  }

  async #stop(wished: boolean): Promise<boolean> {
    const { controller, log } = this.#options;
    const clean = await controller.stop();
    log.info(clean ? 'node stopped' : 'node stopped, not all workers by themselves');
    return wished && clean;
  }
}
