import { FrameChain } from './frame-chain.ts';
import type { Outbox } from './outbox.ts';

/**
 * Flushes all outboxes that were written to, once per turn of the event loop: one system call per
 * connection and turn is what makes the router fast (ten times the calls of one write per message).
 */
export class Flusher {
  readonly #dirty: Outbox[] = [];
  readonly #schedule: (flush: () => void) => void;
  /** Where the queues of this turn begin. */
  readonly queue = FrameChain.start();

  /** @param schedule runs a function at the end of this turn; `setImmediate` but in tests */
  constructor(schedule: (flush: () => void) => void = setImmediate) {
    this.#schedule = schedule;
  }

  mark(outbox: Outbox): void {
    if (this.#dirty.push(outbox) === 1) this.#schedule(this.#flushAll);
  }

  readonly #flushAll = (): void => {
    // An outbox that fails while it is flushed may mark others; they are flushed in the same turn.
    for (let at = 0; at < this.#dirty.length; at++) this.#dirty[at]?.flush();
    this.#dirty.length = 0;
    this.queue.release();
  };
}
