import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import { CommandError, type Terminal } from './command.ts';
import { isDirectory, type NodeDirectory } from './node-directory.ts';

/** Says that there is no such node directory, and what to do. @throws CommandError */
export function requireDirectory({ cbdir }: NodeDirectory): void {
  if (isDirectory(cbdir)) return;
  throw new CommandError(
    `there is no node directory ${cbdir}. Create a node with \`turnpike init\`, or say where it is with --cbdir`,
  );
}

/**
 * Loads the configuration of a node, and tells its problems on the terminal; its warnings are for the caller to tell.
 * @throws CommandError when it cannot be used
 */
export async function tellingLoad({ cbdir, file }: NodeDirectory, { env, err }: Terminal): Promise<LoadedConfig> {
  try {
    return await loadConfig({ cbdir, env, ...(file !== undefined && { file }) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    err.write(`${error.message}\n`);
    const count = error.problems.filter(({ severity }) => severity === 'error').length;
    throw new CommandError(`the configuration has ${count === 1 ? 'a problem' : `${count} problems`}, see above`, {
      cause: error,
    });
  }
}
