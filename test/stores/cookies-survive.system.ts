/** Row 143: whenever the process is killed, what was said to be durable is there. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CookieStore } from '../../src/auth/cookie-store.ts';
import { DatabaseCookies } from '../../src/stores/database-cookies.ts';
import { FileCookies } from '../../src/stores/file-cookies.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';

const ROUNDS = 25;
const LIMIT = 100_000;
const directory = mkdtempSync(join(tmpdir(), 'turnpike-cookies-'));
after(() => rmSync(directory, { recursive: true }));

const writer = fileURLToPath(new URL('./cookie-writer.js', import.meta.url));

/** Runs a writer until it has said so many lines, and kills it. Returns what it said, and may have said. */
async function killedAfter(kind: string, path: string, round: number, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, kind, path, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (said.length === lines) child.kill('SIGKILL');
  }
  assert.deepEqual(await ended, [null, 'SIGKILL']);
  return said;
}

describe('cookies, their process killed again and again', () => {
  const STORES: readonly (readonly [kind: string, open: (path: string) => CookieStore])[] = [
    [
      'file',
      (path) => {
        const ports = { clock: SYSTEM_CLOCK, wallClock: Date.now, log: SILENT };
        return new FileCookies({ path, purge: false, limit: LIMIT }, ports);
      },
    ],
    [
      'database',
      (path) => {
        const bounds = { maxSize: 1024 ** 3, readOnly: false, sync: true, purge: false, limit: LIMIT };
        return new DatabaseCookies({ path, ...bounds }, { clock: SYSTEM_CLOCK, log: SILENT });
      },
    ],
  ];

  for (const [kind, create] of STORES) {
    it(`in a ${kind}: ${ROUNDS} times, none is lost and none comes back`, async () => {
      const path = join(directory, kind);
      const there = new Map<string, boolean>();
      for (let round = 0; round < ROUNDS; round++) {
        // From a few lines to some hundreds: in the midst of opening, growing, rewriting.
        const lines = 1 + ((round * 7919) % 600);
        for (const line of await killedAfter(kind, path, round, lines)) there.set(line.slice(1), line[0] === '+');
        const store = create(path);
        await store.open();
        for (const [id, present] of there) {
          // What was being deleted when the process ended may be gone already.
          const deleting = /-(\d+)$/.exec(id);
          if (present && Number(deleting?.[1]) % 3 === 0) continue;
          assert.equal(store.get(id) !== null, present, `round ${round}: ${id}`);
        }
        await store.close();
      }
      assert.ok(there.size > 1_000, `${there.size} cookies`);
    });
  }
});

describe('cookies in a database on a disk that is full', () => {
  it('are refused, and lost none: the process goes on', { skip: process.platform === 'win32' }, async () => {
    const path = join(directory, 'full');
    // No file of the process, nor of the one that writes for it, may grow beyond so many blocks.
    const limited = [
      '-c',
      'ulimit -f 1000; exec "$0" "$@" 2>/dev/null',
      process.execPath,
      writer,
      'database',
      path,
      '0',
    ];
    const child = spawn('sh', limited, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    const there = new Map<string, boolean>();
    for await (const line of createInterface({ input: child.stdout })) there.set(line.slice(1), line[0] === '+');
    assert.deepEqual(await ended, [0, null]);
    const bounds = { maxSize: 1024 ** 3, readOnly: false, sync: true, purge: false, limit: LIMIT };
    const store = new DatabaseCookies({ path, ...bounds }, { clock: SYSTEM_CLOCK, log: SILENT });
    await store.open();
    for (const [id, present] of there) assert.equal(store.get(id) !== null, present, id);
    assert.ok(there.size > 50, `${there.size} cookies`);
    await store.close();
  });
});
