import type { CookieVisit } from './cookie-visit.ts';

/** The connections that there are of the cookies of one store. */
export class CookieVisits {
  readonly #byId = new Map<string, Set<CookieVisit>>();
  readonly #issued = new Map<string, CookieVisit>();

  /** Ids that have a connection; 0 when nothing is left behind. */
  get size(): number {
    return this.#byId.size;
  }

  add(id: string, visit: CookieVisit): void {
    const known = this.#byId.get(id);
    if (known === undefined) this.#byId.set(id, new Set([visit]));
    else known.add(visit);
  }

  remove(id: string, visit: CookieVisit): void {
    const known = this.#byId.get(id);
    known?.delete(visit);
    if (known?.size === 0) this.#byId.delete(id);
  }

  /** The connections that carry a cookie. */
  of(id: string): readonly CookieVisit[] {
    return [...(this.#byId.get(id) ?? [])];
  }

  addIssued(id: string, visit: CookieVisit): void {
    this.#issued.set(id, visit);
  }

  removeIssued(id: string): void {
    this.#issued.delete(id);
  }

  /** The connection whose answer gave that id to a browser, while it lasts. */
  issuedTo(id: string): CookieVisit | null {
    return this.#issued.get(id) ?? null;
  }
}
