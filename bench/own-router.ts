import { Child } from './child-process.ts';
import { DOORS, type Door, doors, type RouterUrls } from './doors.ts';
import type { RouterReady } from './router-process.ts';
import type { RunningRouter } from './target.ts';

const START_TIMEOUT = 20_000;

/** The addresses of `BENCH_NODE` by what they are for. */
export function urlsOf(addresses: readonly string[]): RouterUrls {
  const found = DOORS.map((door) => [door, addresses.find((address) => leadsTo(address, door)) ?? null]);
  return doors(Object.fromEntries(found) as Partial<RouterUrls>);
}

function leadsTo(address: string, door: Door): boolean {
  if (door === 'rawsocket') return address.startsWith('rs:');
  return address.startsWith('ws:') && address.endsWith(door === 'websocket' ? '/ws' : `/${door}`);
}

/**
 * Starts Turnpike itself on free ports of the loopback.
 * @param cores where it may run; null: anywhere
 * @param realms how many it has, as `nodeOf` says
 * @throws Error where it does not start
 */
export async function startOwnRouter(cores: string | null, realms = 1): Promise<RunningRouter> {
  const entry = new URL('./router-process.js', import.meta.url);
  const child = new Child<never, RouterReady>(entry, cores, [String(realms)]);
  try {
    const { addresses, pid } = await child.first(START_TIMEOUT);
    return { urls: urlsOf(addresses), pids: () => [pid], stop: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
