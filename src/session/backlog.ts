interface Write {
  bytes: Buffer | null;
  /** How many bytes the connection has been handed when it is over. */
  readonly end: number;
  next: Write | null;
}

/**
 * What one connection was handed and has not taken. What it has taken is let go with the next write, and nothing refers
 * to it any more, nor one write to the next: what is dead, but old, would keep all behind it until a full collection.
 */
export class Lag {
  #first: Write | null = null;
  #last: Write | null = null;

  /**
   * @param end bytes handed to the connection so far, this write with them
   * @param taken how many of them it has taken
   */
  add(bytes: Buffer, end: number, taken: number): void {
    this.#forget(taken);
    const write: Write = { bytes, end, next: null };
    if (this.#first === null || this.#last === null) this.#first = write;
    else this.#last.next = write;
    this.#last = write;
  }

  /** The memory that is kept for it, once for each write. */
  *memory(taken: number): Generator<ArrayBufferLike> {
    this.#forget(taken);
    for (let write = this.#first; write !== null; write = write.next) {
      if (write.bytes !== null) yield write.bytes.buffer;
    }
  }

  /** Lets go of all. */
  clear(): void {
    this.#forget(Number.POSITIVE_INFINITY);
  }

  #forget(taken: number): void {
    let first = this.#first;
    while (first !== null && first.end <= taken) {
      const { next } = first;
      first.bytes = null;
      first.next = null;
      first = next;
    }
    this.#first = first;
    if (first === null) this.#last = null;
  }
}

/** Somebody who is behind. */
export interface Laggard {
  /** Bytes that wait for it. */
  readonly pending: number;
  /** The memory that is kept for that, once for each write. */
  held(): Iterable<ArrayBufferLike>;
  /** Ends it. */
  shed(): void;
}

/**
 * Bounds what waits for all clients of a worker together: each of them may be within its own bound, and
 * their sum be more than the memory there is. What many are sent is one buffer, and counts once. To count is
 * dear, so it is done only after so much has been added that the bound could be reached.
 */
export class Backlog {
  readonly #limit: number;
  readonly #laggards = new Set<Laggard>();
  /** What was kept when it was counted last, and what has been added since; what went since is still in it. */
  #atMost = 0;
  /** As much may be added until it is counted again. */
  #unchecked = 0;
  #shedding = false;

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Somebody has not taken what it was just handed. */
  add(laggard: Laggard, write: Buffer): void {
    this.#laggards.add(laggard);
    const size = write.buffer.byteLength;
    this.#atMost += size;
    this.#unchecked += size;
    if (this.#atMost > this.#limit && this.#unchecked > this.#limit / 4 && !this.#shedding) this.#check();
  }

  /** It has taken everything, or is gone. */
  remove(laggard: Laggard): void {
    if (!this.#laggards.delete(laggard) || this.#laggards.size > 0) return;
    this.#atMost = 0;
    this.#unchecked = 0;
  }

  #check(): void {
    const kept = new Map<ArrayBufferLike, number>();
    for (const laggard of this.#laggards) {
      for (const buffer of laggard.held()) kept.set(buffer, (kept.get(buffer) ?? 0) + 1);
    }
    let size = 0;
    for (const buffer of kept.keys()) size += buffer.byteLength;
    this.#unchecked = 0;
    this.#atMost = size;
    // A quarter may come until the next look.
    if (size <= 0.75 * this.#limit) return;
    this.#shedding = true;
    for (const laggard of [...this.#laggards].sort((one, other) => other.pending - one.pending)) {
      if (size <= 0.5 * this.#limit) break;
      for (const buffer of laggard.held()) {
        const others = (kept.get(buffer) ?? 1) - 1;
        kept.set(buffer, others);
        if (others === 0) size -= buffer.byteLength;
      }
      laggard.shed();
    }
    this.#shedding = false;
    this.#atMost = size;
  }
}
