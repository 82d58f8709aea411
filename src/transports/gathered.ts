import { PAGES, type Page } from '../session/page-pool.ts';

/** Shorter messages are put together in memory of their own: many connections may stop in the middle of one. */
const LONG = 8 * 1024;

/** Memory in which one message is put together that comes in pieces. It belongs to whoever made it, until `release`. */
export class Gathered {
  /** As long as was asked for, or longer. */
  readonly bytes: Buffer;
  #page: Page | null;

  constructor(size: number) {
    this.#page = size > LONG ? PAGES.take(size) : null;
    this.bytes = this.#page?.bytes ?? Buffer.allocUnsafe(size);
  }

  /** Nothing reads or writes it any more. */
  release(): void {
    if (this.#page !== null) PAGES.give(this.#page);
    this.#page = null;
  }
}
