/** How cookies lie in a database. */
import type { Database, RootDatabase } from 'lmdb';
import { openEnvironment } from './lmdb-environment.ts';

/** What is here is in the names, so that a later format is not taken for this one. */
const COOKIES = 'turnpike-cookies-1';
const BY_AGE = 'turnpike-cookies-1-by-age';

/** How a cookie is found by its age: oldest first. */
export type AgeKey = readonly [created: number, key: string];

export interface CookieDatabaseOptions {
  /** Of a directory, absolute. */
  readonly path: string;
  /** Bytes; a cookie takes about a KiB. */
  readonly maxSize: number;
  readonly readOnly: boolean;
  /** Whether each write waits for the disk. */
  readonly sync: boolean;
}

export interface CookieDatabase {
  readonly root: RootDatabase;
  /** Lines of `cookie-line.ts` by key. Undefined where nothing has been written, and nothing may be. */
  readonly cookies: Database<string, string> | undefined;
  readonly byAge: Database<string, [number, string]> | undefined;
}

/** @throws Error one sentence: why it cannot be used, and what to do */
export async function openCookieDatabase(options: CookieDatabaseOptions): Promise<CookieDatabase> {
  const { path, maxSize, readOnly, sync } = options;
  const root = await openEnvironment(path, { mapSize: maxSize, readOnly, noSync: !sync }, [COOKIES, BY_AGE]);
  return {
    root,
    cookies: root.openDB({ name: COOKIES, encoding: 'string' }),
    byAge: root.openDB({ name: BY_AGE, encoding: 'string' }),
  };
}

/** One change of the cookies: it is made as a whole, or not at all. */
export interface CookieWrite {
  /** The cookie that comes. */
  readonly put: { readonly line: string; readonly age: AgeKey } | null;
  /** Those that go. */
  readonly without: readonly AgeKey[];
}

/** Makes changes, all or none. @throws Error where nothing was written: the disk is full, or gone */
export function writeCookies({ root, cookies, byAge }: CookieDatabase, changes: readonly CookieWrite[]): void {
  if (cookies === undefined || byAge === undefined) throw new Error('the cookie database cannot be written');
  // Not the library's asynchronous writes: on a full disk they never end.
  root.transactionSync(() => {
    for (const { put, without } of changes) {
      for (const [created, key] of without) {
        byAge.removeSync([created, key]);
        cookies.removeSync(key);
      }
      if (put === null) continue;
      const [created, key] = put.age;
      cookies.putSync(key, put.line);
      byAge.putSync([created, key], '');
    }
  });
}
