import type { Clock, Timer } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import { BackOff } from './back-off.ts';
import { HangWatch } from './hang-watch.ts';
import { describeExit, type WorkerExit, type WorkerProcess, WorkerStartError } from './worker-process.ts';

/** How long a worker may take to stop gracefully (ms) before it is killed. [Crossbar: 20 s] */
export const STOP_GRACE = 20_000;

/** What a supervisor needs of a {@link WorkerProcess}. */
export type WorkerLife = Pick<WorkerProcess, 'ready' | 'exited' | 'pid' | 'ask' | 'reload' | 'stop' | 'kill'>;

export interface SupervisedWorkerOptions {
  readonly name: string;
  /** Starts a new life of the worker. */
  readonly spawn: () => WorkerLife;
  /** Whether a worker that ends unasked is started again; otherwise `onEnd` is told. */
  readonly restart: boolean;
  readonly onEnd: (exit: WorkerExit) => void;
  /** Told at each start where it listens, and which process it is. */
  readonly onReady: (listening: readonly string[], pid: number | undefined) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** A worker over all its lives: it is started, watched, killed when it hangs, started again after a crash, and stopped. */
export class SupervisedWorker {
  readonly #options: SupervisedWorkerOptions;
  readonly #backOff = new BackOff();
  #process: WorkerLife | null = null;
  #watch: HangWatch | null = null;
  #restart: Timer | null = null;
  #stopping = false;

  constructor(options: SupervisedWorkerOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /**
   * Starts it. Once it is ready, it is watched.
   * @throws WorkerStartError when it does not get ready; its process has ended then
   */
  async start(): Promise<void> {
    const process = this.#options.spawn();
    this.#process = process;
    try {
      const listening = await process.ready;
      const readyAt = this.#options.clock.now();
      this.#options.onReady(listening, process.pid);
      if (!this.#stopping) this.#watchOver(process);
      void process.exited.then((exit) => this.#ended(exit, this.#options.clock.now() - readyAt));
    } catch (error) {
      process.kill();
      await process.exited;
      this.#process = null;
      throw error;
    }
  }

  /**
   * Stops it gracefully, and kills it when it takes longer than {@link STOP_GRACE}.
   * @returns whether it stopped by itself
   */
  async stop(): Promise<boolean> {
    this.#stopping = true;
    this.#restart?.cancel();
    this.#watch?.stop();
    const process = this.#process;
    if (process === null) return true;
    let killed = false;
    const timer = this.#options.clock.setTimer(() => {
      killed = true;
      this.#options.log.warn('worker does not stop and is killed', { worker: this.name, pid: process.pid });
      process.kill();
    }, STOP_GRACE);
    process.stop();
    const exit = await process.exited;
    timer.cancel();
    return !killed && exit.code === 0;
  }

  /** Has it read anew what may change while it runs; one that is being started reads everything anyway. */
  reload(): void {
    this.#process?.reload();
  }

  /** Ends it at once. */
  kill(): void {
    this.#stopping = true;
    this.#restart?.cancel();
    this.#watch?.stop();
    this.#process?.kill();
  }

  #watchOver(process: WorkerLife): void {
    const { name, clock, log } = this.#options;
    this.#watch = new HangWatch({ name, process, clock, log });
  }

  #ended(exit: WorkerExit, uptime: number): void {
    this.#watch?.stop();
    this.#process = null;
    if (this.#stopping) return;
    const reason = `worker ${this.name} ${describeExit(exit)}`;
    if (this.#options.restart) {
      this.#restartLater(reason, uptime);
      return;
    }
    this.#options.log.error(reason);
    this.#options.onEnd(exit);
  }

  #restartLater(reason: string, uptime: number): void {
    const delay = this.#backOff.delayAfter(uptime);
    this.#options.log.error(`${reason}; it is started again in ${delay / 1_000} s`);
    this.#restart = this.#options.clock.setTimer(() => void this.#startAgain(), delay);
  }

  async #startAgain(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      if (this.#stopping) return;
      const why = error instanceof WorkerStartError ? error.message : String(error);
      this.#restartLater(`worker ${this.name} could not be started again: ${why}`, 0);
    }
  }
}
