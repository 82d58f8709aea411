import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import type { CookieRecord, CookieStore } from '../auth/cookie-store.ts';
import type { Clock } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import {
  type AgeKey,
  type CookieDatabase,
  type CookieDatabaseOptions,
  type CookieWrite,
  openCookieDatabase,
} from './cookie-database.ts';
import { readCookieLine, writeCookieLine } from './cookie-line.ts';
import { LmdbWriter } from './lmdb-writer.ts';

export interface DatabaseCookiesOptions extends CookieDatabaseOptions {
  /** Whether it begins empty. */
  readonly purge: boolean;
  /** How many cookies, at most; beyond it the oldest goes. */
  readonly limit: number;
}

/** What a record is reckoned with: most take less. */
const BYTES_PER_COOKIE = 1024;
const OWNER_ONLY = 0o700;

/** A change on its way to the disk. */
interface Change {
  readonly write: CookieWrite;
  readonly settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
}

/**
 * Cookies in LMDB. What was put survives the process, whatever ends it. A cookie is kept under a digest of its id:
 * who reads the database can log in with nothing of it. It is written by a process of its own, which a full disk
 * may end: this one goes on. Crossbar: the cookie store `database`, whose format is another one.
 */
export class DatabaseCookies implements CookieStore {
  readonly #options: DatabaseCookiesOptions;
  readonly #log: Log;
  readonly #limit: number;
  /** Null where nothing may be written. */
  readonly #writer: LmdbWriter<'cookies'> | null;
  #database: CookieDatabase | null = null;
  #count = 0;
  /** Changes that wait for those that are being written. */
  #changes: Change[] = [];
  #writing: Promise<void> | null = null;
  /** What is on its way into the database, by key; null: on its way out. */
  readonly #pending = new Map<string, CookieRecord | null>();

  constructor(options: DatabaseCookiesOptions, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#options = options;
    this.#log = log;
    const { path, sync, maxSize, readOnly } = options;
    this.#writer = readOnly ? null : new LmdbWriter({ kind: 'cookies', path, sync, maxSize }, clock);
    this.#limit = Math.max(1, Math.min(options.limit, Math.floor(options.maxSize / BYTES_PER_COOKIE)));
  }

  get writable(): boolean {
    return !this.#options.readOnly;
  }

  async open(): Promise<void> {
    const { path, readOnly, purge } = this.#options;
    if (purge && !readOnly) await rm(path, { recursive: true, force: true });
    if (!readOnly) await mkdir(path, { recursive: true, mode: OWNER_ONLY });
    this.#database = await openCookieDatabase(this.#options);
    this.#count = this.#database.cookies?.getKeysCount() ?? 0;
  }

  get(id: string): CookieRecord | null {
    const key = keyOf(id);
    const record = this.#read(key);
    return record === null ? null : { ...record, id };
  }

  async put(record: CookieRecord): Promise<void> {
    const key = keyOf(record.id);
    const added = this.#read(key) === null ? 1 : 0;
    const surplus = this.#count + added - this.#limit;
    const excess = surplus > 0 ? this.#oldest(surplus, key) : [];
    const put = { line: writeCookieLine({ ...record, id: key }, null), age: [record.created, key] as const };
    await this.#commit(key, record, { put, without: excess }, added - excess.length);
  }

  async delete(id: string): Promise<void> {
    const key = keyOf(id);
    const record = this.#read(key);
    if (record === null) return;
    await this.#commit(key, null, { put: null, without: [[record.created, key]] }, -1);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#writer?.close();
    await this.#database?.root.close();
    this.#database = null;
  }

  #read(key: string): CookieRecord | null {
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const line = this.#database?.cookies?.get(key);
    if (line === undefined) return null;
    const read = readCookieLine(line);
    // The database itself is whole, or it would not have opened: something else has written there.
    if (read === null) this.#log.error('a cookie in the database cannot be read, and does not count');
    return read === null ? null : read.record;
  }

  /** Those that have to go, the oldest first; never the one that comes. */
  #oldest(excess: number, coming: string): AgeKey[] {
    const oldest = this.#database?.byAge?.getKeys({ limit: excess + 1 }) ?? [];
    return [...oldest].filter(([, key]) => key !== coming).slice(0, excess);
  }

  /** @param growth by how many cookies there are more then */
  async #commit(key: string, record: CookieRecord | null, write: CookieWrite, growth: number): Promise<void> {
    const writer = this.#writer;
    if (writer === null) {
      if (record === null) this.#pending.set(key, null);
      throw new Error('the cookie database cannot be written');
    }
    this.#pending.set(key, record);
    this.#count += growth;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#changes.push({ write, settle: { resolve, reject } });
        this.#writing ??= this.#write(writer);
      });
    } catch (error) {
      this.#count -= growth;
      throw error;
    } finally {
      if (this.#pending.get(key) === record) this.#pending.delete(key);
    }
  }

  /** Writes all changes that wait, and those that come meanwhile: one transaction for each of these. */
  async #write(writer: LmdbWriter<'cookies'>): Promise<void> {
    while (this.#changes.length > 0) {
      const changes = this.#changes;
      this.#changes = [];
      try {
        await writer.write(changes.map(({ write }) => write));
        // Else what is read next could be as it was before.
        this.#database?.root.resetReadTxn();
        for (const { settle } of changes) settle.resolve();
      } catch (error) {
        for (const { settle } of changes) settle.reject(error);
      }
    }
    this.#writing = null;
  }
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
