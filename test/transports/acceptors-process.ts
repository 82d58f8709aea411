/** A worker as far as listening goes, for `acceptors.system.ts`: it counts the connections that one turn of its event loop accepts. */
import type { SendHandle } from 'node:child_process';
import { type ListeningEndpoint, listen } from '../../src/transports/endpoint.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { Duplicates } from '../../src/worker/duplicates.ts';

/** What it is told, besides of duplicates. */
export type Order = { readonly type: 'count' | 'reload' | 'close' };

/** What it tells, besides asking for duplicates. */
export type News =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'wide' | 'blocking' | 'reloaded' | 'closed' }
  | { readonly type: 'counted'; readonly accepted: number };

const BLOCKED = 500;

const duplicates = new Duplicates((message, handle) => process.send?.(message, handle as SendHandle));
const tell = (news: News): void => void process.send?.(news);

let accepted = 0;
const endpoint = JSON.parse(process.argv[2] ?? '{}') as ListeningEndpoint;
const listener = await listen(
  endpoint,
  (socket) => {
    accepted += 1;
    socket.resume();
  },
  {
    clock: SYSTEM_CLOCK,
    log: SILENT,
    duplicate: (handle, count, take) => {
      let left = count;
      duplicates.duplicate(handle, count, (duplicate) => {
        take(duplicate);
        left -= 1;
        if (left === 0) tell({ type: 'wide' });
      });
    },
  },
);

/** Does nothing for a while, in which connections can be made; then tells what the next turn accepts. */
function count(): void {
  tell({ type: 'blocking' });
  const end = Date.now() + BLOCKED;
  while (Date.now() < end);
  setImmediate(() => {
    accepted = 0;
    setImmediate(() => tell({ type: 'counted', accepted }));
  });
}

process.on('message', (order: Order | { type: 'duplicated'; id: number }, handle) => {
  if (order.type === 'duplicated') duplicates.received(order.id, handle);
  else if (order.type === 'count') count();
  else if (order.type === 'reload') void listener.reload().then(() => tell({ type: 'reloaded' }));
  else void listener.close().then(() => tell({ type: 'closed' }));
});
process.on('disconnect', () => process.exit());
tell({ type: 'listening', port: listener.port ?? 0 });
