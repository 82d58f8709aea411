/** What the process that writes to a database is told, and what it answers. */
import { type CookieWrite, openCookieDatabase, writeCookies } from './cookie-database.ts';
import { type EventWrite, writeEvents } from './event-write.ts';
import { isEmpty } from './lmdb-layout.ts';
import { openLmdb } from './lmdb-module.ts';

/** Written together, or not at all. */
export interface LmdbWrites {
  readonly events: EventWrite;
  readonly cookies: readonly CookieWrite[];
}

export interface LmdbTarget<Kind extends keyof LmdbWrites = keyof LmdbWrites> {
  readonly kind: Kind;
  readonly path: string;
  /** Whether each write waits for the disk. */
  readonly sync: boolean;
  /** Bytes that it may have, where it has a bound of its own. */
  readonly maxSize: number;
}

/** Null where it is written; else why not. */
export type LmdbAnswer = string | null;

type Opener<Kind extends keyof LmdbWrites> = (target: LmdbTarget) => Promise<(write: LmdbWrites[Kind]) => void>;

const OPENERS: { readonly [Kind in keyof LmdbWrites]: Opener<Kind> } = {
  events: async ({ path, sync }) => {
    const database = await openLmdb(path, { sync, readOnly: false });
    // Whoever reads is seen by others: none begins while this process may still be writing for a parent that is gone.
    isEmpty(database);
    return (write) => writeEvents(database, write);
  },
  cookies: async (target) => {
    const database = await openCookieDatabase({ ...target, readOnly: false });
    return (changes) => writeCookies(database, changes);
  },
};

/** Opens a database to write to it. @returns what throws where nothing was written */
export function openToWrite(target: LmdbTarget): Promise<(write: never) => void> {
  const open: (target: LmdbTarget) => Promise<(write: never) => void> = OPENERS[target.kind];
  return open(target);
}
