import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child-process.ts';
import type { RouterUrls } from './load-messages.ts';
import type { RouterReady } from './router-process.ts';

const START_TIMEOUT = 20_000;

/** Turnpike itself on free ports of the loopback, for as long as the bench runs. */
export interface OwnRouter {
  readonly urls: RouterUrls;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The addresses of `BENCH_NODE` by what they are for. */
export function urlsOf(addresses: readonly string[]): RouterUrls {
  const find = (pattern: RegExp): string | null => addresses.find((address) => pattern.test(address)) ?? null;
  return {
    websocket: find(/^ws:.*\/ws$/),
    rawsocket: find(/^rs:/),
    ticket: find(/^ws:.*\/ticket$/),
    dynamic: find(/^ws:.*\/dynamic$/),
  };
}

/** @param cores where it may run; null: anywhere. @throws Error where it does not start */
export async function startOwnRouter(cores: string | null): Promise<OwnRouter> {
  const child = new Child<never, RouterReady>(new URL('./router-process.js', import.meta.url), cores);
  const abort = new AbortController();
  try {
    const { addresses, pid } = await Promise.race([
      new Promise<RouterReady>((resolve, reject) => child.listen(resolve, (reason) => reject(new Error(reason)))),
      sleep(START_TIMEOUT, null, { signal: abort.signal }).then(() => {
        throw new Error('our own router did not start in time');
      }),
    ]);
    return { urls: urlsOf(addresses), pid, stop: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    abort.abort();
  }
}
