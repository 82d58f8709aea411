import type { Dict } from '../wamp/dict.ts';
import type { Log } from '../wamp/log.ts';
import type { WallClock } from './authmethod.ts';
import { type CookieAttributes, cookieValues, setCookie } from './cookie-header.ts';
import type { CookieLogin, CookieRecord, CookieStore } from './cookie-store.ts';
import { CookieVisit } from './cookie-visit.ts';
import type { CookieVisits } from './cookie-visits.ts';
import { plainCopy } from './plain-copy.ts';
import type { RandomBytes } from './serial-number.ts';

/** `cookie` of a transport. */
export interface CookieJarOptions extends CookieAttributes {
  /** Characters of an id; never fewer than `LEAST_ID_LENGTH`. */
  readonly length: number;
  /** Whether `auth.cookie` is configured: then a cookie can stand for a login, else it only tells browsers apart. */
  readonly login: boolean;
}

export interface CookieJarPorts {
  readonly store: CookieStore;
  /** Of the same store: shared by all jars that use it. */
  readonly visits: CookieVisits;
  readonly random: RandomBytes;
  readonly wallClock: WallClock;
  readonly log: Log;
}

/** A request to open a connection, as far as cookies go. */
export interface CookieRequest {
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether cookies count for it: not for a page of a foreign origin (K19). */
  readonly cookiesCount: boolean;
}

/** 22 characters of 6 bits: 132 bits, so that nobody guesses one. */
export const LEAST_ID_LENGTH = 22;

/** The most that the `authextra` of a stored login may take: characters, bytes, 8 for each value. */
const EXTRA_SIZE = 16 * 1024;

const ID = /^[A-Za-z0-9+/_-]{6,64}$/;

/** Logins that prove nothing of a client, or that a proxy vouches for: no cookie is made to stand for them. */
const PROVES_NOTHING: ReadonlySet<string> = new Set(['anonymous', 'anonymous-proxy', 'cryptosign-proxy']);

/**
 * The cookies of one transport: reads them off requests, issues them, and knows what they stand for.
 *
 * Where a cookie can stand for a login, a request that brings one which stands for nothing is given a new
 * one, and a login binds what its own connection was given (K18): an id that somebody planted in the
 * browser never becomes a login. Until then the id is nowhere but in that connection: cookies that nobody
 * logs in with cost nothing. Crossbar: "cookie tracking and cookie authentication".
 */
export class CookieJar {
  readonly #options: CookieJarOptions;
  readonly #ports: CookieJarPorts;
  #toldOfForeign = false;

  constructor(options: CookieJarOptions, ports: CookieJarPorts) {
    this.#options = { ...options, length: Math.max(options.length, LEAST_ID_LENGTH) };
    this.#ports = ports;
  }

  /** Whether a cookie can stand for a login here. */
  get login(): boolean {
    return this.#options.login;
  }

  /** What a new connection has of cookies. `CookieVisit.setCookie` goes into the answer. */
  visit({ headers, cookiesCount }: CookieRequest): CookieVisit {
    const none = { id: null, issued: false, setCookie: null } as const;
    if (!cookiesCount) {
      // Not even a new one: it would replace the one that the browser may hold, and so log it out.
      this.#tellOfForeign();
      return new CookieVisit(this, none);
    }
    const brought = cookieValues(headers['cookie'], this.#options.name).filter((value) => ID.test(value));
    const known = brought.find((id) => (this.login ? this.loginOf(id) : this.#record(id)) !== null);
    if (known !== undefined) return new CookieVisit(this, { ...none, id: known });
    if (!this.#ports.store.writable) return new CookieVisit(this, none);
    const visit = this.#issue();
    for (const id of brought) this.#ports.visits.issuedTo(id)?.succeededBy(visit);
    return visit;
  }

  /** What an id stands for, if it counts. */
  loginOf(id: string): CookieLogin | null {
    const login = this.#record(id)?.login ?? null;
    return login === null || PROVES_NOTHING.has(login.authmethod) ? null : login;
  }

  /** Makes an id stand for a login. @param issued when the browser was given it */
  bind(id: string, issued: number, login: CookieLogin): void {
    const modified = this.#record(id) === null ? null : this.#ports.wallClock();
    this.#put({ id, created: issued, modified, maxAge: this.#options.maxAge, login });
  }

  /** A login as a cookie may stand for it; null where it may not: it proves nothing, or takes too much. */
  bindable(login: CookieLogin): CookieLogin | null {
    if (!this.login || PROVES_NOTHING.has(login.authmethod)) return null;
    try {
      return { ...login, authextra: plainCopy(login.authextra, EXTRA_SIZE) as Dict | null };
    } catch {
      const { realm, authmethod } = login;
      this.#ports.log.warn('the "extra" of a login is too large for a cookie to stand for it', { realm, authmethod });
      return null;
    }
  }

  /** The id is nothing any more. Resolves when it stays so after a crash; where that fails, the log says so. */
  async forget(id: string): Promise<void> {
    await this.#ports.store.delete(id).catch((error: unknown) => {
      this.#ports.log.error('a cookie could not be deleted for good: after a restart it counts again', { error });
    });
  }

  get visits(): CookieVisits {
    return this.#ports.visits;
  }

  #issue(): CookieVisit {
    const { length, login, maxAge } = this.#options;
    const { random, wallClock } = this.#ports;
    const id = Buffer.from(random(length)).toString('base64url').slice(0, length);
    const created = wallClock();
    if (!login) this.#put({ id, created, modified: null, maxAge, login: null });
    return new CookieVisit(this, { id, issued: created, setCookie: setCookie(id, this.#options) });
  }

  #put(record: CookieRecord): void {
    this.#ports.store.put(record).catch((error: unknown) => {
      this.#ports.log.error('a cookie could not be stored: after a restart it is unknown', { error });
    });
  }

  /** One that is too old is dropped: what browsers are told of its age holds here too. */
  #record(id: string): CookieRecord | null {
    const record = this.#ports.store.get(id);
    if (record === null) return null;
    // The configuration may have become stricter since.
    const maxAge = Math.min(record.maxAge, this.#options.maxAge);
    if (this.#ports.wallClock() < record.created + maxAge * 1000) return record;
    void this.forget(id);
    return null;
  }

  #tellOfForeign(): void {
    if (this.#toldOfForeign) return;
    this.#toldOfForeign = true;
    this.#ports.log.warn(
      'a page of another origin connects: cookies do not count for it unless "allowed_origins" lists that origin',
    );
  }
}
