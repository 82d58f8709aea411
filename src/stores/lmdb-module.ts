/** Of the package `lmdb`, what is used here. It is optional and brings a binary: only who configures it needs it. */

/** `[EVENT, log, number]` and `[LOG, log]`, in this order. */
export type Key = string | readonly (string | number)[];

interface Range {
  readonly start: Key;
  /** Not included. */
  readonly end: Key;
  readonly reverse?: boolean;
}

export interface LmdbDatabase {
  get(key: Key): Buffer | undefined;
  getRange(range?: Range): Iterable<{ readonly key: Key; readonly value: Buffer }>;
  put(key: Key, value: Buffer): Promise<boolean>;
  remove(key: Key): Promise<boolean>;
  /** All that `action` writes, or nothing; resolves when it is committed. */
  transaction<T>(action: () => T): Promise<T>;
  /** Who has the database open, as a table: a head, then lines that begin with a process id. */
  readerList(): string;
  close(): Promise<void>;
}

interface LmdbOptions {
  readonly path: string;
  readonly encoding: 'binary';
  /** False: what is committed is on the disk when it is said to be. */
  readonly overlappingSync: boolean;
  readonly noSync: boolean;
  readonly readOnly: boolean;
}

interface LmdbModule {
  open(options: LmdbOptions): LmdbDatabase;
}

const PACKAGE = 'lmdb';

/** @throws Error one sentence, where the package is not there */
export async function openLmdb(
  path: string,
  { sync, readOnly }: { sync: boolean; readOnly: boolean },
): Promise<LmdbDatabase> {
  let lmdb: LmdbModule;
  try {
    lmdb = (await import(PACKAGE)) as LmdbModule;
  } catch (error) {
    const text = `a store of type "cfxdb" needs the package "${PACKAGE}" (npm install ${PACKAGE}), which is not there or does not run on this machine`;
    throw new Error(text, { cause: error });
  }
  return lmdb.open({ path, encoding: 'binary', overlappingSync: false, noSync: !sync, readOnly });
}

/** Processes other than this one that have it open. One that was killed is not among them. */
export function otherUsers(database: LmdbDatabase): number[] {
  const pids = database.readerList().matchAll(/^ *(\d+) /gm);
  return [...new Set([...pids].map(([, pid]) => Number(pid)))].filter((pid) => pid !== process.pid);
}
