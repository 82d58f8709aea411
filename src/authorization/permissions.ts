/**
 * Static permissions of a role, compiled: Crossbar's `roles[].permissions`.
 *
 * Which entry decides: an exact one; else the most specific wildcard that matches (most literal
 * components first); else the longest prefix; else nothing is allowed. Crossbar means the same, but
 * there an exact entry `com.a` hides a prefix `com.` from `com.ab`, and a wildcard that begins or ends
 * with an empty component never matches; here both work.
 */
import type { Match } from '../wamp/uri.ts';
import { type Action, type Authorization, type Authorizer, DENIED, type PeerInfo } from './authorizer.ts';

export interface Permission {
  readonly uri: string;
  readonly match: Match;
  readonly allow: Readonly<Record<Action, boolean>>;
  /** Whether callees learn the caller, and subscribers the publisher. */
  readonly disclose: { readonly caller: boolean; readonly publisher: boolean };
}

/** Decisions remembered per role and action; beyond it they are worked out anew. Stops a client from filling memory with made-up URIs. */
const REMEMBERED = 10_000;

type Decisions = Readonly<Record<Action, Authorization>>;

interface Wildcard {
  /** Literal components by position; '' matches any. */
  readonly components: readonly string[];
  readonly literals: number;
  readonly decisions: Decisions;
}

function decisionsOf({ allow, disclose }: Permission): Decisions {
  return {
    call: { allow: allow.call, disclose: disclose.caller },
    register: { allow: allow.register, disclose: false },
    publish: { allow: allow.publish, disclose: disclose.publisher },
    subscribe: { allow: allow.subscribe, disclose: false },
  };
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

export class StaticPermissions implements Authorizer {
  readonly #exact = new Map<string, Decisions>();
  readonly #prefix = new Map<string, Decisions>();
  /** Lengths of prefixes, longest first. */
  readonly #prefixLengths: readonly number[];
  /** By number of components; most literals first, then the leftmost literal. */
  readonly #wildcard = new Map<number, Wildcard[]>();
  readonly #remembered: Readonly<Record<Action, Map<string, Authorization>>> = {
    call: new Map(),
    register: new Map(),
    publish: new Map(),
    subscribe: new Map(),
  };

  constructor(permissions: readonly Permission[]) {
    for (const permission of permissions) this.#add(permission);
    this.#prefixLengths = [...new Set([...this.#prefix.keys()].map((uri) => uri.length))].sort((a, b) => b - a);
    for (const patterns of this.#wildcard.values()) patterns.sort(bySpecificity);
  }

  authorize(_peer: PeerInfo, action: Action, uri: string): Authorization {
    const remembered = this.#remembered[action];
    const known = remembered.get(uri);
    if (known !== undefined) return known;
    const decision = this.#decide(uri)?.[action] ?? DENIED;
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(uri, decision);
    return decision;
  }

  #add(permission: Permission): void {
    const decisions = decisionsOf(permission);
    if (permission.match === 'exact') this.#exact.set(permission.uri, decisions);
    else if (permission.match === 'prefix') this.#prefix.set(permission.uri, decisions);
    else {
      const components = permission.uri.split('.');
      const patterns = this.#wildcard.get(components.length) ?? [];
      patterns.push({ components, literals: components.filter((component) => component !== '').length, decisions });
      this.#wildcard.set(components.length, patterns);
    }
  }

  #decide(uri: string): Decisions | undefined {
    return this.#exact.get(uri) ?? this.#decideByWildcard(uri) ?? this.#decideByPrefix(uri);
  }

  #decideByWildcard(uri: string): Decisions | undefined {
    if (this.#wildcard.size === 0) return undefined;
    const components = uri.split('.');
    const patterns = this.#wildcard.get(components.length);
    return patterns?.find((pattern) => matches(pattern.components, components))?.decisions;
  }

  #decideByPrefix(uri: string): Decisions | undefined {
    for (const length of this.#prefixLengths) {
      if (length > uri.length) continue;
      const decisions = this.#prefix.get(uri.slice(0, length));
      if (decisions !== undefined) return decisions;
    }
    return undefined;
  }
}

function matches(pattern: readonly string[], components: readonly string[]): boolean {
  return pattern.every((literal, at) => (literal === '' ? components[at] !== '' : literal === components[at]));
}

function bySpecificity(one: Wildcard, other: Wildcard): number {
  if (one.literals !== other.literals) return other.literals - one.literals;
  const at = one.components.findIndex((component, index) => (component === '') !== (other.components[index] === ''));
  if (at < 0) return 0;
  return one.components[at] === '' ? 1 : -1;
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
