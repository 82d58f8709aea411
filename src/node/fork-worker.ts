import { type ChildProcess, fork } from 'node:child_process';
import { START_FLAGS } from '../worker/engine.ts';

/** What `node` is told for a worker: what whoever started this process said comes last, and counts. */
export function workerFlags(): string[] {
  return [...START_FLAGS, ...process.execArgv];
}

/**
 * Starts a process for a worker, which waits there for its `start`.
 * @param entry the module that it runs
 * @param cwd the node directory
 */
export function forkWorker(entry: string, cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
  // A session of its own: Ctrl-C in a terminal goes to the controller only, which then stops the workers in order,
  // and what the worker itself started can be killed along with it.
  return fork(entry, [], {
    cwd,
    env,
    execArgv: workerFlags(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}
