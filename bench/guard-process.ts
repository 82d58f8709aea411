/** A router and a bare echo in one process, for `guard.ts`: what makes the process slow makes both slow. */
import type { AddressInfo } from 'node:net';
import { createRouter } from 'turnpike';
import { tuneEngine } from '../src/worker/engine.ts';
import { BENCH_NODE } from './bench-node.ts';
import { startEcho } from './echo-server.ts';

/** The one message of this process. */
export interface GuardReady {
  readonly addresses: readonly string[];
  readonly echoPort: number;
  readonly pid: number;
}

tuneEngine();
const router = await createRouter(BENCH_NODE, { nodeId: 'bench' });
const echo = await startEcho();
const { port } = echo.address() as AddressInfo;
const ready: GuardReady = { addresses: router.addresses, echoPort: port, pid: process.pid };
process.send?.(ready);
process.once('disconnect', () => {
  echo.close();
  void router.close();
});
