/** What the process that writes is told, and what it answers. */
import { eventKey } from './lmdb-layout.ts';
import type { LmdbDatabase } from './lmdb-module.ts';

/** Written together, or not at all. */
export interface LmdbWrite {
  readonly puts: readonly { readonly log: number; readonly number: number; readonly record: Uint8Array }[];
  /** Events of a log from a number up to another, which stays. */
  readonly erasing: readonly { readonly log: number; readonly from: number; readonly to: number }[];
}

/** Null where it is written; else why not. */
export type LmdbAnswer = string | null;

/** @throws Error where nothing was written: the disk is full, or gone */
export function write(database: LmdbDatabase, { puts, erasing }: LmdbWrite): void {
  // Not the library's asynchronous writes: on a full disk they never end.
  database.transactionSync(() => {
    for (const { log, number, record } of puts) database.putSync(eventKey(log, number), Buffer.from(record));
    for (const { log, from, to } of erasing) {
      for (let number = from; number < to; number++) database.removeSync(eventKey(log, number));
    }
  });
}
