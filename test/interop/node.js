import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/bundle/turnpike.js', import.meta.url));

/** Starts a node with the real command line; resolves when it is ready. `stop` asserts that it ended well. */
export async function startNode(config) {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-interop-'));
  await fs.writeFile(path.join(directory, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  const node = await startNodeIn(directory);
  return {
    async stop() {
      await node.stop();
      await fs.rm(directory, { recursive: true });
    },
  };
}

/** Starts the node of a node directory. */
export async function startNodeIn(directory, env = {}) {
  const args = ['--enable-source-maps', CLI, 'start', '--cbdir', directory, '--logformat', 'standard'];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const closed = once(child, 'close');
  await ready(child);
  return {
    async stop() {
      child.kill('SIGTERM');
      const [code] = await closed;
      assert.equal(code, 0, 'the exit code of the node');
    },
  };
}

async function ready(child) {
  let said = '';
  for await (const line of createInterface({ input: child.stdout })) {
    said += `${line}\n`;
    if (line.includes('node ready')) {
      child.stdout.resume();
      return;
    }
  }
  assert.fail(`the node did not start:\n${said}`);
}

/** A transport with a long-poll path at `/lp`. */
export function longPollTransport(port, auth, options = {}) {
  return {
    type: 'web',
    endpoint: { type: 'tcp', interface: '127.0.0.1', port },
    paths: {
      '/': { type: 'nodeinfo' },
      // Without batching each message takes a request: more of them wait than usual.
      lp: { type: 'longpoll', auth, options: { queue_limit_messages: 1000, ...options } },
    },
  };
}

/** @returns `count` ports that nothing listens on */
export async function freePorts(count) {
  const servers = [];
  for (let n = 0; n < count; n++) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
  }
  const ports = servers.map((server) => server.address().port);
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return ports;
}
