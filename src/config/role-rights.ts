/** What a role may do by its static permissions, as far as they can be read. */
import { PatternTable, parseStarredUri } from '../wamp/pattern-table.ts';
import type { Match } from '../wamp/uri.ts';
import { type Item, itemAt, itemsIn, textOf } from './outline.ts';

export const ACTIONS = ['call', 'register', 'publish', 'subscribe'] as const;
export type Action = (typeof ACTIONS)[number];

/** A right that one role has and another has not. */
export interface Surplus {
  readonly action: Action;
  /** As an entry of either role has it. */
  readonly uri: string;
}

/** An entry of `permissions`. */
interface Entry {
  readonly written: string;
  readonly uri: string;
  readonly match: Match;
  readonly allow: Item['fields'];
}

/** Stands for a component that no entry names. */
const ANY = '…';

const EVERYTHING: Entry = {
  written: '*',
  uri: '',
  match: 'prefix',
  allow: Object.fromEntries(ACTIONS.map((action) => [action, true])),
};

export class RoleRights {
  readonly #entries: readonly Entry[];
  readonly #table = new PatternTable<Entry>();

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    for (const entry of entries) this.#table.set(entry.uri, entry.match, entry);
  }

  /** null where somebody else decides, case by case. */
  static of(role: Item): RoleRights | null {
    const { permissions, authorizer } = role.fields;
    if (authorizer !== undefined) return null;
    if (permissions !== undefined) return new RoleRights(itemsIn(role, 'permissions').flatMap(entryOf));
    return new RoleRights(role.fields['allow-by-default'] === true ? [EVERYTHING] : []);
  }

  allows(action: Action, uri: string): boolean {
    return this.#table.best(uri)?.allow[action] === true;
  }

  /**
   * What this role may and the other may not. Looked for at one typical URI of each entry of both, so that what is found is
   * so, and what would need a URI that several entries share is not found.
   */
  beyond(other: RoleRights): Surplus | null {
    for (const { written, uri, match } of [...this.#entries, ...other.#entries]) {
      const typical = typicalOf(uri, match);
      const action = ACTIONS.find((name) => this.allows(name, typical) && !other.allows(name, typical));
      if (action !== undefined) return { action, uri: written };
    }
    return null;
  }
}

function entryOf(permission: Item): Entry[] {
  const written = textOf(permission, 'uri');
  if (written === null) return [];
  const said = textOf(permission, 'match');
  const match = MATCHES.find((name) => name === said);
  const allow = itemAt(permission, 'allow')?.fields ?? {};
  return [{ written, ...(match === undefined ? parseStarredUri(written) : { uri: written, match }), allow }];
}

const MATCHES: readonly Match[] = ['exact', 'prefix', 'wildcard'];

function typicalOf(uri: string, match: Match): string {
  if (match === 'exact') return uri;
  if (match === 'prefix') return `${uri}${ANY}`;
  return uri
    .split('.')
    .map((component) => component || ANY)
    .join('.');
}
