import type { ShutdownMode } from '../config/schema-node.ts';
import type { WorkerConfig } from '../config/schema-worker.ts';
import type { Clock } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import type { LogFormat, LogLevel } from '../worker/ipc.ts';
import { forkWorker } from './fork-worker.ts';
import type { LogSink } from './log.ts';
import { endsNode, restartsWorkers } from './shutdown-mode.ts';
import type { SpareWorker } from './spare-worker.ts';
import { SupervisedWorker } from './supervised-worker.ts';
import { workerEnv } from './worker-env.ts';
import { type WorkerExit, WorkerProcess, WorkerStartError } from './worker-process.ts';

export interface ControllerOptions {
  readonly nodeId: string;
  /** The node directory, absolute. */
  readonly cbdir: string;
  readonly workers: readonly WorkerConfig[];
  /** `controller.options.shutdown`; empty when the configuration names none. */
  readonly shutdown: readonly ShutdownMode[];
  /** `controller.options.enable_parallel_worker_start`. */
  readonly parallelStart: boolean;
  /** The module that a worker process runs. */
  readonly workerEntry: string;
  /** A process that was started ahead, for the first worker that it fits. */
  readonly spare?: SpareWorker;
  /** The controller's own environment, which workers inherit unless configured otherwise. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  /** Takes the workers' lines. */
  readonly sink: LogSink;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly clock: Clock;
}

/** The node did not start: nothing of it runs any more. */
export class NodeStartError extends Error {
  override readonly name = 'NodeStartError';
  readonly problems: readonly string[];

  constructor(worker: string, options: { readonly cause: unknown }) {
    const { cause } = options;
    const problems = cause instanceof WorkerStartError ? cause.problems : [String(cause)];
    super(`worker ${worker} did not start: ${problems.join('; ')}`, options);
    this.problems = problems.map((problem) => `worker ${worker}: ${problem}`);
  }
}

/**
 * The node: one process per worker, started in the order of the configuration, watched, and stopped together.
 *
 * A worker that crashes is started again, which Crossbar does not do; where the configuration names one of Crossbar's
 * modes of what a worker's exit means for the node, that is what happens instead.
 */
export class Controller {
  /** Resolves with the reason when a worker's exit means the end of the node; it is up to the listener to call {@link stop}. */
  readonly shutdownRequested: Promise<string>;
  readonly #options: ControllerOptions;
  readonly #workers: SupervisedWorker[];
  #left: number;
  #requestShutdown: (reason: string) => void = () => undefined;
  #stopped: Promise<boolean> | null = null;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.shutdownRequested = new Promise((resolve) => {
      this.#requestShutdown = resolve;
    });
    const enabled = options.workers.filter((worker) => !worker.options.disabled);
    this.#workers = enabled.map((worker) => this.#supervise(worker));
    this.#left = enabled.length;
  }

  /**
   * Starts all workers. Resolves too when {@link stop} or {@link kill} was called meanwhile.
   * @throws NodeStartError when one does not start; the others have been stopped then
   */
  async start(): Promise<void> {
    if (this.#options.parallelStart) {
      const starts = await Promise.allSettled(this.#workers.map((worker) => this.#start(worker)));
      const failed = starts.find((start) => start.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      return;
    }
    for (const worker of this.#workers) {
      if (this.#stopped !== null) return;
      await this.#start(worker);
    }
  }

  /**
   * Stops all workers gracefully, at once; a second call waits for the first.
   * @returns whether all stopped by themselves
   */
  stop(): Promise<boolean> {
    this.#stopped ??= Promise.all(this.#workers.map((worker) => worker.stop())).then((clean) => !clean.includes(false));
    return this.#stopped;
  }

  /** Has all workers read anew what may change while they run: the files of TLS. */
  reload(): void {
    for (const worker of this.#workers) worker.reload();
  }

  /** Ends all workers at once. */
  kill(): void {
    for (const worker of this.#workers) worker.kill();
    this.#stopped ??= Promise.resolve(false);
  }

  async #start(worker: SupervisedWorker): Promise<void> {
    try {
      await worker.start();
    } catch (error) {
      if (this.#stopped !== null) return;
      await this.stop();
      throw new NodeStartError(worker.name, { cause: error });
    }
  }

  #supervise(worker: WorkerConfig): SupervisedWorker {
    const { log, clock, shutdown } = this.#options;
    return new SupervisedWorker({
      name: worker.id,
      spawn: () => this.#spawn(worker),
      restart: restartsWorkers(shutdown),
      onReady: (listening, pid) => {
        log.info(`worker ${worker.id} is ready`, { type: worker.type, pid });
        for (const address of listening) log.info(`listening on ${address}`, { worker: worker.id });
      },
      onEnd: (exit) => this.#workerEnded(worker, exit),
      clock,
      log,
    });
  }

  #workerEnded(worker: WorkerConfig, exit: WorkerExit): void {
    this.#left -= 1;
    const mode = endsNode(this.#options.shutdown, exit.code === 0, this.#left);
    if (mode !== null) this.#requestShutdown(`worker ${worker.id} ended and the configuration says ${mode}`);
  }

  #spawn(worker: WorkerConfig): WorkerProcess {
    const { nodeId, cbdir, logLevel, logFormat, workerEntry, spare, sink, clock } = this.#options;
    const env = workerEnv(this.#options.env, worker.options.env);
    return new WorkerProcess({
      child: spare?.take(env) ?? forkWorker(workerEntry, cbdir, env),
      start: { type: 'start', nodeId, cbdir, worker, logLevel, logFormat },
      kind: KINDS.get(worker.type) ?? worker.type,
      name: worker.id,
      sink,
      clock,
    });
  }
}

/** As Crossbar tags the log lines of its workers. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['router', 'Router'],
  ['container', 'Container'],
  ['websocket-testee', 'WebSocketTestee'],
  ['proxy', 'Proxy'],
]);
