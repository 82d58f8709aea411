import { type Role, TRUSTED } from './role.ts';

/**
 * What callees and subscribers are told of the trust in a role: nothing on a realm whose roles have no level; as soon
 * as one has, something of each. [WAMP: Call Trust Levels, Publication Trust Levels]
 */
export class TrustLevels {
  /** Of the roles that have one; undefined where none has. */
  readonly #highest: number | undefined;

  constructor(roles: readonly Role[]) {
    const levels = roles.flatMap(({ trustlevel }) => (trustlevel === undefined ? [] : [trustlevel]));
    this.#highest = levels.length === 0 ? undefined : Math.max(...levels);
  }

  /** Whether anything is told. */
  get inUse(): boolean {
    return this.#highest !== undefined;
  }

  /** Its own; of other roles the lowest that there is, and of the router itself as much as of any role. */
  of(role: Role): number | undefined {
    if (role.trustlevel !== undefined || this.#highest === undefined) return role.trustlevel;
    return role === TRUSTED ? this.#highest : 0;
  }
}
