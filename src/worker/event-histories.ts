import { resolve } from 'node:path';
import type { RealmConfig } from '../config/schema-realm.ts';
import type { StoreConfig } from '../config/schema-store.ts';
import type { EventHistory } from '../router/event-history.ts';
import { LmdbEventHistory, type LmdbPorts } from '../stores/lmdb-event-history.ts';
import type { LogConfig } from '../stores/log-config.ts';
import { MemoryEventHistory } from '../stores/memory-event-history.ts';

/** The event histories of a worker, by the name of their realm. */
export type Histories = ReadonlyMap<string, EventHistory>;

/**
 * Opens what the realms keep.
 * @param cbdir what relative paths are relative to
 * @throws Error one sentence, where one cannot be opened; nothing is left open then
 */
export async function openHistories(
  realms: readonly RealmConfig[],
  cbdir: string,
  ports: LmdbPorts,
): Promise<Histories> {
  const histories = new Map<string, EventHistory>();
  try {
    for (const { name, store } of realms) {
      if (store !== undefined) histories.set(name, await openHistory(store, cbdir, ports));
    }
  } catch (error) {
    await closeHistories(histories);
    throw error;
  }
  return histories;
}

/** Resolves when all that they were given is kept. */
export async function closeHistories(histories: Histories): Promise<void> {
  await Promise.all([...histories.values()].map((history) => history.close()));
}

async function openHistory(store: StoreConfig, cbdir: string, ports: LmdbPorts): Promise<EventHistory> {
  const logs = logsOf(store);
  if (store.type === 'memory') return new MemoryEventHistory(logs);
  const options = {
    logs,
    path: resolve(cbdir, store.path),
    sync: store.sync,
    readOnly: store.readonly,
    maxSize: store.maxsize,
    maxBuffer: store['max-buffer'],
    bufferFlush: store['buffer-flush'],
  };
  return LmdbEventHistory.open(options, ports);
}

function logsOf(store: StoreConfig): LogConfig[] {
  return store['event-history'].map(({ uri, match, limit }) => ({ uri, match, limit: limit ?? store.limit }));
}
