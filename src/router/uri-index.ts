import { LIMITS } from '../wamp/limits.ts';
import { PrefixTree } from '../wamp/prefix-tree.ts';
import type { Match } from '../wamp/uri.ts';
import { WildcardTree } from '../wamp/wildcard-tree.ts';

/** What a session is told whose pattern would make look-ups slow. */
export const NO_ROOM = `a realm may hold wildcard patterns of ${LIMITS.wildcardShapes} shapes`;

/**
 * What is registered or subscribed, by matching policy and URI. No look-up costs more because there are
 * more entries, and nothing is remembered that a client could make up.
 * [WAMP: Pattern-based Registrations, Pattern-based Subscription]
 */
export class UriIndex<T extends object> {
  readonly #entries: Readonly<Record<Match, Map<string, T>>> = {
    exact: new Map(),
    prefix: new Map(),
    wildcard: new Map(),
  };
  readonly #exact = this.#entries.exact;
  readonly #prefixes = new PrefixTree<T>();
  readonly #wildcards = new WildcardTree<T>();
  /** What `exact` found last: each message looks twice, for its authorization and for its way. */
  #lastUri: string | null = null;
  #last: T | undefined;

  get size(): number {
    return this.#exact.size + this.#entries.prefix.size + this.#entries.wildcard.size;
  }

  /** Whether there is anything but exact entries. */
  get hasPatterns(): boolean {
    return !(this.#prefixes.isEmpty && this.#wildcards.isEmpty);
  }

  /** Whether one more entry may be added without making look-ups slow. */
  hasRoom(match: Match, uri: string): boolean {
    return match !== 'wildcard' || this.#wildcards.hasRoom(uri);
  }

  /** The entry of this very URI or pattern. */
  get(match: Match, uri: string): T | undefined {
    return this.#entries[match].get(uri);
  }

  set(match: Match, uri: string, value: T): void {
    this.#lastUri = null;
    this.#entries[match].set(uri, value);
    if (match === 'prefix') this.#prefixes.set(uri, value);
    else if (match === 'wildcard') this.#wildcards.set(uri, value);
  }

  delete(match: Match, uri: string): void {
    this.#lastUri = null;
    this.#last = undefined;
    if (!this.#entries[match].delete(uri)) return;
    if (match === 'prefix') this.#prefixes.delete(uri);
    else if (match === 'wildcard') this.#wildcards.delete(uri);
  }

  /** The entries of one policy, the oldest first. */
  entries(match: Match): Iterable<T> {
    return this.#entries[match].values();
  }

  /** The exact entry of a URI: `get('exact', uri)`, for the path of each message. */
  exact(uri: string): T | undefined {
    if (uri === this.#lastUri) return this.#last;
    const found = this.#exact.get(uri);
    if (found === undefined) return undefined;
    this.#lastUri = uri;
    this.#last = found;
    return found;
  }

  /** For calls: the exact entry, else the longest prefix, else the most specific wildcard. */
  best(uri: string): T | undefined {
    const exact = this.exact(uri);
    if (exact !== undefined || !this.hasPatterns) return exact;
    const prefix = this.#prefixes.longest(uri);
    if (prefix !== undefined || this.#wildcards.isEmpty) return prefix;
    return this.#wildcards.best(uri);
  }

  /** For publications: every pattern that matches; prefixes, the shortest first, then wildcards, the most specific first. */
  patterns(uri: string): T[] {
    const found: T[] = [];
    this.#prefixes.collect(uri, found);
    if (!this.#wildcards.isEmpty) this.#wildcards.collect(uri, found);
    return found;
  }
}
