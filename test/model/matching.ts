/** Which patterns match and who receives, by brute force: the second opinion to trees and sets. */
import type { Match } from '../../src/wamp/uri.ts';

export interface Pattern {
  readonly match: Match;
  readonly uri: string;
}

export function matches({ match, uri }: Pattern, name: string): boolean {
  if (match === 'exact') return uri === name;
  if (match === 'prefix') return name.startsWith(uri);
  const [wanted, there] = [uri.split('.'), name.split('.')];
  return wanted.length === there.length && wanted.every((component, at) => component === '' || component === there[at]);
}

/** What matches `name`: the exact one, prefixes (the shortest first), wildcards (the most specific first). */
export function matching<P extends Pattern>(patterns: readonly P[], name: string): P[] {
  const found = (match: Match) => patterns.filter((pattern) => pattern.match === match && matches(pattern, name));
  return [
    ...found('exact'),
    ...found('prefix').sort((a, b) => a.uri.length - b.uri.length),
    // All have as many components as `name`, so where one has a literal and the other has not decides.
    ...found('wildcard').sort((a, b) => (literals(a) < literals(b) ? 1 : -1)),
  ];
}

/** [WAMP: Pattern-based Registrations] Exact, else the longest prefix, else the most specific wildcard. */
export function bestMatch<P extends Pattern>(patterns: readonly P[], name: string): P | undefined {
  const all = matching(patterns, name);
  const of = (match: Match) => all.filter((pattern) => pattern.match === match);
  return of('exact')[0] ?? of('prefix').at(-1) ?? of('wildcard')[0];
}

function literals({ uri }: Pattern): string {
  return uri
    .split('.')
    .map((component) => (component === '' ? '0' : '1'))
    .join('');
}
