import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CookieStore } from '../../src/auth/cookie-store.ts';
import { cookieRecord, NOW } from './cookie-records.ts';

/** What every cookie store does. @param create a new, empty store of at most 3 cookies, open */
export function cookieStoreSuite(create: () => Promise<CookieStore>): void {
  async function using(work: (store: CookieStore) => Promise<void>): Promise<void> {
    const store = await create();
    try {
      await work(store);
    } finally {
      await store.close();
    }
  }

  it('gives back what was put, before it is durable and after', () =>
    using(async (store) => {
      const record = cookieRecord('one', { modified: NOW + 1 });
      const durable = store.put(record);
      assert.deepEqual(store.get('one'), record);
      await durable;
      assert.deepEqual(store.get('one'), record);
      assert.equal(store.get('two'), null);
      assert.equal(store.get('__proto__'), null);
    }));

  it('the last one counts', () =>
    using(async (store) => {
      void store.put(cookieRecord('one'));
      await store.put(cookieRecord('one', { login: null }));
      assert.equal(store.get('one')?.login, null);
    }));

  it('forgets what was deleted', () =>
    using(async (store) => {
      await store.put(cookieRecord('one'));
      const durable = store.delete('one');
      assert.equal(store.get('one'), null);
      await durable;
      assert.equal(store.get('one'), null);
      await store.delete('one');
      void store.put(cookieRecord('two'));
      await store.delete('two');
      assert.equal(store.get('two'), null);
    }));

  it('is bounded: the oldest goes', () =>
    using(async (store) => {
      for (const [age, id] of ['one', 'two', 'three', 'four'].entries()) {
        await store.put(cookieRecord(id, { created: NOW + age }));
      }
      await store.put(cookieRecord('four', { created: NOW + 3, login: null }));
      assert.deepEqual(
        ['one', 'two', 'three', 'four'].map((id) => store.get(id) !== null),
        [false, true, true, true],
      );
    }));

  it('keeps an extra of any plain data', () =>
    using(async (store) => {
      const authextra = { list: [1, null, 'ü', { deep: true }], binary: new Uint8Array([0, 255]), [`__proto__x`]: 1 };
      await store.put(cookieRecord('one', { login: { ...cookieRecord('x').login!, authextra } }));
      assert.deepEqual({ ...store.get('one')?.login?.authextra }, authextra);
    }));
}
