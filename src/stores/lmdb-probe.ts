/**
 * Run as a process of its own before a database is used: a damaged one can end the process that reads it.
 * Arguments: the path, and `read-only` or `read-write`. Prints why the database cannot be used, or "sound".
 */
import { setTimeout } from 'node:timers/promises';
import { countDamaged, foreign, isEmpty, writeFormat } from './lmdb-layout.ts';
import { type LmdbDatabase, openLmdb, otherUsers } from './lmdb-module.ts';

const SOUND = 'sound';

/** How often, and after how many milliseconds each time, one looks whether the other users have gone. */
const LOOKS = 20;
const BETWEEN_LOOKS = 100;

/** Those of a process that was killed are about to go. */
async function lastingUser(database: LmdbDatabase): Promise<number | undefined> {
  for (let look = 1; look < LOOKS; look++) {
    if (otherUsers(database).length === 0) return undefined;
    await setTimeout(BETWEEN_LOOKS);
  }
  return otherUsers(database)[0];
}

async function problemOf(database: LmdbDatabase, readOnly: boolean): Promise<string> {
  // Having read something makes this process one of the users that others see.
  isEmpty(database);
  // The parent is about to use it, and does not yet.
  const user = await lastingUser(database);
  database.resetReadTxn();
  if (user !== undefined) return `process ${user} uses it`;
  if (isEmpty(database)) return SOUND;
  const why = foreign(database);
  if (why !== null) return why;
  const damaged = countDamaged(database);
  if (damaged > 0) return `it is damaged: ${damaged} events are not as they were written`;
  // What is free is only looked at in order to write.
  if (!readOnly) writeFormat(database);
  return SOUND;
}

async function probe(path: string, readOnly: boolean): Promise<string> {
  const database = await openLmdb(path, { sync: false, readOnly });
  try {
    return await problemOf(database, readOnly);
  } finally {
    await database.close();
  }
}

const [path = '', mode] = process.argv.slice(2);
probe(path, mode === 'read-only').then(
  (answer) => process.stdout.write(answer),
  (error: unknown) => process.stdout.write(error instanceof Error ? error.message : 'it cannot be read'),
);
