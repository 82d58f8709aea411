/**
 * The bench's own router as a process of its own. With an IPC channel it tells its addresses over it and ends
 * when the channel closes; by hand (`node dist/bench/router-process.js`) it prints them, for other load generators.
 */
import { createRouter } from 'turnpike';
import { tuneEngine } from '../src/worker/engine.ts';
import { nodeOf } from './bench-node.ts';

/** The one message of this process: where the router listens. */
export interface RouterReady {
  readonly addresses: readonly string[];
  readonly pid: number;
}

// As a worker of `turnpike start`.
tuneEngine();

/** How many realms, where it is said. */
const [realms = '1'] = process.argv.slice(2);
const router = await createRouter(nodeOf(Number(realms)), { nodeId: 'bench' });
const ready: RouterReady = { addresses: router.addresses, pid: process.pid };
if (process.send === undefined) {
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  process.once('SIGINT', () => void router.close());
  process.once('SIGTERM', () => void router.close());
} else {
  process.send(ready);
  process.once('disconnect', () => void router.close());
}
