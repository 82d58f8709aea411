import { FRAME_PONG, writeFrameHeader } from './rawsocket-framing.ts';

const NOTHING = Buffer.alloc(0);
const SMALLEST = 256;

/** The answers to the PINGs of one read: they go out in one write, because a flood of PINGs must not cost a system call each. */
export class Pongs {
  #buffer = NOTHING;
  #used = 0;

  /** Answers a PING with its own payload. */
  add(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    this.#reserve(4 + length);
    writeFrameHeader(this.#buffer, this.#used, FRAME_PONG, length);
    bytes.copy(this.#buffer, this.#used + 4, start, end);
    this.#used += 4 + length;
  }

  /** What has been added, for the caller to keep; null if nothing. */
  take(): Buffer | null {
    if (this.#used === 0) return null;
    const taken = this.#buffer.subarray(0, this.#used);
    this.#buffer = NOTHING;
    this.#used = 0;
    return taken;
  }

  #reserve(size: number): void {
    const needed = this.#used + size;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(SMALLEST, needed * 2));
    this.#buffer.copy(grown, 0, 0, this.#used);
    this.#buffer = grown;
  }
}
