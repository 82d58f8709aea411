import type { Key, RootDatabase } from 'lmdb';

/** A database of binary values. */
export type LmdbDatabase = RootDatabase<Buffer, Key>;

/**
 * The package `lmdb`. It is optional and brings a binary: only who configures it needs it.
 * @param store what needs it, in the configuration's words
 * @throws Error one sentence
 */
export async function importLmdb(store: string): Promise<typeof import('lmdb')> {
  return import('lmdb').catch((cause: unknown) => {
    throw new Error(`the store "${store}" needs the package lmdb: install it, or take another store`, { cause });
  });
}

/** @param sync whether what is committed is on the disk when it is said to be */
export async function openLmdb(
  path: string,
  { sync, readOnly }: { sync: boolean; readOnly: boolean },
): Promise<LmdbDatabase> {
  const { open } = await importLmdb('cfxdb');
  // A name such as `.events` would be taken for a file's.
  return open({ path, noSubdir: false, encoding: 'binary', overlappingSync: false, noSync: !sync, readOnly });
}

/** Processes other than this one that have it open. One that was killed is not among them. */
export function otherUsers(database: LmdbDatabase): number[] {
  database.readerCheck();
  const pids = database.readerList().matchAll(/^ *(\d+) /gm);
  return [...new Set([...pids].map(([, pid]) => Number(pid)))].filter((pid) => pid !== process.pid);
}
