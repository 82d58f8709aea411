import { viewOf } from '../serializers/view.ts';

/** Below this, a view costs more than it saves. */
const VIEW_FROM = 48;

/**
 * XORs `bytes[start, end)` with a frame's masking key, in place. [RFC 6455 5.3]
 * @param mask the four octets of the key, the first one in the lowest eight bits
 * @param phase how many octets of the same payload came before `start`
 */
export function applyMask(bytes: Uint8Array, start: number, end: number, mask: number, phase: number): void {
  if (mask === 0) return;
  if (end - start >= VIEW_FROM) {
    maskView(viewOf(bytes), start, end, mask, phase);
    return;
  }
  let key = rotate(mask, phase);
  for (let at = start; at < end; at++) {
    bytes[at] = (bytes[at] as number) ^ (key & 0xff);
    key = rotate(key, 1);
  }
}

/**
 * `applyMask` through a view that is there already: one of a chunk serves all frames in it. Views read and
 * write four octets wherever they lie, at the cost of one.
 */
export function maskView(view: DataView, start: number, end: number, mask: number, phase: number): void {
  let key = rotate(mask, phase);
  let at = start;
  // Eight at a time: what the loop itself costs is more than what it does.
  for (const last = end - 8; at <= last; at += 8) {
    view.setInt32(at, view.getInt32(at, true) ^ key, true);
    view.setInt32(at + 4, view.getInt32(at + 4, true) ^ key, true);
  }
  if (at <= end - 4) {
    view.setInt32(at, view.getInt32(at, true) ^ key, true);
    at += 4;
  }
  for (; at < end; at++) {
    view.setUint8(at, view.getUint8(at) ^ (key & 0xff));
    key = rotate(key, 1);
  }
}

function rotate(mask: number, octets: number): number {
  const bits = (octets & 3) * 8;
  return bits === 0 ? mask : (mask >>> bits) | (mask << (32 - bits));
}

/** Masking keys, drawn from a reserve, because each draw costs a system call. [RFC 6455 5.3: from a strong source of entropy] */
export class MaskSource {
  readonly #fill: (bytes: Uint8Array) => unknown;
  readonly #reserve = Buffer.alloc(4096);
  #at = 4096;

  /** @param fill fills a buffer with random octets */
  constructor(fill: (bytes: Uint8Array) => unknown) {
    this.#fill = fill;
  }

  next(): number {
    if (this.#at === this.#reserve.length) {
      this.#fill(this.#reserve);
      this.#at = 0;
    }
    const mask = this.#reserve.readInt32LE(this.#at);
    this.#at += 4;
    return mask;
  }
}
