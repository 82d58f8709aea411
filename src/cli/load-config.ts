import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import { CommandError, type Terminal } from './command.ts';
import type { NodeDirectory } from './node-directory.ts';

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
