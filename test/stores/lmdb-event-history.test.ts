import assert from 'node:assert/strict';
import { existsSync, promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { serializerById } from '../../src/serializers/registry.ts';
import { LmdbEventHistory, type LmdbOptions } from '../../src/stores/lmdb-event-history.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { pastEvent, publicationsOf } from './past-events.ts';

let directory: string;
let clock: FakeClock;
let opened: LmdbEventHistory[];

beforeEach(async () => {
  directory = await fs.mkdtemp(join(tmpdir(), 'turnpike-lmdb-'));
  clock = new FakeClock();
  opened = [];
});

afterEach(async () => {
  for (const history of opened) await history.close();
  await fs.rm(directory, { recursive: true });
});

async function open(more: Partial<LmdbOptions> = {}): Promise<LmdbEventHistory> {
  const history = await LmdbEventHistory.open(
    {
      path: join(directory, 'events'),
      logs: [{ uri: 'com.topic', match: 'exact', limit: 100 }],
      sync: true,
      readOnly: false,
      maxSize: 16 * 1024 * 1024,
      maxBuffer: 10_000,
      bufferFlush: 200,
      ...more,
    },
    { clock, log: SILENT },
  );
  opened.push(history);
  return history;
}

async function close(history: LmdbEventHistory): Promise<void> {
  opened.splice(opened.indexOf(history), 1);
  await history.close();
}

describe('event history in a database', () => {
  it('gives back every part of an event, before and after it comes back', async () => {
    const event = pastEvent({
      publication: 2 ** 53 - 1,
      topic: 'com.ünïcode.topic',
      disclosed: true,
      details: { ppt_scheme: 'x_my', enc_key: 'k' },
      lists: { eligible_authrole: ['admin'], exclude_authid: ['bob', 'eve'] },
      payload: serializerById('msgpack').encodePayload(['ü', [1, null], Buffer.from([0, 255])], { deep: { a: 1.5 } }),
    });
    const first = await open();
    await first.logs[0]?.append(event, true);
    await close(first);
    const second = await open();
    const [read, ...more] = second.logs[0]?.events(false) ?? [];
    assert(read !== undefined);
    assert.deepEqual(more, []);
    const { payload: _, ...expected } = event;
    const { time, publication, topic, session, authid, authrole, disclosed, details, lists } = read;
    const got = { time, publication, topic, session, authid, authrole, disclosed };
    assert.deepEqual({ ...got, details: { ...details }, lists: { ...lists } }, expected);
    assert.deepEqual(
      read.payload.serializer.decodePayload(read.payload),
      event.payload.serializer.decodePayload(event.payload),
    );
  });

  it('reads what is not written yet, what is, and both, in order', async () => {
    const [log] = (await open()).logs;
    await log?.append(pastEvent({ publication: 1 }), true);
    log?.append(pastEvent({ publication: 2 }), false);
    assert.deepEqual(publicationsOf(log), [1, 2]);
    assert.deepEqual(publicationsOf(log, true), [2, 1]);
    clock.advance(200);
    await log?.append(pastEvent({ publication: 3 }), true);
    assert.deepEqual(publicationsOf(log), [1, 2, 3]);
  });

  it('keeps the newest of each topic, also where fewer are wanted than there are', async () => {
    const logs = [
      { uri: 'com.topic', match: 'exact', limit: 5 },
      { uri: 'com.', match: 'prefix', limit: 2 },
    ] as const;
    const first = await open({ logs });
    for (let publication = 1; publication <= 8; publication++) {
      for (const log of first.logs) log.append(pastEvent({ publication }), false);
    }
    await close(first);
    const second = await open({ logs });
    assert.deepEqual(
      second.logs.map((log) => publicationsOf(log)),
      [
        [4, 5, 6, 7, 8],
        [7, 8],
      ],
    );
    await close(second);
    const third = await open({ logs: [{ ...logs[0], limit: 3 }] });
    assert.deepEqual(publicationsOf(third.logs[0]), [6, 7, 8]);
    await third.logs[0]?.append(pastEvent({ publication: 9 }), true);
    await close(third);
    const fourth = await open({ logs: [{ ...logs[0], limit: 100 }, logs[1]] });
    assert.deepEqual(
      fourth.logs.map((log) => publicationsOf(log)),
      [
        [7, 8, 9],
        [7, 8],
      ],
    );
  });

  it('does not grow beyond its size: the topic that holds most loses its oldest', async () => {
    const history = await open({
      maxSize: 2 * 1024 * 1024,
      logs: [
        { uri: 'com.flooded', match: 'exact', limit: 100_000 },
        { uri: 'com.quiet', match: 'exact', limit: 100_000 },
      ],
    });
    const [flooded, quiet] = history.logs;
    quiet?.append(pastEvent({ publication: 1 }), false);
    for (let publication = 1; publication <= 2_000; publication++) {
      const text = 'x'.repeat((publication * 37) % 5_000);
      const written = flooded?.append(pastEvent({ publication, text }), publication % 50 === 0);
      if (publication % 50 === 0) await written;
    }
    assert.deepEqual(publicationsOf(quiet), [1]);
    assert.equal(publicationsOf(flooded).at(-1), 2_000);
    await close(history);
    const { size } = await fs.stat(join(directory, 'events', 'data.mdb'));
    assert.ok(size < 2 * 1024 * 1024, `${size} bytes`);
  });

  it('refuses what comes while too much waits, and says so to who waits for it', async () => {
    const [log] = (await open({ maxBuffer: 3 })).logs;
    for (let publication = 1; publication <= 5; publication++) log?.append(pastEvent({ publication }), false);
    await assert.rejects(log?.append(pastEvent({ publication: 6 }), true) ?? Promise.resolve(), /too many events wait/);
    assert.deepEqual(publicationsOf(log), [1, 2, 3]);
  });

  it('without sync makes nobody wait', async () => {
    const history = await open({ sync: false });
    assert.equal(history.logs[0]?.append(pastEvent({ publication: 1 }), true), null);
    await close(history);
    assert.deepEqual(publicationsOf((await open()).logs[0]), [1]);
  });

  it('read only gives what is there, and keeps nothing', async () => {
    await assert.rejects(open({ readOnly: true }), /it does not exist, and is to be read only/);
    assert.equal(existsSync(join(directory, 'events')), false);
    const first = await open();
    await first.logs[0]?.append(pastEvent({ publication: 1 }), true);
    await close(first);
    const second = await open({ readOnly: true });
    assert.equal(second.logs[0]?.append(pastEvent({ publication: 2 }), true), null);
    assert.deepEqual(publicationsOf(second.logs[0]), [1]);
  });

  it('is for its owner alone', async () => {
    await open();
    const modes = await Promise.all(
      ['', 'data.mdb', 'lock.mdb'].map(async (name) => (await fs.stat(join(directory, 'events', name))).mode & 0o777),
    );
    assert.deepEqual(modes, [0o700, 0o600, 0o600]);
  });
});
