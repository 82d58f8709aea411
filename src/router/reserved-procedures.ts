/**
 * Procedures that a configuration names as authenticators. Whoever registers one receives the
 * credentials of those who log in, so nobody may take it over (K27).
 */
export class ReservedProcedures {
  /** Role by procedure; null where the configuration names none. */
  readonly #roles = new Map<string, string | null>();

  /** @param role the one role that may register it, or null: any role with the permission, first come */
  reserve(procedure: string, role: string | null): void {
    this.#roles.set(procedure, role ?? this.#roles.get(procedure) ?? null);
  }

  /**
   * Whether a session of `authrole` may register it.
   * @param holder the role of who holds it now, or null; only the same role may replace it
   */
  mayRegister(procedure: string, authrole: string, holder: string | null): boolean {
    const role = this.#roles.get(procedure);
    if (role === undefined || authrole === 'trusted') return true;
    return (role === null || role === authrole) && (holder === null || holder === authrole);
  }
}
