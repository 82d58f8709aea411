import assert from 'node:assert/strict';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, startNodeIn } from './node.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const EXAMPLE = path.join(ROOT, 'examples', 'dynamic-authenticator');

/** Starts the node of the example on a port of its own. */
export async function startExampleNode() {
  const [port] = await freePorts(1);
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-example-'));
  await fs.writeFile(path.join(directory, 'config.yaml'), await movedConfig(port));
  const node = await startNodeIn(directory);
  return {
    port,
    async stop() {
      await node.stop();
      await fs.rm(directory, { recursive: true });
    },
  };
}

/** The configuration of the example, as it has to be in another directory and on another port. */
async function movedConfig(port) {
  const config = await fs.readFile(path.join(EXAMPLE, '.turnpike', 'config.yaml'), 'utf8');
  const moves = [
    ['port: 8080', `port: ${port}`],
    ['../../../dist', path.join(ROOT, 'dist')],
    ['../../../node_modules', path.join(ROOT, 'node_modules')],
    ['directory: ../page', `directory: ${path.join(EXAMPLE, 'page')}`],
  ];
  return moves.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), from);
    return text.replace(from, to);
  }, config);
}
