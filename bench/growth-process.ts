/** Entry of a process that carries the load of growth for one router, as `growth-messages.ts` says. */
import { GrowthLoad } from './growth-load.ts';
import type { FromGrowth, ToGrowth } from './growth-messages.ts';
import { cpuOf } from './process-usage.ts';

function send(message: FromGrowth): void {
  process.send?.(message);
}

function fail(reason: string): void {
  // Nothing goes on after that; the exit waits for the message to be out.
  process.send?.({ type: 'failed', reason }, () => process.exit(1));
}

const load = new GrowthLoad(fail);
let routerPids: readonly number[] = [];

async function take(message: ToGrowth): Promise<void> {
  if (message.type === 'fill') {
    routerPids = message.routerPids;
    await load.fill(message.urls, message.filling);
    send({ type: 'filled' });
    return;
  }
  const before = cpuOf(routerPids);
  await load.round(message.traffic, message.count);
  const after = cpuOf(routerPids);
  const cost = before === null || after === null ? null : ((after - before) * 1_000) / message.count;
  send({ type: 'cost', cost });
}

process.on('message', (message: ToGrowth) => {
  take(message).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
});
process.on('disconnect', () => process.exit(0));
