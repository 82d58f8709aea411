import { type ClientAuth, type ClientCookies, unexpectedChallenge } from '../client-auth.ts';

const NAME = 'cookie';

/** [RFC 6265, 4.1.1] A name and a value: all that a client gives back. */
const PAIR = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=([^;\s]*)/;
const ENDED = /;\s*max-age\s*=\s*-?0*(?:;|\s*$)|;\s*max-age\s*=\s*-/i;

/**
 * The cookies of one router: an empty value is filled by the first login, and brings the client back with the
 * next one. Nothing is kept apart by host or path, so use one value for each router.
 */
export class CookieKeeper implements ClientCookies {
  readonly #values = new Map<string, string>();

  /** @param cookies known already, as in the header `Cookie`: `cbtid=…` */
  constructor(cookies = '') {
    for (const pair of cookies.split(';')) this.take([pair]);
  }

  header(): string | null {
    return this.#values.size === 0 ? null : [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  take(setCookies: readonly string[]): void {
    for (const text of setCookies) {
      const [, name, value] = PAIR.exec(text) ?? [];
      if (name === undefined || value === undefined) continue;
      if (ENDED.test(text)) this.#values.delete(name);
      else this.#values.set(name, value);
    }
  }
}

/**
 * Comes back by a cookie that an earlier login was given; over WebSocket. Beside other authmethods it is
 * the one tried first, and the others make the login that the cookie is kept for.
 *
 * @example
 * const cookies = new CookieKeeper();
 * const auth = [cookie(cookies), ticket('123secret')];
 * const first = await connect({ url, realm: 'realm1', authid: 'joe', auth }); // by ticket
 * const second = await connect({ url, realm: 'realm1', auth: cookie(cookies) }); // by cookie
 */
export function cookie(cookies: ClientCookies): ClientAuth {
  return { method: NAME, cookies, begin: () => ({ answer: () => unexpectedChallenge(NAME) }) };
}
