import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { open as openLmdb } from 'lmdb';
import { DatabaseCookies, type DatabaseCookiesOptions } from '../../src/stores/database-cookies.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { cookieRecord, NOW } from './cookie-records.ts';
import { cookieStoreSuite } from './cookie-store-suite.ts';

const directory = mkdtempSync(join(tmpdir(), 'turnpike-cookies-'));
after(() => rmSync(directory, { recursive: true }));

let stores = 0;

function newPath(): string {
  return join(directory, `.cookies-${stores++}`);
}

async function opened(more: Partial<DatabaseCookiesOptions> = {}): Promise<DatabaseCookies> {
  const bounds = { maxSize: 1024 ** 2, readOnly: false, sync: true, purge: false, limit: 100 };
  const store = new DatabaseCookies({ path: newPath(), ...bounds, ...more }, { clock: SYSTEM_CLOCK, log: SILENT });
  await store.open();
  return store;
}

describe('cookies in a database', () => {
  cookieStoreSuite(() => opened({ limit: 3 }));

  it('outlive the process', async () => {
    const path = newPath();
    const store = await opened({ path });
    await Promise.all([store.put(cookieRecord('one')), store.put(cookieRecord('two'))]);
    await store.delete('one');
    await store.close();
    const again = await opened({ path });
    assert.equal(again.get('one'), null);
    assert.deepEqual({ ...again.get('two') }, cookieRecord('two'));
    await again.close();
  });

  it('are not to be read off it: it has digests of their ids', async () => {
    const path = newPath();
    const store = await opened({ path });
    await store.put(cookieRecord('canary-of-a-cookie'));
    await store.close();
    const bytes = readFileSync(join(path, 'data.mdb'));
    assert.ok(bytes.includes('user1'));
    assert.ok(!bytes.includes('canary-of-a-cookie'));
    assert.equal(statSync(path).mode & 0o777, 0o700);
  });

  it('are as many as fit', async () => {
    const store = await opened({ maxSize: 128 * 1024 });
    for (let n = 0; n < 200; n++) await store.put(cookieRecord(`cookie${n}`, { created: NOW + n }));
    assert.equal(store.get('cookie99'), null);
    assert.notEqual(store.get('cookie100'), null);
    await store.close();
  });

  it('are gone at the start where that is configured', async () => {
    const path = newPath();
    const store = await opened({ path });
    await store.put(cookieRecord('one'));
    await store.close();
    const again = await opened({ path, purge: true });
    assert.equal(again.get('one'), null);
    await again.close();
  });

  it('count where nothing may be written; who logs out is forgotten for as long as the process runs', async () => {
    const path = newPath();
    const store = await opened({ path });
    await store.put(cookieRecord('one'));
    await store.close();
    const again = await opened({ path, readOnly: true });
    assert.equal(again.writable, false);
    assert.notEqual(again.get('one'), null);
    await assert.rejects(again.put(cookieRecord('two')), /cannot be written/);
    await assert.rejects(again.delete('one'), /cannot be written/);
    assert.equal(again.get('one'), null);
    await again.close();
  });
});

describe('rows 145 and 147: a cookie database', () => {
  it('that is somebody else’s is left alone', async () => {
    const path = newPath();
    const root = openLmdb({ path, noSubdir: false, maxDbs: 2 });
    await root.openDB({ name: 'accounts' }).put('one', 1);
    await root.close();
    await assert.rejects(opened({ path }), /holds something else: move it away, or give another path/);
  });

  it('that is no database is refused', async () => {
    const path = newPath();
    mkdirSync(path);
    writeFileSync(join(path, 'data.mdb'), 'x'.repeat(8192));
    await assert.rejects(opened({ path }), /cannot be opened: is it one of LMDB/);
  });

  it('that is cut is refused, wherever it is cut', async () => {
    const path = newPath();
    const store = await opened({ path });
    for (let n = 0; n < 50; n++) await store.put(cookieRecord(`cookie${n}`));
    await store.close();
    const bytes = readFileSync(join(path, 'data.mdb'));
    for (let size = 1; size < bytes.length; size += 1_021) {
      writeFileSync(join(path, 'data.mdb'), bytes.subarray(0, size));
      await assert.rejects(opened({ path }), /cannot be opened: is it one of LMDB/);
    }
    writeFileSync(join(path, 'data.mdb'), bytes);
    const again = await opened({ path });
    assert.notEqual(again.get('cookie49'), null);
    await again.close();
  });

  it('that is not there cannot be read only', async () => {
    await assert.rejects(opened({ readOnly: true }), /cannot be opened/);
  });
});
