/** Databases that were not closed, not written by this router, damaged, in use, or cannot be written. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LmdbEventHistory } from '../../src/stores/lmdb-event-history.ts';
import { openLmdb } from '../../src/stores/lmdb-module.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { pastEvent, publicationsOf } from './past-events.ts';

const WRITER = fileURLToPath(new URL('./lmdb-writer.js', import.meta.url));
const KILLS = 25;
const MUTATIONS = 24;

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await fs.mkdtemp(join(tmpdir(), 'turnpike-lmdb-'));
  path = join(directory, 'events');
});

afterEach(() => fs.rm(directory, { recursive: true }));

function open(): Promise<LmdbEventHistory> {
  const logs = [{ uri: 'com.topic', match: 'exact', limit: 100_000 }] as const;
  const bounds = { maxSize: 64 * 1024 * 1024, maxBuffer: 10_000, bufferFlush: 200 };
  const options = { path, logs, sync: true, readOnly: false, ...bounds };
  return LmdbEventHistory.open(options, { clock: new FakeClock(), log: SILENT });
}

/** The publications that are there. */
async function kept(): Promise<number[]> {
  const history = await open();
  const publications = publicationsOf(history.logs[0]);
  await history.close();
  return publications;
}

/** Why it cannot be opened, without the path. */
async function problem(): Promise<string> {
  try {
    await kept();
  } catch (error) {
    const { message } = error as Error;
    assert.ok(message.startsWith(`the event history in ${path} cannot be used: `), message);
    return message.slice(message.indexOf(': ') + 2);
  }
  return '';
}

interface Writer {
  readonly child: ChildProcess;
  /** Numbers that it said are kept. */
  readonly said: number[];
  /** Resolves when it has said so many. */
  reached(count: number): Promise<void>;
}

/** @param through a command that runs the one that follows */
async function write(from: number, through: readonly string[] = []): Promise<Writer> {
  const [command = '', ...args] = [...through, process.execPath, WRITER, path, String(from)];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: number[] = [];
  let rest = '';
  let told: (() => void) | null = null;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== 'open') said.push(Number(line));
    told?.();
  });
  const reached = async (count: number): Promise<void> => {
    while (said.length < count) await new Promise<void>((resolve) => (told = resolve));
  };
  await reached(1);
  return { child, said, reached };
}

async function kill({ child }: Writer): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

/** A database with some events, some of them erased again. */
async function fill(): Promise<void> {
  const history = await open();
  const [log] = history.logs;
  for (let publication = 1; publication <= 200; publication++) {
    const written = log?.append(pastEvent({ publication, text: 'x'.repeat((publication * 37) % 3_000) }), true);
    if (publication % 20 === 0) await written;
  }
  await history.close();
}

describe('a process that is killed while it writes', () => {
  it(`loses nothing that it said is kept, ${KILLS} times, and no part of what one turn published`, async () => {
    const acknowledged: number[] = [];
    for (let round = 0, next = 1; round < KILLS; round++) {
      const writer = await write(next);
      await writer.reached(1 + ((round * 7) % 40));
      await kill(writer);
      acknowledged.push(...writer.said);
      const there = await kept();
      const known = new Set(there);
      assert.deepEqual(
        acknowledged.filter((number) => !known.has(number)),
        [],
        `lost in round ${round}`,
      );
      assert.equal(there.length % 3, 0, 'what is published in one turn is written together');
      assert.deepEqual(
        there,
        there.map((_, at) => at + 1),
        'in order, nothing twice',
      );
      next = there.length + 1;
    }
    assert.ok(acknowledged.length >= KILLS * 3, `${acknowledged.length} events`);
  });

  it('does not keep the next from opening; while it runs, nobody else may', async () => {
    const writer = await write(1);
    assert.equal(await problem(), `process ${writer.child.pid} uses it`);
    await kill(writer);
    assert.equal(await problem(), '');
  });
});

describe('a disk that is full', () => {
  it('is told to who waits, ends nothing, and loses nothing that was kept', {
    skip: process.platform === 'win32',
  }, async () => {
    // No file of the process may grow beyond so many blocks.
    const writer = await write(1, ['sh', '-c', 'ulimit -f 1000; exec "$0" "$@" 2>/dev/null']);
    const [code] = await once(writer.child, 'close');
    assert.equal(code, 0);
    const there = await kept();
    assert.deepEqual(there, writer.said);
    assert.ok(there.length > 50, `${there.length} events`);
  });
});

describe('a database that is not as it was left', () => {
  it('is refused where it belongs to something else, or to a later version', async () => {
    const foreign = await openLmdb(path, { sync: true, readOnly: false });
    await foreign.put('something', Buffer.from('else'));
    await foreign.close();
    assert.equal(await problem(), 'it is the database of something else');
    const later = await openLmdb(path, { sync: true, readOnly: false });
    await later.put('turnpike-event-history', Buffer.from('2'));
    await later.close();
    assert.equal(await problem(), 'it was written by a newer version of Turnpike');
  });

  it('is refused where it is no database at all, and not touched', async () => {
    await fs.mkdir(path);
    const text = 'my precious notes\n'.repeat(1_000);
    await fs.writeFile(join(path, 'data.mdb'), text);
    assert.equal(await problem(), 'it is no database');
    assert.equal(await fs.readFile(join(path, 'data.mdb'), 'utf8'), text);
  });

  it('is refused where another LMDB wrote it, such as Crossbar’s', async () => {
    await fs.mkdir(path);
    const page = Buffer.alloc(4_096);
    page.writeUInt32LE(0xbeefc0de, 16);
    page.writeUInt32LE(1, 20);
    await fs.writeFile(join(path, 'data.mdb'), page);
    assert.match(await problem(), /^it is a database of another kind/);
  });

  it('is refused where there is no directory to have it in', async () => {
    await fs.writeFile(join(directory, 'file'), '');
    path = join(directory, 'file', 'events');
    assert.match(await problem(), /ENOTDIR/);
  });

  it('is refused where an event is damaged', async () => {
    await fill();
    const file = join(path, 'data.mdb');
    const bytes = await fs.readFile(file);
    const at = bytes.indexOf('xxxxxxxx');
    bytes[at] = 0x79;
    await fs.writeFile(file, bytes);
    assert.equal(await problem(), 'it is damaged: 1 events are not as they were written');
  });

  it(`is refused or read, and never ends the process, after ${MUTATIONS} kinds of damage`, async () => {
    await fill();
    const file = join(path, 'data.mdb');
    const sound = await fs.readFile(file);
    const expected = await kept();
    let refused = 0;
    for (let round = 0; round < MUTATIONS; round++) {
      await fs.writeFile(file, damaged(sound, round));
      const why = await problem();
      if (why !== '') refused += 1;
      else
        assert.deepEqual(
          (await kept()).filter((number) => !expected.includes(number)),
          [],
        );
    }
    assert.ok(refused >= MUTATIONS / 3, `${refused} of ${MUTATIONS} were refused`);
  });
});

/** Cut short; a bit turned; a page's head overwritten. */
function damaged(sound: Buffer, round: number): Buffer {
  const bytes = Buffer.from(sound);
  const place = (round * 7_919 * 4_096 + round * 104_729) % bytes.length;
  if (round % 3 === 0) return bytes.subarray(0, place);
  if (round % 3 === 1) bytes[place] = (bytes[place] ?? 0) ^ (1 << (round % 8));
  else bytes.fill(round * 37, place - (place % 4_096), place - (place % 4_096) + 40);
  return bytes;
}
