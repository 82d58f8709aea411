/** Keeps events one after another, and says the number of each when it is kept; ends when ten are refused. */
import { LmdbEventHistory } from '../../src/stores/lmdb-event-history.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { pastEvent } from './past-events.ts';

const [path = '', from = '1'] = process.argv.slice(2);
const history = await LmdbEventHistory.open(
  {
    path,
    logs: [{ uri: 'com.topic', match: 'exact', limit: 100_000 }],
    sync: true,
    readOnly: false,
    maxSize: 64 * 1024 * 1024,
    maxBuffer: 10_000,
    bufferFlush: 200,
  },
  { clock: SYSTEM_CLOCK, log: SILENT },
);
const [log] = history.logs;
process.stdout.write('open\n');
for (let publication = Number(from), refused = 0; refused < 10; publication += 3) {
  const numbers = [publication, publication + 1, publication + 2];
  const text = 'x'.repeat((publication * 31) % 3_000);
  try {
    await Promise.all(numbers.map((number) => log?.append(pastEvent({ publication: number, text }), true)));
    process.stdout.write(numbers.map((number) => `${number}\n`).join(''));
  } catch {
    refused += 1;
  }
}
await history.close();
