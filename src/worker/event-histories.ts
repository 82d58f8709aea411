import type { RealmConfig } from '../config/schema-realm.ts';
import type { StoreConfig } from '../config/schema-store.ts';
import type { EventHistory } from '../router/event-history.ts';
import type { LogConfig } from '../stores/log-config.ts';
import { MemoryEventHistory } from '../stores/memory-event-history.ts';

/** The event histories of a worker, by the name of their realm. */
export type Histories = ReadonlyMap<string, EventHistory>;

/** Opens what the realms keep. */
export async function openHistories(realms: readonly RealmConfig[]): Promise<Histories> {
  const histories = new Map<string, EventHistory>();
  for (const { name, store } of realms) {
    if (store !== undefined) histories.set(name, new MemoryEventHistory(logsOf(store)));
  }
  return histories;
}

/** Resolves when all that they were given is kept. */
export async function closeHistories(histories: Histories): Promise<void> {
  await Promise.all([...histories.values()].map((history) => history.close()));
}

function logsOf(store: StoreConfig): LogConfig[] {
  return store['event-history'].map(({ uri, match, limit }) => ({ uri, match, limit: limit ?? store.limit }));
}
