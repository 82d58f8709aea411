import { type ChildProcess, fork } from 'node:child_process';
import { START_FLAGS } from '../worker/engine.ts';

/**
 * Starts a process for a worker, which waits there for its `start`.
 * @param entry the module that it runs
 * @param cwd the node directory
 */
export function forkWorker(entry: string, cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
  // A session of its own: Ctrl-C in a terminal goes to the controller only, which then stops the workers in order,
  // and what the worker itself started can be killed along with it.
  const execArgv = [...START_FLAGS, ...process.execArgv];
  return fork(entry, [], { cwd, env, execArgv, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
}
