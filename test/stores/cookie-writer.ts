/**
 * A process that puts and deletes cookies for as long as it lives, or until some have been refused, and says of each
 * when it is durable: `+<id>` or `-<id>`. Arguments: `file` or `database`, a path, the number of its round.
 */
import { DatabaseCookies } from '../../src/stores/database-cookies.ts';
import { FileCookies } from '../../src/stores/file-cookies.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { cookieRecord } from './cookie-records.ts';

const [kind, path = '', round = '0'] = process.argv.slice(2);
const LIMIT = 100_000;
const store =
  kind === 'file'
    ? new FileCookies({ path, purge: false, limit: LIMIT }, { clock: SYSTEM_CLOCK, wallClock: Date.now, log: SILENT })
    : new DatabaseCookies(
        { path, maxSize: 1024 ** 3, readOnly: false, sync: true, purge: false, limit: LIMIT },
        { clock: SYSTEM_CLOCK, log: SILENT },
      );
await store.open();

let refused = 0;

/** Several at a time, so that some are on their way whenever the process ends. */
async function work(worker: number): Promise<void> {
  for (let n = 0; refused < 10; n++) {
    const id = `cookie-${round}-${worker}-${n}`;
    try {
      await store.put(cookieRecord(id));
      process.stdout.write(`+${id}\n`);
      if (n % 3 !== 0) continue;
      await store.delete(id);
      process.stdout.write(`-${id}\n`);
    } catch {
      refused += 1;
    }
  }
}

await Promise.all(Array.from({ length: 8 }, (_each, worker) => work(worker)));
await store.close();
