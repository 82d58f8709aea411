import type { Realm } from './realm.ts';

/** The realms of a worker. */
export class Router {
  readonly #realms = new Map<string, Realm>();

  add(realm: Realm): void {
    this.#realms.set(realm.name, realm);
  }

  realm(name: string): Realm | undefined {
    return this.#realms.get(name);
  }

  realms(): Iterable<Realm> {
    return this.#realms.values();
  }
}
