/**
 * A process of its own that writes to a database: takes `LmdbWrites` of its kind one by one, and ends with its parent.
 * A write waits for the disk; and where the disk is full, the library ends the process more often than not.
 */
import { type LmdbAnswer, type LmdbTarget, openToWrite } from './lmdb-write.ts';

const [target = '{}'] = process.argv.slice(2);
const write = await openToWrite(JSON.parse(target) as LmdbTarget);

process.on('message', (message) => {
  let answer: LmdbAnswer = null;
  try {
    write(message as never);
  } catch (error) {
    answer = error instanceof Error ? error.message : 'it cannot be written';
  }
  process.send?.(answer);
});
process.on('disconnect', () => process.exit());
// They go to all of a terminal's processes at once: the parent says when it is over.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
