import { isReservedUri } from '../wamp/uri.ts';
import { TRUSTED } from './role.ts';

/**
 * Procedures that a configuration names as authenticators or authorizers. Whoever registers one receives
 * the credentials of those who log in, or decides what others may do, so nobody may take it over (K27).
 */
export class ReservedProcedures {
  /** Roles by procedure; empty where the configuration names none. */
  readonly #roles = new Map<string, Set<string>>();

  /**
   * @param role a role that may register it, beside those of other places that name it; null: this place names none.
   *   Where none does, any role with the permission may, first come. `trusted` is who calls it, and no client's role: it
   *   says as little as null
   */
  reserve(procedure: string, role: string | null): void {
    const roles = this.#roles.get(procedure) ?? new Set();
    if (role !== null && role !== TRUSTED.name) roles.add(role);
    this.#roles.set(procedure, roles);
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
    const roles = this.#roles.get(procedure);
    if (roles === undefined || authrole === TRUSTED.name) return true;
    return (roles.size === 0 || roles.has(authrole)) && holders.every((holder) => holder === authrole);
  }
}
