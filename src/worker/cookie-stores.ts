import { resolve } from 'node:path';
import type { WallClock } from '../auth/authmethod.ts';
import { CookieJar, type CookieJarOptions } from '../auth/cookie-jar.ts';
import type { CookieStore } from '../auth/cookie-store.ts';
import { CookieVisits } from '../auth/cookie-visits.ts';
import type { RandomBytes } from '../auth/serial-number.ts';
import type { CookieConfig } from '../config/schema-cookie.ts';
import { DatabaseCookies } from '../stores/database-cookies.ts';
import { FileCookies } from '../stores/file-cookies.ts';
import { MemoryCookies } from '../stores/memory-cookies.ts';
import type { Clock } from '../wamp/clock.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';

type StoreConfig = CookieConfig['store'];

interface Ports {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly random: RandomBytes;
  readonly log: Log;
}

interface Kept {
  readonly config: StoreConfig;
  readonly store: CookieStore;
  readonly visits: CookieVisits;
}

/** The cookie stores of a worker. Transports that name the same file or database share it. */
export class CookieStores {
  readonly #cbdir: string;
  readonly #ports: Ports;
  readonly #kept: Kept[] = [];
  readonly #byPath = new Map<string, Kept>();
  #opened: CookieStore[] = [];

  /** @param cbdir what paths are relative to */
  constructor(cbdir: string, ports: Ports) {
    this.#cbdir = cbdir;
    this.#ports = ports;
  }

  /**
   * The cookies of a transport; to be used after `open`.
   * @param login whether `auth.cookie` is configured
   * @throws TypeError where two transports share a store, and do not agree on it
   */
  jar(config: CookieConfig, login: boolean, log: Log): CookieJar {
    const { wallClock, random } = this.#ports;
    const { store, visits } = this.#shared(config.store);
    return new CookieJar(optionsOf(config, login), { store, visits, wallClock, random, log });
  }

  /** @throws Error one sentence: which store cannot be used, and why */
  async open(): Promise<void> {
    for (const { store } of this.#kept) {
      await store.open();
      this.#opened.push(store);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((store) => store.close()));
  }

  #shared(config: StoreConfig): Kept {
    if (config.type === 'memory') return this.#keep(config);
    const path = resolve(this.#cbdir, config.type === 'file' ? config.filename : config.path);
    const known = this.#byPath.get(path);
    if (known === undefined) {
      const kept = this.#keep(config);
      this.#byPath.set(path, kept);
      return kept;
    }
    if (JSON.stringify(known.config) === JSON.stringify(config)) return known;
    throw new TypeError(`cookie.store: two transports use ${path}, and do not agree on how`);
  }

  #keep(config: StoreConfig): Kept {
    const kept = { config, store: this.#create(config), visits: new CookieVisits() };
    this.#kept.push(kept);
    return kept;
  }

  #create(config: StoreConfig): CookieStore {
    const { clock, wallClock, log } = this.#ports;
    const limit = LIMITS.cookies;
    switch (config.type) {
      case 'memory':
        return new MemoryCookies(limit);
      case 'file': {
        const path = resolve(this.#cbdir, config.filename);
        return new FileCookies({ path, purge: config.purge_on_startup, limit }, { clock, wallClock, log });
      }
      case 'database': {
        const { maxsize: maxSize, readonly: readOnly, sync, purge_on_startup: purge } = config;
        const path = resolve(this.#cbdir, config.path);
        return new DatabaseCookies({ path, maxSize, readOnly, sync, purge, limit }, { clock, log });
      }
    }
  }
}

function optionsOf(config: CookieConfig, login: boolean): CookieJarOptions {
  const { name, length, secure, domain, path } = config;
  return {
    name,
    length,
    login,
    maxAge: config.max_age,
    secure,
    httpOnly: config.http_strict,
    sameSite: config.same_site ?? null,
    domain: domain ?? null,
    path: path ?? null,
  };
}
