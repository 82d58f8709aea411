import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../wamp/clock.ts';
import type { LmdbAnswer, LmdbTarget, LmdbWrites } from './lmdb-write.ts';

const PROCESS = fileURLToPath(new URL('./lmdb-writer-process.js', import.meta.url));
/** Between two processes, where the first has failed. */
const PAUSE = 1_000;

/** Writes to a database through a process of its own, one write at a time. */
export class LmdbWriter<Kind extends keyof LmdbWrites> {
  readonly #target: LmdbTarget<Kind>;
  readonly #clock: Clock;
  #child: ChildProcess | null = null;
  #settle: { resolve: () => void; reject: (error: Error) => void } | null = null;
  /** When the last process failed. */
  #failedAt: number | null = null;

  constructor(target: LmdbTarget<Kind>, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
  }

  /** Resolves when it is written. Rejects where it could not be, and then nothing of it was. */
  write(message: LmdbWrites[Kind]): Promise<void> {
    if (this.#failedAt !== null && this.#clock.now() - this.#failedAt < PAUSE) {
      return Promise.reject(new Error('the process that writes has ended: is the disk full?'));
    }
    return new Promise((resolve, reject) => {
      this.#child ??= this.#start();
      this.#settle = { resolve, reject };
      // Only what is being written keeps this process from ending.
      this.#child.ref();
      this.#child.channel?.ref();
      this.#child.send(message as object, (error) => error !== null && this.#answered(error));
    });
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    child.ref();
    const exit = once(child, 'exit');
    child.disconnect();
    await exit;
  }

  #start(): ChildProcess {
    const child = fork(PROCESS, [JSON.stringify(this.#target)], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('message', (answer: LmdbAnswer) => this.#answered(answer === null ? null : new Error(answer)));
    child.on('error', (error) => this.#ended(child, error));
    child.on('exit', () => this.#ended(child, new Error('the process that writes has ended: is the disk full?')));
    return child;
  }

  #answered(error: Error | null): void {
    const settle = this.#settle;
    this.#settle = null;
    this.#child?.unref();
    this.#child?.channel?.unref();
    if (error === null) settle?.resolve();
    else settle?.reject(error);
  }

  #ended(child: ChildProcess, error: Error): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#failedAt = this.#clock.now();
    this.#answered(error);
  }
}
