import { randomBytes } from 'node:crypto';
import { CookieJar, type CookieJarOptions } from '../../src/auth/cookie-jar.ts';
import type { CookieVisit } from '../../src/auth/cookie-visit.ts';
import { CookieVisits } from '../../src/auth/cookie-visits.ts';
import type { Accept } from '../../src/auth/outcome.ts';
import { MemoryCookies } from '../../src/stores/memory-cookies.ts';
import { type Log, SILENT } from '../../src/wamp/log.ts';

export const WEEK = 604_800;

/** A transport’s cookies, and browsers that have them. */
export class CookieBench {
  now = Date.UTC(2026, 0, 1);
  readonly store: MemoryCookies;
  readonly visits = new CookieVisits();
  readonly jar: CookieJar;
  readonly warnings: string[] = [];

  constructor(more: Partial<CookieJarOptions> = {}, limit = 100) {
    this.store = new MemoryCookies(limit);
    this.jar = this.newJar(more);
  }

  newJar(more: Partial<CookieJarOptions> = {}): CookieJar {
    const log: Log = { ...SILENT, warn: (text) => void this.warnings.push(text) };
    const { store, visits } = this;
    const options: CookieJarOptions = {
      name: 'cbtid',
      length: 24,
      login: true,
      maxAge: WEEK,
      secure: false,
      httpOnly: false,
      sameSite: null,
      domain: null,
      path: null,
      ...more,
    };
    return new CookieJar(options, { store, visits, random: randomBytes, wallClock: () => this.now, log });
  }

  browser(): Browser {
    return new Browser(this);
  }
}

/** A browser: it keeps the cookie that it was given last. */
export class Browser {
  cookie: string | null = null;
  readonly #bench: CookieBench;
  readonly closed: CookieVisit[] = [];

  constructor(bench: CookieBench) {
    this.#bench = bench;
  }

  /** Opens a connection, from a page of our own origin. @param late whether the answer is still on its way */
  connect(more: { cookiesCount?: boolean; jar?: CookieJar } = {}): CookieVisit {
    const { cookiesCount = true, jar = this.#bench.jar } = more;
    const headers: Record<string, string> = this.cookie === null ? {} : { cookie: `a=1; cbtid=${this.cookie}` };
    const visit = jar.visit({ headers, cookiesCount });
    const given = /^cbtid=([^;]+)/.exec(visit.setCookie ?? '')?.[1];
    if (given !== undefined) this.cookie = given;
    visit.begin(() => {
      this.closed.push(visit);
      visit.end();
    });
    return visit;
  }

  /** Logs in by ticket, on a connection of its own. */
  logIn(authid = 'user1'): CookieVisit {
    const visit = this.connect();
    visit.joined(accepted(authid));
    return visit;
  }

  /** Who the browser's cookie says that it is. */
  whoami(): string | null {
    const visit = this.connect();
    const restored = visit.restore(['cookie']);
    visit.end();
    return restored?.authid ?? null;
  }
}

export function accepted(authid: string, more: Partial<Accept> = {}): Accept {
  return {
    kind: 'accept',
    realm: 'realm1',
    authid,
    authrole: 'user',
    authmethod: 'ticket',
    authprovider: 'static',
    authextra: { tenant: 7 },
    ...more,
  };
}
