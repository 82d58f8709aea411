import type { Command, CommandGroup } from './command.ts';

/** What a verb of the command line stands for: loaded when it is asked for, so that `start` does not wait for what others need. */
export type Verbs = ReadonlyMap<string, () => Promise<Command | CommandGroup>>;

/**
 * All verbs, as the help lists them.
 * @param workerEntry the module that a worker process runs
 */
export function allCommands(workerEntry: string): Verbs {
  return new Map<string, () => Promise<Command | CommandGroup>>([
    ['init', async () => (await import('./init.ts')).INIT],
    ['check', async () => (await import('./check.ts')).CHECK],
    ['start', async () => (await import('./start.ts')).startCommand(workerEntry)],
    ['stop', async () => (await import('./stop.ts')).STOP],
    ['status', async () => (await import('./status.ts')).STATUS],
    ['keygen', async () => (await import('./keygen.ts')).KEYGEN],
    ['keys', async () => (await import('./keys.ts')).KEYS],
    ['auth', async () => (await import('./auth.ts')).AUTH],
    ['conformance', async () => (await import('./conformance.ts')).CONFORMANCE],
    ['version', async () => (await import('./version.ts')).VERSION_COMMAND],
  ]);
}
