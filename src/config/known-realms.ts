import { closest } from './closest.ts';
import { errorAt, type Finding } from './finding.ts';
import { textOf, type WorkerOutline } from './outline.ts';
import { type Path, quote } from './problem.ts';

/** The realms of a worker and their roles, to hold names against. */
export class KnownRealms {
  readonly #roles = new Map<string, Set<string>>();

  constructor({ realms }: WorkerOutline) {
    for (const realm of realms) {
      const name = textOf(realm, 'name');
      if (name === null) continue;
      // A realm given twice is another problem: roles of both count.
      const roles = this.#roles.get(name) ?? new Set();
      for (const role of realm.roles.flatMap((item) => textOf(item, 'name') ?? [])) roles.add(role);
      this.#roles.set(name, roles);
    }
  }

  /** Names of the realms that have the role. */
  having(role: string): string[] {
    return [...this.#roles].flatMap(([realm, roles]) => (roles.has(role) ? [realm] : []));
  }

  /** @param path where the name stands */
  checkRealm(name: string, path: Path): Finding[] {
    if (this.#roles.has(name)) return [];
    return [errorAt(path, `this worker has no realm ${quote(name)}${suggestion(name, this.#roles.keys())}`)];
  }

  /**
   * @param realm null where any realm of the worker will do; one that does not exist is another problem
   * @param path where the role's name stands
   */
  checkRole(role: string, realm: string | null, path: Path): Finding[] {
    if (realm === null) {
      if (this.having(role).length > 0) return [];
      const known = [...this.#roles.values()].flatMap((roles) => [...roles]);
      return [errorAt(path, `no realm of this worker has a role ${quote(role)}${suggestion(role, known)}`)];
    }
    const roles = this.#roles.get(realm);
    if (roles === undefined || roles.has(role)) return [];
    return [errorAt(path, `the realm ${quote(realm)} has no role ${quote(role)}${suggestion(role, roles)}`)];
  }
}

function suggestion(name: string, known: Iterable<string>): string {
  const meant = closest(name, [...known]);
  return meant === null ? '' : `; did you mean ${quote(meant)}?`;
}
