import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import type { Database, RootDatabase } from 'lmdb';
import type { CookieRecord, CookieStore } from '../auth/cookie-store.ts';
import type { Log } from '../wamp/log.ts';
import { readCookieLine, writeCookieLine } from './cookie-line.ts';
import { openEnvironment } from './lmdb-environment.ts';

export interface DatabaseCookiesOptions {
  /** Of a directory, absolute. */
  readonly path: string;
  /** Bytes; a cookie takes about a KiB. */
  readonly maxSize: number;
  readonly readOnly: boolean;
  /** Whether each write waits for the disk. */
  readonly sync: boolean;
  /** Whether it begins empty. */
  readonly purge: boolean;
  /** How many cookies, at most; beyond it the oldest goes. */
  readonly limit: number;
}

/** What a record is reckoned with: most take less. */
const BYTES_PER_COOKIE = 1024;
/** What is here is in the names, so that a later format is not taken for this one. */
const COOKIES = 'turnpike-cookies-1';
const BY_AGE = 'turnpike-cookies-1-by-age';
const OWNER_ONLY = 0o700;

/** How a cookie is found by its age: oldest first. */
type AgeKey = [created: number, key: string];

/**
 * Cookies in LMDB. What was put survives the process, whatever ends it. A cookie is kept under a digest of its id:
 * who reads the database can log in with nothing of it. Crossbar: the cookie store `database`, whose format is
 * another one.
 */
export class DatabaseCookies implements CookieStore {
  readonly #options: DatabaseCookiesOptions;
  readonly #log: Log;
  readonly #limit: number;
  #root: RootDatabase | null = null;
  #cookies: Database<string, string> | null = null;
  #byAge: Database<string, AgeKey> | null = null;
  #count = 0;
  /** What is on its way into the database, by key; null: on its way out. */
  readonly #pending = new Map<string, CookieRecord | null>();

  constructor(options: DatabaseCookiesOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    this.#limit = Math.max(1, Math.min(options.limit, Math.floor(options.maxSize / BYTES_PER_COOKIE)));
  }

  get writable(): boolean {
    return !this.#options.readOnly;
  }

  async open(): Promise<void> {
    const { path, maxSize, readOnly, sync, purge } = this.#options;
    if (purge && !readOnly) await rm(path, { recursive: true, force: true });
    if (!readOnly) await mkdir(path, { recursive: true, mode: OWNER_ONLY });
    const root = await openEnvironment(path, { mapSize: maxSize, readOnly, noSync: !sync }, [COOKIES, BY_AGE]);
    this.#root = root;
    this.#cookies = root.openDB({ name: COOKIES, encoding: 'string' });
    this.#byAge = root.openDB({ name: BY_AGE, encoding: 'string' });
    this.#count = this.#cookies === undefined ? 0 : this.#cookies.getKeysCount();
  }

  get(id: string): CookieRecord | null {
    const key = keyOf(id);
    const record = this.#read(key);
    return record === null ? null : { ...record, id };
  }

  async put(record: CookieRecord): Promise<void> {
    const key = keyOf(record.id);
    if (this.#read(key) === null) this.#count += 1;
    const excess = this.#count > this.#limit ? this.#oldest(this.#count - this.#limit, key) : [];
    await this.#commit(key, record, excess);
  }

  async delete(id: string): Promise<void> {
    const key = keyOf(id);
    const record = this.#read(key);
    if (record === null) return;
    this.#count -= 1;
    await this.#commit(key, null, [[record.created, key]]);
  }

  async close(): Promise<void> {
    await this.#root?.close();
    this.#root = null;
  }

  #read(key: string): CookieRecord | null {
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const line = this.#cookies?.get(key);
    if (line === undefined) return null;
    const read = readCookieLine(line);
    // The database itself is whole, or it would not have opened: something else has written there.
    if (read === null) this.#log.error('a cookie in the database cannot be read, and does not count');
    return read === null ? null : read.record;
  }

  /** Those that have to go, the oldest first; never the one that comes. */
  #oldest(excess: number, coming: string): AgeKey[] {
    const oldest = this.#byAge?.getKeys({ limit: excess + 1 }) ?? [];
    return [...oldest].filter(([, key]) => key !== coming).slice(0, excess);
  }

  /** One transaction: both indexes agree, whenever the process ends. */
  async #commit(key: string, record: CookieRecord | null, without: readonly AgeKey[]): Promise<void> {
    const cookies = this.#cookies;
    const byAge = this.#byAge;
    if (cookies === null || byAge === null || this.#options.readOnly) {
      if (record === null) this.#pending.set(key, null);
      throw new Error('the cookie database cannot be written');
    }
    this.#pending.set(key, record);
    if (record !== null) this.#count -= without.length;
    try {
      await cookies.batch(() => {
        for (const age of without) {
          void byAge.remove(age);
          void cookies.remove(age[1]);
        }
        if (record === null) return;
        void cookies.put(key, writeCookieLine({ ...record, id: key }, null));
        void byAge.put([record.created, key], '');
      });
    } finally {
      if (this.#pending.get(key) === record) this.#pending.delete(key);
    }
  }
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
