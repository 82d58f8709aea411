import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import type { ControllerMessage, StartMessage } from '../worker/ipc.ts';
import { createLog, type LogSink } from './log.ts';
import { readLines } from './output-lines.ts';
import { WorkerHandles } from './worker-handles.ts';
import { parseWorkerMessage } from './worker-message.ts';

/** From the start of the process to its `ready` (ms). Stops a component that never joins from holding the node's start. */
const START_TIMEOUT = 60_000;

/** From the end of the process to the end of its output (ms), which a process that it started may hold open. */
const OUTPUT_TIMEOUT = 1_000;

export interface WorkerProcessOptions {
  /** Just forked: it waits for `start`. */
  readonly child: ChildProcess;
  readonly start: StartMessage;
  /** `Router` …: the tag of its log lines. */
  readonly kind: string;
  /** The worker's id. */
  readonly name: string;
  readonly sink: LogSink;
  readonly clock: Clock;
}

/** How a process ended: an exit code, a signal, or the reason why there never was one. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error?: Error;
}

/** The worker did not get ready. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** One life of a worker: a child process, from its start to its end. */
export class WorkerProcess {
  /** Where it listens; rejects with {@link WorkerStartError}. */
  readonly ready: Promise<readonly string[]>;
  /** Never rejects. After it, nothing more comes from this process. */
  readonly exited: Promise<WorkerExit>;
  readonly #child: ChildProcess;
  readonly #sink: LogSink;
  readonly #options: WorkerProcessOptions;
  readonly #log: Log;
  #answered: () => void = () => undefined;

  constructor(options: WorkerProcessOptions) {
    this.#options = options;
    this.#child = options.child;
    this.#sink = options.sink;
    this.#log = createLog(this.#sink, this.#source, Date.now);
    this.exited = this.#watchExit();
    this.ready = this.#watchStart();
    this.ready.catch(() => undefined); // whoever waits for it sees it; a process that is stopped first has nobody waiting
    this.#readOutput();
    this.#send(options.start);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks for a graceful stop. */
  stop(): void {
    this.#send({ type: 'stop' });
  }

  /** Asks it to read anew what may change while it runs. */
  reload(): void {
    this.#send({ type: 'reload' });
  }

  /** Resolves when it has said that it is there; asked one at a time. */
  ask(): Promise<void> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#send({ type: 'ping' });
    });
  }

  /** Ends it at once, with all that it started. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.#child.kill('SIGKILL');
    }
  }

  get #source(): { kind: string; pid: number; name: string } {
    return { kind: this.#options.kind, pid: this.#child.pid ?? 0, name: this.#options.name };
  }

  #send(message: ControllerMessage): void {
    // A process that cannot be reached is ending, and its exit is what counts.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #watchExit(): Promise<WorkerExit> {
    return new Promise((resolve) => {
      const child = this.#child;
      let failure: Error | undefined;
      const settle = (): void =>
        resolve({ code: child.exitCode, signal: child.signalCode, ...(failure !== undefined && { error: failure }) });
      child.on('error', (error) => {
        failure = error;
        if (child.pid === undefined) settle();
      });
      child.once('exit', () => this.#options.clock.setTimer(settle, OUTPUT_TIMEOUT));
      child.once('close', settle);
    });
  }

  #watchStart(): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const fail = (...problems: string[]): void => {
        timer.cancel();
        reject(new WorkerStartError(problems));
      };
      const timer = this.#options.clock.setTimer(() => {
        fail(`it was not ready within ${START_TIMEOUT / 1_000} s`);
        this.kill();
      }, START_TIMEOUT);
      const handles = new WorkerHandles(this.#child);
      this.#child.on('message', (value, handle) => {
        const message = parseWorkerMessage(value);
        if (message?.type === 'duplicate') handles.duplicate(message, handle);
        else handles.discard(handle);
        if (message?.type === 'ready') {
          timer.cancel();
          resolve(message.listening);
        } else if (message?.type === 'failed') fail(...message.problems);
        else if (message?.type === 'pong') this.#answered();
        else if (message?.type === 'log') this.#sink({ ...message, source: this.#source });
      });
      void this.exited.then((exit) => fail(`its process ${describeExit(exit)} before it was ready`));
    });
  }

  #readOutput(): void {
    const { stdout, stderr } = this.#child;
    if (stdout !== null) readLines(stdout, (line) => this.#log.info(line));
    if (stderr !== null) readLines(stderr, (line) => this.#log.warn(line));
  }
}

/** `exited with code 1`, `was killed by SIGKILL`, `could not be started: …`: what follows "the process". */
export function describeExit({ code, signal, error }: WorkerExit): string {
  if (code === null && signal === null) return `could not be started: ${error?.message ?? 'unknown reason'}`;
  return signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
}
