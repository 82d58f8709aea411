import { constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CookieRecord, CookieStore } from '../auth/cookie-store.ts';
import type { Clock, Timer } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import { readCookieFile } from './cookie-file.ts';
import { writeCookieLine } from './cookie-line.ts';
import { CookieTable } from './cookie-table.ts';

export interface FileCookiesOptions {
  /** Absolute. */
  readonly path: string;
  /** Whether cookies that are too old are dropped when it opens. */
  readonly purge: boolean;
  /** How many cookies; beyond it the oldest goes. */
  readonly limit: number;
}

export interface FileCookiesPorts {
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly log: Log;
}

/** A line on its way into the file, and who waits for it. */
interface Pending {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Lines that say nothing any more, beyond those that do, before the file is written anew. */
const STALE_LINES = 1_000;
const RECORDS_AT_ONCE = 500;
/** After a failed write. */
const RETRY_AFTER = 5_000;
const OWNER_ONLY = 0o600;

/**
 * Cookies in a file: one line of JSON for each change, the last one counts. Crossbar's file is taken over as it
 * is, and Crossbar could take over ours. Unlike there, a cookie that was deleted stays deleted, and the file is
 * written anew when most of its lines say nothing any more.
 *
 * A disk that is full or slow holds up nobody: what is known is in memory, and when writing works again the whole
 * file is written anew.
 */
export class FileCookies implements CookieStore {
  readonly writable = true;
  readonly #options: FileCookiesOptions;
  readonly #ports: FileCookiesPorts;
  readonly #table: CookieTable;
  #file: FileHandle | null = null;
  #lines = 0;
  #pending: Pending[] = [];
  #writing: Promise<void> | null = null;
  /** A write failed: what the file holds is not what we know. */
  #broken = false;
  #retry: Timer | null = null;

  constructor(options: FileCookiesOptions, ports: FileCookiesPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#table = new CookieTable(options.limit);
  }

  async open(): Promise<void> {
    const { path, purge } = this.#options;
    try {
      this.#file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, OWNER_ONLY);
      const { mode } = await this.#file.stat();
      if ((mode & 0o077) !== 0) {
        this.#ports.log.warn('others may read the cookie file, and log in with what is in it: chmod 600', { path });
      }
      const { records, lines, ended, cut } = await readCookieFile(this.#file, path);
      for (const record of records) this.#table.put(record);
      this.#lines = lines;
      if (cut) this.#ports.log.warn('the last line of the cookie file is cut, and was dropped', { path });
      if (purge) this.#purge();
      if (!ended || purge || this.#stale) await this.#rewrite();
    } catch (error) {
      await this.#file?.close();
      this.#file = null;
      throw error;
    }
  }

  get(id: string): CookieRecord | null {
    return this.#table.get(id);
  }

  put(record: CookieRecord): Promise<void> {
    const dropped = this.#table.put(record);
    if (dropped !== null) this.#write(writeCookieLine(dropped, this.#ports.wallClock())).catch(() => {});
    return this.#write(writeCookieLine(record, null));
  }

  delete(id: string): Promise<void> {
    const record = this.#table.get(id);
    if (record === null) return Promise.resolve();
    this.#table.delete(id);
    return this.#write(writeCookieLine(record, this.#ports.wallClock()));
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#retry?.cancel();
    if (this.#broken) await this.#flush();
    await this.#file?.close();
    this.#file = null;
  }

  get #stale(): boolean {
    return this.#lines > this.#table.size * 2 + STALE_LINES;
  }

  #purge(): void {
    const now = this.#ports.wallClock();
    for (const { id, created, maxAge } of [...this.#table.values()]) {
      if (created + maxAge * 1000 <= now) this.#table.delete(id);
    }
  }

  /** All that comes while the disk works goes with the next write. */
  #write(line: string): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.#pending.push({ line, resolve, reject }));
    this.#start();
    return written;
  }

  #start(): void {
    this.#writing ??= this.#work();
  }

  async #work(): Promise<void> {
    do await this.#flush();
    while (this.#pending.length > 0);
    this.#writing = null;
  }

  async #flush(): Promise<void> {
    const batch = this.#pending.splice(0);
    try {
      this.#lines += batch.length;
      if (this.#broken || this.#stale) await this.#rewrite();
      else await this.#append(batch);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      this.#failed(error);
      for (const { reject } of batch) reject(error);
    }
  }

  async #append(batch: readonly Pending[]): Promise<void> {
    const file = this.#file;
    if (file === null) throw new Error('the cookie file is closed');
    await file.appendFile(batch.map(({ line }) => `${line}\n`).join(''));
    await file.datasync();
  }

  /** In a new file that takes the place of the old one, so that at any time one of them is whole. */
  async #rewrite(): Promise<void> {
    const { path } = this.#options;
    const temporary = `${path}.new`;
    const records = [...this.#table.values()];
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;
    const file = await open(temporary, flags, OWNER_ONLY);
    try {
      // Some at a time, so that nobody waits for all of them.
      for (let at = 0; at < records.length; at += RECORDS_AT_ONCE) {
        const some = records.slice(at, at + RECORDS_AT_ONCE);
        await file.appendFile(some.map((record) => `${writeCookieLine(record, null)}\n`).join(''));
      }
      await file.sync();
      await rename(temporary, path);
      await syncDirectory(dirname(path));
    } catch (error) {
      await file.close();
      await unlink(temporary).catch(() => {});
      throw error;
    }
    await this.#file?.close();
    this.#file = file;
    this.#lines = records.length;
    if (this.#broken) this.#ports.log.info('the cookie file can be written again', { path });
    this.#broken = false;
  }

  #failed(error: unknown): void {
    const { log, clock } = this.#ports;
    if (!this.#broken) log.error('the cookie file cannot be written', { path: this.#options.path, error });
    this.#broken = true;
    this.#retry?.cancel();
    this.#retry = clock.setTimer(() => this.#start(), RETRY_AFTER);
  }
}

/** A new name is durable when its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
