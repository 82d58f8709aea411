/** Cookies as HTTP headers. [RFC 6265 4.1, 4.2] */

/** What of a cookie is the same for all browsers. */
export interface CookieAttributes {
  readonly name: string;
  /** Seconds. */
  readonly maxAge: number;
  readonly secure: boolean;
  /** Crossbar: `http_strict`. */
  readonly httpOnly: boolean;
  readonly sameSite: 'Strict' | 'Lax' | 'None' | null;
  readonly domain: string | null;
  readonly path: string | null;
}

/** Values of one name that are looked at: a browser may hold it for several paths and domains. */
const MOST_VALUES = 8;

/**
 * The values that a Cookie header has for a name, the most specific path first, as browsers order them.
 * A library would give one of them, and read all the others for nothing.
 */
export function cookieValues(header: string | undefined, name: string): readonly string[] {
  const values: string[] = [];
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    const value = pair.slice(equals + 1).trim();
    values.push(/^"(.*)"$/.exec(value)?.[1] ?? value);
    if (values.length === MOST_VALUES) break;
  }
  return values;
}

/** The value of a Set-Cookie header, in Crossbar's words; `Domain` and `Path` are ours, and come last. */
export function setCookie(id: string, attributes: CookieAttributes): string {
  const { name, maxAge, secure, httpOnly, sameSite, domain, path } = attributes;
  return [
    `${name}=${id}`,
    `max-age=${maxAge}`,
    ...(secure ? ['Secure'] : []),
    ...(httpOnly ? ['HttpOnly'] : []),
    ...(sameSite === null ? [] : [`SameSite=${sameSite}`]),
    ...(domain === null ? [] : [`Domain=${domain}`]),
    ...(path === null ? [] : [`Path=${path}`]),
  ].join(';');
}
