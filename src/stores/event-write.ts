import { eventKey } from './lmdb-layout.ts';
import type { LmdbDatabase } from './lmdb-module.ts';

/** What of an event history is written together, or not at all. */
export interface EventWrite {
  readonly puts: readonly { readonly log: number; readonly number: number; readonly record: Uint8Array }[];
  /** Events of a log from a number up to another, which stays. */
  readonly erasing: readonly { readonly log: number; readonly from: number; readonly to: number }[];
}

/** @throws Error where nothing was written: the disk is full, or gone */
export function writeEvents(database: LmdbDatabase, { puts, erasing }: EventWrite): void {
  // Not the library's asynchronous writes: on a full disk they never end.
  database.transactionSync(() => {
    for (const { log, number, record } of puts) database.putSync(eventKey(log, number), Buffer.from(record));
    for (const { log, from, to } of erasing) {
      for (let number = from; number < to; number++) database.removeSync(eventKey(log, number));
    }
  });
}
