/** From this length on, a 32-bit view pays for its allocation. */
const WORDWISE = 256;

/**
 * XORs `bytes[start, end)` with a frame's masking key, in place. [RFC 6455 5.3]
 * @param mask the four octets of the key, the first one in the lowest eight bits
 * @param phase how many octets of the same payload came before `start`
 */
export function applyMask(bytes: Uint8Array, start: number, end: number, mask: number, phase: number): void {
  if (mask === 0) return;
  let key = rotate(mask, phase);
  let at = start;
  if (end - start >= WORDWISE) {
    while (((bytes.byteOffset + at) & 3) !== 0) {
      bytes[at] = (bytes[at] as number) ^ (key & 0xff);
      key = rotate(key, 1);
      at += 1;
    }
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2);
    // Every platform that Node runs on is little-endian but s390x: there `key` is turned over first.
    const word = LITTLE_ENDIAN ? key : swap(key);
    for (let index = 0; index < words.length; index += 1) words[index] = (words[index] as number) ^ word;
    at += words.length * 4;
  }
  applyOctets(bytes, at, end, key);
}

function applyOctets(bytes: Uint8Array, start: number, end: number, key: number): void {
  const first = key & 0xff;
  const second = (key >>> 8) & 0xff;
  const third = (key >>> 16) & 0xff;
  const fourth = key >>> 24;
  let at = start;
  for (; at + 3 < end; at += 4) {
    bytes[at] = (bytes[at] as number) ^ first;
    bytes[at + 1] = (bytes[at + 1] as number) ^ second;
    bytes[at + 2] = (bytes[at + 2] as number) ^ third;
    bytes[at + 3] = (bytes[at + 3] as number) ^ fourth;
  }
  if (at < end) bytes[at] = (bytes[at] as number) ^ first;
  if (at + 1 < end) bytes[at + 1] = (bytes[at + 1] as number) ^ second;
  if (at + 2 < end) bytes[at + 2] = (bytes[at + 2] as number) ^ third;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function rotate(mask: number, octets: number): number {
  const bits = (octets & 3) * 8;
  return bits === 0 ? mask : (mask >>> bits) | (mask << (32 - bits));
}

function swap(word: number): number {
  return (word >>> 24) | ((word >>> 8) & 0xff00) | ((word & 0xff00) << 8) | (word << 24);
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
