import { createHash } from 'node:crypto';
import type { CookieJar } from './cookie-jar.ts';
import type { CookieLogin } from './cookie-store.ts';
import type { Accept } from './outcome.ts';
import { withoutReservedKeys } from './reserved-keys.ts';

interface Visited {
  /** The cookie that the client has once the connection stands; null: none that counts. */
  readonly id: string | null;
  /** When the answer to this connection's request gave it to the client, in milliseconds since 1970; false: the client brought it. */
  readonly issued: number | false;
  /** The header that gives it. */
  readonly setCookie: string | null;
}

/** Ids that are followed from one connection to the next. */
const MOST_SUCCESSORS = 16;
const AUTHID_LENGTH = 24;

/** What one connection has of cookies, from its request to its end. */
export class CookieVisit {
  readonly id: string | null;
  readonly setCookie: string | null;
  readonly #jar: CookieJar;
  readonly #issued: number | false;
  /** Another connection of this browser that brought our id and was given a newer one. */
  #successor: CookieVisit | null = null;
  /** What this connection's login is kept under; another than `id` where the browser has been given a newer one. */
  #bound: { readonly id: string; readonly login: CookieLogin } | null = null;
  /** A login on this connection is not kept any more. */
  #spent = false;
  #close: (() => void) | null = null;

  constructor(jar: CookieJar, { id, issued, setCookie }: Visited) {
    this.#jar = jar;
    this.id = id;
    this.#issued = issued;
    this.setCookie = setCookie;
  }

  /** The authid of clients where nobody has to log in: one for each browser. Not the id itself, for others are shown it. */
  get anonymousAuthid(): string | null {
    if (this.id === null || this.#jar.login) return null;
    return createHash('sha256').update(this.id).digest('base64url').slice(0, AUTHID_LENGTH);
  }

  /** The connection stands. @param close ends it where the cookie is logged out elsewhere */
  begin(close: () => void): void {
    this.#close = close;
    if (this.id === null) return;
    this.#jar.visits.add(this.id, this);
    if (this.#issued !== false) this.#jar.visits.addIssued(this.id, this);
  }

  end(): void {
    if (this.#close === null) return;
    this.#close = null;
    const { visits } = this.#jar;
    if (this.id !== null) visits.remove(this.id, this);
    if (this.id !== null && this.#issued !== false) visits.removeIssued(this.id);
    if (this.#bound !== null) visits.remove(this.#bound.id, this);
  }

  /** The browser brought our id to another connection, and was given that one's. */
  succeededBy(visit: CookieVisit): void {
    this.#successor = visit;
  }

  /**
   * What a HELLO makes of the cookie. Where `cookie` is among its authmethods, at whatever place, the login
   * that the cookie stands for. A client that does not offer it wants to be somebody else: a cookie that it
   * brought stands for nothing any more, as in Crossbar.
   */
  restore(authmethods: readonly string[]): Accept | null {
    if (this.id === null || !this.#jar.login) return null;
    const login = this.#jar.loginOf(this.id);
    if (login === null) return null;
    if (authmethods.includes('cookie')) {
      const authextra = login.authextra === null ? null : withoutReservedKeys(login.authextra);
      return { kind: 'accept', ...login, authextra, authprovider: 'cookie' };
    }
    if (this.#issued === false) void this.#jar.forget(this.id);
    return null;
  }

  /** A session has begun. Its login is kept under the newest id that this connection led the browser to, and under no id that was brought. */
  joined({ realm, authid, authrole, authmethod, authprovider, authextra }: Accept): void {
    if (authprovider === 'cookie' || this.#issued === false || this.#spent) return;
    const login = this.#jar.bindable({ realm, authid, authrole, authmethod, authextra });
    if (login === null) return;
    const newest = this.#newest();
    const id = newest.id as string;
    this.#jar.bind(id, newest.#issued as number, login);
    if (this.#bound !== null) this.#jar.visits.remove(this.#bound.id, this);
    this.#bound = { id, login };
    if (id !== this.id) this.#jar.visits.add(id, this);
  }

  /** `wamp.close.logout`: the cookie is nothing any more, and its other connections end. Resolves when that survives a crash. */
  async logOut(): Promise<void> {
    const id = this.#bound?.id ?? this.id;
    if (id === null || this.#isOthers(id)) return;
    this.#spent = true;
    const forgotten = this.#jar.forget(id);
    for (const visit of this.#jar.visits.of(id)) {
      visit.#spent = true;
      if (visit !== this) visit.#close?.();
    }
    await forgotten;
  }

  #newest(): CookieVisit {
    let newest: CookieVisit = this;
    for (let step = 0; step < MOST_SUCCESSORS; step++) {
      const next = newest.#successor;
      if (next === null || next.id === null || next.#spent || this.#isTaken(next.id)) break;
      newest = next;
    }
    return newest;
  }

  /** Whether an id has a login already that is not ours: it is not taken over. */
  #isTaken(id: string): boolean {
    return this.#jar.loginOf(id) !== null && (id !== this.#bound?.id || this.#isOthers(id));
  }

  /** Whether somebody else has logged in on the newer id since. */
  #isOthers(id: string): boolean {
    if (this.#bound === null || id === this.id) return false;
    const now = this.#jar.loginOf(id);
    const { login } = this.#bound;
    return now !== null && (now.authid !== login.authid || now.realm !== login.realm);
  }
}
