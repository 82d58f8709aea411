import { PrefixTree } from './prefix-tree.ts';
import type { Match } from './uri.ts';
import { WildcardTree } from './wildcard-tree.ts';

/**
 * Values by URI pattern, of which one counts for a URI: an exact one; else the most specific wildcard that matches (the
 * longest portion before its first wildcard, then before its second …); else the longest prefix. Nothing is remembered of
 * the URIs that are looked up: that costs their length, whatever there is in the table.
 */
export class PatternTable<T extends object> {
  readonly #exact = new Map<string, T>();
  readonly #prefixes = new PrefixTree<T>();
  readonly #wildcards = new WildcardTree<T>();

  set(uri: string, match: Match, value: T): void {
    if (match === 'exact') this.#exact.set(uri, value);
    else if (match === 'prefix') this.#prefixes.set(uri, value);
    else this.#wildcards.set(uri, value);
  }

  best(uri: string): T | undefined {
    const exact = this.#exact.get(uri);
    if (exact !== undefined) return exact;
    const wildcard = this.#wildcards.isEmpty ? undefined : this.#wildcards.best(uri);
    return wildcard ?? this.#prefixes.longest(uri);
  }
}

/**
 * Crossbar's starred URIs, for entries without `match`: no star is exact; one star at the end is a
 * prefix; anything else is a wildcard whose stars are empty components.
 */
export function parseStarredUri(uri: string): { uri: string; match: Match } {
  const star = uri.indexOf('*');
  if (star < 0) return { uri, match: 'exact' };
  if (star === uri.length - 1) return { uri: uri.slice(0, -1), match: 'prefix' };
  return { uri: uri.replaceAll('*', ''), match: 'wildcard' };
}
