import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, startNodeIn } from './node.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const DYNAMIC_AUTHENTICATOR = 'dynamic-authenticator';

export const EXAMPLE = path.join(ROOT, 'examples', DYNAMIC_AUTHENTICATOR);

/**
 * Starts the node of an example on a port of its own, in a directory of its own.
 *
 * @param {string} example
 * @param {{ config?: string, env?: Record<string, string>, moves?: Record<string, string> }} options `moves`: texts of the
 *   configuration, and what is put in their place
 */
export async function startExampleNode(
  example = DYNAMIC_AUTHENTICATOR,
  { config = 'config.yaml', env = {}, moves = {} } = {},
) {
  const [port] = await freePorts(1);
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-example-'));
  await fs.writeFile(path.join(directory, 'config.yaml'), await movedConfig(example, config, port, moves), {
    mode: 0o600,
  });
  let node = await startNodeIn(directory, env);
  return {
    port,
    /** Ends it, and starts it again in the same place. */
    async restart() {
      await node.stop();
      node = await startNodeIn(directory, env);
    },
    async stop() {
      await node.stop();
      await fs.rm(directory, { recursive: true });
    },
  };
}

/** The configuration of the example, as it has to be in another directory and on another port. */
async function movedConfig(example, file, port, more) {
  const home = path.join(ROOT, 'examples', example);
  const config = await fs.readFile(path.join(home, '.turnpike', file), 'utf8');
  const moves = [
    [/port: \d+/, `port: ${port}`],
    ['../../../dist', path.join(ROOT, 'dist')],
    ['../../../node_modules', path.join(ROOT, 'node_modules')],
    ['directory: ../page', `directory: ${path.join(home, 'page')}`],
    ...Object.entries(more),
  ];
  return moves.reduce((text, [from, to]) => text.replace(from, to), config);
}
