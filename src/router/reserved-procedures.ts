import { isReservedUri } from '../wamp/uri.ts';
import { TRUSTED } from './role.ts';

/**
 * Procedures that a configuration names as authenticators or authorizers. Whoever registers one receives
 * the credentials of those who log in, or decides what others may do, so nobody may take it over (K27).
 */
export class ReservedProcedures {
  /** Role by procedure; null where the configuration names none. */
  readonly #roles = new Map<string, string | null>();

  /**
   * @param role the one role that may register it, or null: any role with the permission, first come. `trusted` is who
   *   calls it, and no client's role: it says as little as null
   */
  reserve(procedure: string, role: string | null): void {
    const owner = role === TRUSTED.name ? null : role;
    this.#roles.set(procedure, owner ?? this.#roles.get(procedure) ?? null);
  }

  /**
   * Whether calls of it reach those who registered this very URI, and nobody else: no pattern, however wide,
   * gets a call that is meant for an authenticator, an authorizer or the router.
   */
  isExactOnly(procedure: string): boolean {
    return this.#roles.has(procedure) || isReservedUri(procedure);
  }

  /**
   * Whether a session of `authrole` may register it.
   * @param holders the roles of those who hold it now; only the same role may replace or join them
   */
  mayRegister(procedure: string, authrole: string, holders: readonly string[]): boolean {
    const role = this.#roles.get(procedure);
    if (role === undefined || authrole === TRUSTED.name) return true;
    return (role === null || role === authrole) && holders.every((holder) => holder === authrole);
  }
}
