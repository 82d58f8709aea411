import type { CookieRecord } from '../auth/cookie-store.ts';

/** Cookies in memory, at most `limit`: beyond it the oldest goes, first those without a login. */
export class CookieTable {
  readonly #limit: number;
  readonly #strangers = new Map<string, CookieRecord>();
  readonly #logins = new Map<string, CookieRecord>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#strangers.size + this.#logins.size;
  }

  get(id: string): CookieRecord | null {
    return this.#logins.get(id) ?? this.#strangers.get(id) ?? null;
  }

  /** Returns the one that had to go, if any. */
  put(record: CookieRecord): CookieRecord | null {
    this.delete(record.id);
    (record.login === null ? this.#strangers : this.#logins).set(record.id, record);
    if (this.size <= this.#limit) return null;
    const [oldest] = this.#strangers.size > 0 ? this.#strangers.values() : this.#logins.values();
    if (oldest === undefined) return null;
    this.delete(oldest.id);
    return oldest;
  }

  delete(id: string): boolean {
    return this.#strangers.delete(id) || this.#logins.delete(id);
  }

  *values(): Iterable<CookieRecord> {
    yield* this.#strangers.values();
    yield* this.#logins.values();
  }
}
