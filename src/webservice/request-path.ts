/**
 * The path of a request target, split at `/`, then percent-decoded, as Twisted does: an encoded slash
 * never makes a new segment. `/a/b%20c?d` gives `['a', 'b c']`, `/` gives `['']`.
 *
 * @returns null for a target without a path (`*`, `host:443`), or with a broken escape or UTF-8
 */
export function requestPath(target: string): string[] | null {
  const path = pathOf(target);
  if (path === null) return null;
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** Segments as an absolute path again, each encoded, so that it is safe in a header and in HTML attributes. */
export function encodePath(segments: readonly string[]): string {
  // A first segment that is empty would make `//host`, which a browser takes for another site.
  const start = segments.findIndex((segment) => segment !== '');
  return start === -1 ? '/' : `/${segments.slice(start).map(encodeURIComponent).join('/')}`;
}

function pathOf(target: string): string | null {
  const end = target.search(/[?#]/);
  const withoutQuery = end === -1 ? target : target.slice(0, end);
  if (withoutQuery.startsWith('/')) return withoutQuery;
  // [RFC 9112 3.2.2] A server must take the absolute form too.
  const absolute = /^https?:\/\/[^/]+(\/.*)?$/i.exec(withoutQuery);
  return absolute === null ? null : (absolute[1] ?? '/');
}
