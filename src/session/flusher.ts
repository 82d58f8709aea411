import type { Outbox } from './outbox.ts';

/**
 * Flushes all outboxes that were written to, once per turn of the event loop: one system call per
 * connection and turn is what makes the router fast (ten times the calls of one write per message).
 */
export class Flusher {
  readonly #dirty: Outbox[] = [];
  readonly #schedule: (flush: () => void) => void;
  #lastQueue: readonly Buffer[] | null = null;
  #lastBytes: Buffer | null = null;

  /** @param schedule runs a function at the end of this turn; `setImmediate` but in tests */
  constructor(schedule: (flush: () => void) => void = setImmediate) {
    this.#schedule = schedule;
  }

  mark(outbox: Outbox): void {
    if (this.#dirty.push(outbox) === 1) this.#schedule(this.#flushAll);
  }

  /**
   * The bytes of a queue of frames. Of a fan-out, many outboxes hold the very same frames: they are
   * joined once, and the one buffer is written to all.
   */
  join(queue: readonly Buffer[]): Buffer {
    if (this.#lastBytes === null || !sameFrames(this.#lastQueue, queue)) {
      this.#lastQueue = queue;
      this.#lastBytes = Buffer.concat(queue);
    }
    return this.#lastBytes;
  }

  readonly #flushAll = (): void => {
    // An outbox that fails while it is flushed may mark others; they are flushed in the same turn.
    for (let at = 0; at < this.#dirty.length; at++) this.#dirty[at]?.flush();
    this.#dirty.length = 0;
    this.#lastQueue = null;
    this.#lastBytes = null;
  };
}

function sameFrames(one: readonly Buffer[] | null, other: readonly Buffer[]): boolean {
  if (one === null || one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
