/**
 * The bench's own router by hand, for other load generators: `node dist/bench/router-process.js` prints where it listens
 * and which process it is, and ends it when it is told to end itself.
 */
import { startOwnRouter } from './own-router.ts';

const router = await startOwnRouter(null);
process.stdout.write(`${JSON.stringify({ addresses: router.addresses, pid: router.pids()[0] })}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void router.stop());
