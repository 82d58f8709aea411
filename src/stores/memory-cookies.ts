import type { CookieRecord, CookieStore } from '../auth/cookie-store.ts';
import { CookieTable } from './cookie-table.ts';

/** Cookies that last as long as the process. Crossbar: the cookie store `memory`. */
export class MemoryCookies implements CookieStore {
  readonly writable = true;
  readonly #table: CookieTable;

  /** @param limit how many; beyond it the oldest goes */
  constructor(limit: number) {
    this.#table = new CookieTable(limit);
  }

  async open(): Promise<void> {}

  get(id: string): CookieRecord | null {
    return this.#table.get(id);
  }

  async put(record: CookieRecord): Promise<void> {
    this.#table.put(record);
  }

  async delete(id: string): Promise<void> {
    this.#table.delete(id);
  }

  async close(): Promise<void> {}
}
