import type { FrameTarget, LinkFraming } from './link-framing.ts';

/** The longest header of a frame. */
const MAX_HEADER = 14;
/** The largest frame that is taken: more than the largest message of any scenario, by far. */
const MAX_FRAME = 64 * 1024 * 1024;

/** Cuts what a router sends into frames, and hands each on; frames that lie in a chunk as a whole are not copied. */
export class FrameCutter {
  readonly #framing: LinkFraming;
  readonly #target: FrameTarget;
  /** A frame of which a part has come. */
  #partial: Buffer = Buffer.alloc(MAX_HEADER);
  #have = 0;

  constructor(framing: LinkFraming, target: FrameTarget) {
    this.#framing = framing;
    this.#target = target;
  }

  /** Takes `bytes[start, end)`, which are the caller's again afterwards. @throws RangeError as `LinkFraming.deliver` */
  push(bytes: Buffer, start: number, end: number): void {
    const framing = this.#framing;
    let at = this.#have > 0 ? this.#complete(bytes, start, end) : start;
    while (at < end) {
      const size = framing.frameSize(bytes, at, end);
      if (size === 0 || size > end - at) {
        this.#keep(bytes, at, end, size);
        return;
      }
      framing.deliver(bytes, at, at + size, this.#target);
      at += size;
    }
  }

  /** Completes the frame that was begun, as far as the bytes go; returns where the next one begins. */
  #complete(bytes: Buffer, start: number, end: number): number {
    let at = start;
    let size = this.#framing.frameSize(this.#partial, 0, this.#have);
    while (size === 0) {
      if (at === end) return at;
      this.#partial[this.#have++] = bytes[at++] as number;
      size = this.#framing.frameSize(this.#partial, 0, this.#have);
    }
    this.#reserve(size);
    const taken = Math.min(size - this.#have, end - at);
    bytes.copy(this.#partial, this.#have, at, at + taken);
    this.#have += taken;
    if (this.#have === size) {
      this.#have = 0;
      this.#framing.deliver(this.#partial, 0, size, this.#target);
    }
    return at + taken;
  }

  #keep(bytes: Buffer, at: number, end: number, size: number): void {
    this.#reserve(size);
    bytes.copy(this.#partial, 0, at, end);
    this.#have = end - at;
  }

  #reserve(size: number): void {
    if (size > MAX_FRAME) throw new RangeError(`the router sent a frame of ${size} bytes`);
    if (size <= this.#partial.length) return;
    const larger = Buffer.allocUnsafe(size);
    this.#partial.copy(larger, 0, 0, this.#have);
    this.#partial = larger;
  }
}
