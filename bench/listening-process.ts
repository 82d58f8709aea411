import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { processTree } from './process-tree.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** How to start a program, and what is to be done when it has ended, however it did. */
export interface Launch {
  readonly command: Command;
  /** Those that it listens on, in the order that they open. */
  readonly ports: readonly number[];
  readonly cleanUp: () => void;
}

const BETWEEN_TRIES = 2;
const START_TIMEOUT = 120_000;
const GRACE = 5_000;
/** Of what a process says, so much of the end is kept, for when it does not start. */
const LAST_WORDS = 2_000;

/** Ports of the loopback that nobody listens on now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** What is still running when this process is told to end goes with it. */
const running = new Set<ListeningProcess>();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    for (const one of running) one.kill();
    process.kill(process.pid, signal);
  });
}

/** A foreign program that listens on ports of the loopback. */
export class ListeningProcess {
  /** From its start until the first of its ports accepted, in milliseconds. */
  startUp = 0;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #cleanUp: () => void;
  #said = '';
  #end: string | null = null;

  /** @param cores where it may run, as `taskset -c` takes them; null: anywhere */
  private constructor({ command: { file, args, cwd }, cleanUp }: Launch, cores: string | null) {
    this.#cleanUp = cleanUp;
    const [program, rest] = cores === null ? [file, args] : ['taskset', ['-c', cores, file, ...args]];
    this.#process = spawn(program, rest, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const hear = (words: Buffer): void => {
      this.#said = (this.#said + words.toString('utf8')).slice(-LAST_WORDS);
    };
    this.#process.stdout?.on('data', hear);
    this.#process.stderr?.on('data', hear);
    this.#process.on('error', (error) => {
      this.#end ??= error.message;
    });
    this.#process.on('exit', (code, signal) => {
      this.#end ??= `it ended (${signal ?? `exit code ${code}`}) ${this.#said}`.trim();
    });
    this.#exited = once(this.#process, 'exit').catch(() => {});
    running.add(this);
  }

  /** @param cores where it may run; null: anywhere. @throws Error where it does not start */
  static async start(launch: Launch, cores: string | null): Promise<ListeningProcess> {
    const startedAt = performance.now();
    const started = new ListeningProcess(launch, cores);
    try {
      for (const [index, port] of launch.ports.entries()) {
        await started.#accepts(port, startedAt + START_TIMEOUT);
        if (index === 0) started.startUp = performance.now() - startedAt;
      }
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  /** It and all processes that it has started. */
  pids(): readonly number[] {
    const { pid } = this.#process;
    return pid === undefined ? [] : processTree(pid);
  }

  /** Ends it and all that it has started, by force if need be. */
  async stop(): Promise<void> {
    const all = this.pids();
    if (this.#end === null) this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), GRACE);
    if (this.#process.pid !== undefined) await this.#exited;
    clearTimeout(timer);
    killAll(all);
    running.delete(this);
    this.#cleanUp();
  }

  /** Ends it and all that it has started, at once. */
  kill(): void {
    killAll(this.pids());
    this.#cleanUp();
  }

  async #accepts(port: number, deadline: number): Promise<void> {
    while (!(await accepts(port))) {
      if (this.#end !== null) throw new Error(this.#end);
      if (performance.now() > deadline) throw new Error(`it does not listen on its port: ${this.#said}`);
      await sleep(BETWEEN_TRIES);
    }
  }
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already, as it should be.
    }
  }
}
