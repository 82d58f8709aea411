import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../src/config/load.ts';
import { workerFlags } from '../src/node/fork-worker.ts';
import { WorkerProcess } from '../src/node/worker-process.ts';
import { SYSTEM_CLOCK } from '../src/wamp/system-clock.ts';
import { nodeOf } from './bench-node.ts';
import { DOORS, type Door, doors, type RouterUrls } from './doors.ts';
import type { RunningRouter } from './target.ts';

/** Our own. */
export interface OwnRouter extends RunningRouter {
  readonly addresses: readonly string[];
}

/** The addresses of `BENCH_NODE` by what they are for. */
export function urlsOf(addresses: readonly string[]): RouterUrls {
  const found = DOORS.map((door) => [door, addresses.find((address) => leadsTo(address, door)) ?? null]);
  return doors(Object.fromEntries(found) as Partial<RouterUrls>);
}

function leadsTo(address: string, door: Door): boolean {
  if (door === 'rawsocket') return address.startsWith('rs:');
  return address.startsWith('ws:') && address.endsWith(door === 'websocket' ? '/ws' : `/${door}`);
}

const ENTRY = fileURLToPath(new URL('../bundle/worker-process.js', import.meta.url));
/** What it gets to stop by itself. */
const GRACE = 3_000;

/** A worker's process, waiting for what it is to be. */
function forkOn(cores: string | null): ChildProcess {
  const flags = workerFlags();
  const pinned =
    cores === null ? { execArgv: flags } : { execPath: 'taskset', execArgv: ['-c', cores, process.execPath, ...flags] };
  return fork(ENTRY, [], { ...pinned, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/**
 * Starts Turnpike itself on free ports of the loopback: a worker, as `turnpike start` has it.
 * @param cores where it may run; null: anywhere
 * @param realms how many it has, as `nodeOf` says
 * @throws Error where it does not start
 */
export async function startOwnRouter(cores: string | null, realms = 1): Promise<OwnRouter> {
  const node = { version: 2, workers: [{ type: 'router', ...nodeOf(realms) }] };
  const [worker] = parseConfig(JSON.stringify(node), { file: 'bench', env: {} }).config.workers;
  if (worker === undefined) throw new RangeError('the bench has no router');
  const running = new WorkerProcess({
    child: forkOn(cores),
    start: { type: 'start', nodeId: 'bench', cbdir: process.cwd(), worker, logLevel: 'warn', logFormat: 'standard' },
    kind: 'Router',
    name: 'bench',
    sink: ({ text }) => process.stderr.write(`${text}\n`),
    clock: SYSTEM_CLOCK,
  });
  const addresses = await running.ready;
  const { pid = 0 } = running;
  return {
    addresses,
    urls: urlsOf(addresses),
    pids: () => [pid],
    async stop() {
      running.stop();
      const timer = SYSTEM_CLOCK.setTimer(() => running.kill(), GRACE);
      await running.exited;
      timer.cancel();
    },
  };
}
