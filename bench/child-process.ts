import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Whether processes can be pinned here: `taskset` of util-linux. */
export function canPin(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const GRACE = 3_000;

/** One of our own entries in a process of its own, with an IPC channel. It ends when the channel closes. */
export class Child<In extends object, Out extends object> {
  readonly #process: ChildProcess;
  readonly #name: string;
  readonly #exited: Promise<unknown>;
  #onMessage: (message: Out) => void = () => {};
  #onEnd: (reason: string) => void = () => {};

  /**
   * @param entry its script, compiled
   * @param cores where it may run, as `taskset -c` takes them; null: anywhere
   */
  constructor(entry: URL, cores: string | null) {
    const name = basename(entry.pathname);
    this.#name = name;
    const script = fileURLToPath(entry);
    const [command, args] =
      cores === null ? [process.execPath, [script]] : ['taskset', ['-c', cores, process.execPath, script]];
    this.#process = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process.on('message', (message) => this.#onMessage(message as Out));
    this.#process.on('error', (error) => this.#onEnd(`${name} could not be started: ${error.message}`));
    this.#process.on('exit', (code, signal) =>
      this.#onEnd(`${name} ended by itself (${signal ?? `exit code ${code}`})`),
    );
    // Not `close`: it does not come after `disconnect` has been called.
    this.#exited = once(this.#process, 'exit').catch(() => {});
  }

  /** @param onEnd called where it ends without being asked to */
  listen(onMessage: (message: Out) => void, onEnd: (reason: string) => void): void {
    this.#onMessage = onMessage;
    this.#onEnd = onEnd;
  }

  /** Its first message. @throws Error where it ends before, or takes longer than `timeout` milliseconds */
  async first(timeout: number): Promise<Out> {
    const abort = new AbortController();
    try {
      return await Promise.race([
        new Promise<Out>((resolve, reject) => this.listen(resolve, (reason) => reject(new Error(reason)))),
        sleep(timeout, null, { signal: abort.signal }).then(() => {
          throw new Error(`${this.#name} did not start in time`);
        }),
      ]);
    } finally {
      abort.abort();
    }
  }

  send(message: In): void {
    if (this.#process.connected) this.#process.send(message);
  }

  /** Ends it, by force if need be. */
  async stop(): Promise<void> {
    this.listen(
      () => {},
      () => {},
    );
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), GRACE);
    await this.#exited;
    clearTimeout(timer);
  }
}
