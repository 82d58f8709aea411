const NOTHING = Buffer.alloc(0);

/**
 * Frames that wait to be written, in their order: this one behind those of the chain before it. Of a fan-out, the
 * queues of many connections hold the very same frames. They share one chain: to queue a frame then costs a
 * comparison, and the bytes of all are joined once.
 */
export class FrameChain {
  /** Bytes of all its frames. */
  readonly size: number;
  readonly #before: FrameChain | null;
  readonly #frame: Buffer;
  /** What was queued behind it last: the next queue that is alike goes on there. */
  #next: FrameChain | null = null;
  #bytes: Buffer | null = null;

  private constructor(before: FrameChain | null, frame: Buffer) {
    this.size = before === null ? 0 : before.size + frame.length;
    this.#before = before;
    this.#frame = frame;
  }

  /** A chain without frames, where queues begin. */
  static start(): FrameChain {
    return new FrameChain(null, NOTHING);
  }

  /** This chain, and one more frame. */
  append(frame: Buffer): FrameChain {
    const next = this.#next;
    if (next !== null && next.#frame === frame) return next;
    const chain = new FrameChain(this, frame);
    this.#next = chain;
    return chain;
  }

  /** All its frames, as one. */
  get bytes(): Buffer {
    if (this.size === this.#frame.length) return this.#frame;
    if (this.#bytes === null) {
      const bytes = Buffer.allocUnsafe(this.size);
      for (let chain: FrameChain = this; chain.#before !== null; chain = chain.#before) {
        chain.#frame.copy(bytes, chain.#before.size);
      }
      this.#bytes = bytes;
    }
    return this.#bytes;
  }

  /** Lets go of what was queued behind it; queues that have it keep it. */
  release(): void {
    this.#next = null;
  }
}
