/** A worker's own process, where one of its ports is taken. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../src/config/load.ts';
import { WorkerProcess, WorkerStartError } from '../../src/node/worker-process.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';

const ENTRY = fileURLToPath(new URL('../../src/worker/worker-process.js', import.meta.url));

it('a worker whose last port is taken says so and nothing else, with handles of the others on their way', async () => {
  const neighbour = createServer().listen(0, '127.0.0.1');
  after(() => neighbour.close());
  await once(neighbour, 'listening');
  const { port: taken } = neighbour.address() as AddressInfo;
  const transports = [0, 0, 0, taken].map((port) => ({
    type: 'rawsocket',
    endpoint: { type: 'tcp', interface: '127.0.0.1', port },
  }));
  const node = { version: 2, workers: [{ type: 'router', realms: [{ name: 'realm1' }], transports }] };
  const [worker] = parseConfig(JSON.stringify(node), { file: 'test', env: {} }).config.workers;
  assert.ok(worker);
  const lines: string[] = [];
  const running = new WorkerProcess({
    child: fork(ENTRY, [], { detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }),
    start: { type: 'start', nodeId: 'test', cbdir: process.cwd(), worker, logLevel: 'warn', logFormat: 'standard' },
    kind: 'Router',
    name: 'test',
    sink: ({ text }) => lines.push(text),
    clock: SYSTEM_CLOCK,
  });
  const problem = `cannot listen on tcp 127.0.0.1:${taken}: the address is in use (EADDRINUSE)`;
  await assert.rejects(running.ready, new WorkerStartError([problem]));
  assert.equal((await running.exited).code, 1);
  assert.deepEqual(lines, []);
});
