import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readLines } from '../../src/node/output-lines.ts';

/** How long (ms) a test waits for a line or an end, before it fails. */
const PATIENCE = 15_000;

/** One line of the log, in JSON. */
export interface JsonLine {
  readonly level: string;
  readonly process: string;
  readonly pid: number;
  readonly worker?: string;
  readonly text: string;
  readonly fields?: { readonly [name: string]: unknown };
}

/** A process that runs the program, its output read line by line. */
export class ProgramProcess {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  #waiting: (() => void)[] = [];
  readonly #closed: Promise<unknown>;

  constructor(entry: string, args: readonly string[], { cwd, env = {} }: { cwd: string; env?: NodeJS.ProcessEnv }) {
    this.child = spawn(process.execPath, [entry, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#closed = once(this.child, 'close');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream !== null) readLines(stream, (line) => this.#take(line));
    }
    this.child.once('close', () => this.#wake());
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get all(): string {
    return this.lines.join('\n');
  }

  /** Lines of the log, where it is in JSON. */
  get log(): readonly JsonLine[] {
    return this.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as JsonLine);
  }

  /** The process ids of a worker's lives, in order. */
  workerPids(worker = 'worker001'): readonly number[] {
    return [...new Set(this.log.filter((line) => line.worker === worker).map((line) => line.pid))];
  }

  /** Waits until that many lines match. */
  async until(pattern: RegExp, count = 1): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (this.lines.filter((line) => pattern.test(line)).length < count) {
      if (this.child.exitCode !== null || this.child.signalCode !== null || performance.now() > end) {
        throw new Error(`no ${count} × ${pattern} in:\n${this.all}`);
      }
      await this.#next();
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The exit code, or the signal that ended it. */
  async ended(): Promise<number | string | null> {
    const timer = setTimeout(() => this.kill('SIGKILL'), PATIENCE);
    await this.#closed;
    clearTimeout(timer);
    return this.child.exitCode ?? this.child.signalCode;
  }

  #take(line: string): void {
    this.lines.push(line);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1_000);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
