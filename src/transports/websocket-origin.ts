/** Who may open a WebSocket from a browser. Crossbar: `allowed_origins`, `allow_null_origin`. */
export interface OriginRules {
  /** `*` stands for any characters. */
  readonly allowedOrigins: readonly string[];
  readonly allowNullOrigin: boolean;
}

const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['http:', '80'],
  ['https:', '443'],
  ['ws:', '80'],
  ['wss:', '443'],
]);

/**
 * Whether an Origin header is let in; a missing one is for the caller to judge. As in Crossbar,
 * patterns see the origin with its port, always; ours also see it without one that goes without
 * saying, so that `https://example.com` means what it says.
 */
export function isAllowedOrigin(header: string, rules: OriginRules): boolean {
  const origin = parseOrigin(header);
  if (origin === null) return false;
  if (origin === 'null') return rules.allowNullOrigin;
  return rules.allowedOrigins.some((pattern) => origin.some((form) => matchesWildcard(form, pattern.toLowerCase())));
}

/** Origins of nobody (RFC 2606): a pattern that lets them in lists nobody in particular. */
const NOBODYS = ['http://nobody.invalid', 'https://nobody.invalid'].flatMap((origin) => [
  origin,
  `${origin}:80`,
  `${origin}:443`,
  `${origin}:8080`,
]);

/** Those of some patterns that list somebody in particular. */
export function listedPatterns(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => !NOBODYS.some((nobody) => matchesWildcard(nobody, pattern)));
}

/**
 * Whether cookies count for a request (K19): it comes from a page of our own host, or of an origin that
 * `allowed_origins` lists, or not from a browser at all, which always says where a page comes from. Else any
 * page in the world could act as whoever visits it. Hosts are compared without their ports, for browsers send
 * cookies to all ports of a host. A plain page is not of the same host as an encrypted router: anybody on
 * the way may have changed it.
 */
export function cookiesCount(headers: Readonly<Record<string, string>>, rules: OriginRules, secure: boolean): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  const forms = parseOrigin(origin);
  if (forms === null || forms === 'null') return false;
  const listed = listedPatterns(rules.allowedOrigins);
  if (listed.some((pattern) => forms.some((form) => matchesWildcard(form, pattern.toLowerCase())))) return true;
  const page = new URL(origin.trim());
  if (secure && page.protocol !== 'https:') return false;
  return host !== undefined && URL.canParse(`http://${host}`) && new URL(`http://${host}`).hostname === page.hostname;
}

/** The forms of an origin that patterns see; `'null'` for opaque ones; null where it is not an origin. */
function parseOrigin(header: string): readonly string[] | 'null' | null {
  const text = header.trim().toLowerCase();
  if (text === 'null' || text.startsWith('file:')) return 'null';
  // An origin is scheme://host[:port]. Path, user or query would let a pattern match what is no host.
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@\\]+$/.test(text)) return null;
  if (!URL.canParse(text)) return null;
  const { protocol } = new URL(text);
  const authority = text.slice(protocol.length + 2);
  const explicit = /:(\d{1,5})$/.exec(authority);
  const host = explicit === null ? authority : authority.slice(0, explicit.index);
  const usual = DEFAULT_PORTS.get(protocol);
  const port = explicit?.[1] ?? usual ?? 'none';
  const full = `${protocol}//${host}:${port}`;
  return port === usual ? [full, `${protocol}//${host}`] : [full];
}

/** Linear in practice and never exponential: goes back to the last `*` only. */
function matchesWildcard(text: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++;
      resume = at;
    } else if (inPattern < pattern.length && pattern[inPattern] === text[at]) {
      inPattern += 1;
      at += 1;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}
