/**
 * Static permissions of a role, compiled: Crossbar's `roles[].permissions`.
 *
 * Which entry decides: an exact one; else the most specific wildcard that matches (the longest portion
 * before its first wildcard, then before its second …); else the longest prefix; else nothing is allowed.
 * Crossbar means the same, but there an exact entry `com.a` hides a prefix `com.` from `com.ab`, and a
 * wildcard that begins or ends with an empty component never matches; here both work.
 *
 * SUBSCRIBE and REGISTER of a pattern need all of its URIs to be allowed. Crossbar decides about the
 * pattern as if it were a URI, so that an entry which denies one topic is got round by a wider pattern.
 */
import type { Dict } from '../wamp/dict.ts';
import { LIMITS } from '../wamp/limits.ts';
import { PatternTable } from '../wamp/pattern-table.ts';
import type { Match } from '../wamp/uri.ts';
import { ACTIONS, type Action, type Authorization, type Authorizer, DENIED, type PeerInfo } from './authorizer.ts';
import { Overlaps } from './overlaps.ts';

export interface Permission {
  readonly uri: string;
  readonly match: Match;
  readonly allow: Readonly<Record<Action, boolean>>;
  /** Whether callees learn the caller, and subscribers the publisher. */
  readonly disclose: { readonly caller: boolean; readonly publisher: boolean };
}

/** Which permission decides, and about what. */
export interface Explanation {
  readonly authorization: Authorization;
  /** Index of the permission; null: none is for it, so it is denied. */
  readonly permission: number | null;
  /** The URI that was decided about. Of a pattern: one that is denied, or one that stands for all. */
  readonly uri: string;
}

interface Rule {
  readonly index: number;
  readonly decisions: Readonly<Record<Action, Authorization>>;
}

function ruleOf({ allow, disclose }: Permission, index: number): Rule {
  return {
    index,
    decisions: {
      call: { allow: allow.call, disclose: disclose.caller },
      register: { allow: allow.register, disclose: false },
      publish: { allow: allow.publish, disclose: disclose.publisher },
      subscribe: { allow: allow.subscribe, disclose: false },
    },
  };
}

export class StaticPermissions implements Authorizer {
  readonly constant = true;
  readonly #rules = new PatternTable<Rule>();
  /** Entries that deny, by action. */
  readonly #denied: Readonly<Record<Action, Overlaps>>;

  constructor(permissions: readonly Permission[]) {
    const names = namesBeside(permissions);
    const denied = (): Overlaps => new Overlaps(names);
    this.#denied = { call: denied(), register: denied(), publish: denied(), subscribe: denied() };
    for (const [index, permission] of permissions.entries()) this.#add(permission, index);
  }

  authorize(_peer: PeerInfo, action: Action, uri: string, options: Dict): Authorization {
    const match = (action === 'subscribe' || action === 'register') && options['match'];
    if (match === 'prefix' || match === 'wildcard') return this.explain(action, uri, match).authorization;
    return this.#rules.best(uri)?.decisions[action] ?? DENIED;
  }

  /** The same decision, with its reason. */
  explain(action: Action, uri: string, match: Match): Explanation {
    const denied = this.#denied[action];
    const asWhole = this.#explain(action, denied.typical(uri, match));
    if (match === 'exact' || !asWhole.authorization.allow) return asWhole;
    for (const shared of denied.with(uri, match)) {
      const explanation = this.#explain(action, shared);
      if (!explanation.authorization.allow) return explanation;
    }
    return asWhole;
  }

  #explain(action: Action, uri: string): Explanation {
    const rule = this.#rules.best(uri);
    return { authorization: rule?.decisions[action] ?? DENIED, permission: rule?.index ?? null, uri };
  }

  #add(permission: Permission, index: number): void {
    const { uri, match, allow } = permission;
    this.#rules.set(uri, match, ruleOf(permission, index));
    for (const action of ACTIONS) if (!allow[action]) this.#denied[action].add(uri, match);
  }
}

/** A component and numbers of components that none of the entries speaks of. */
function namesBeside(permissions: readonly Permission[]): ConstructorParameters<typeof Overlaps>[0] {
  const characters = new Set(permissions.flatMap(({ uri }) => [...uri]));
  const taken = new Set(permissions.flatMap(({ uri, match }) => (match === 'wildcard' ? [uri.split('.').length] : [])));
  let any = '…';
  for (let code = 0x3b1; characters.has(any); code++) any = String.fromCodePoint(code);
  const freeLength = (from: number): number => {
    let length = from;
    while (length <= LIMITS.uriComponents && taken.has(length)) length++;
    return length;
  };
  return { any, freeLength };
}

/** Decides the same for every URI: `allow-by-default`, and the router's own sessions. */
export class UniformPermissions implements Authorizer {
  readonly #decision: Authorization;

  constructor(allow: boolean, disclose: boolean) {
    this.#decision = { allow, disclose };
  }

  authorize(): Authorization {
    return this.#decision;
  }
}
