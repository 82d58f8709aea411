/**
 * A process of its own that writes to a database: takes `LmdbWrite`s one by one, and ends with its parent. A
 * write waits for the disk; and where the disk is full, the library ends the process more often than not.
 */
import { isEmpty } from './lmdb-layout.ts';
import { openLmdb } from './lmdb-module.ts';
import { type LmdbAnswer, type LmdbWrite, write } from './lmdb-write.ts';

const [path = '', sync] = process.argv.slice(2);
const database = await openLmdb(path, { sync: sync === 'sync', readOnly: false });
// Whoever reads is seen by others: none begins while this process may still be writing for a parent that is gone.
isEmpty(database);

process.on('message', (message: LmdbWrite) => {
  let answer: LmdbAnswer = null;
  try {
    write(database, message);
  } catch (error) {
    answer = error instanceof Error ? error.message : 'it cannot be written';
  }
  process.send?.(answer);
});
process.on('disconnect', () => process.exit());
// They go to all of a terminal's processes at once: the parent says when it is over.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
