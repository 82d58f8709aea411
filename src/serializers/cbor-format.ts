import { uint16At, uint32At, uint64At } from './big-endian.ts';
import { float16 } from './float16.ts';

/** The first byte of a CBOR item: major type in its upper three bits, additional information below. [RFC 8949: 3] */
export const Major = {
  unsigned: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const;

/** Additional information: the length or count is not announced, a break ends the item. */
export const INDEFINITE = 31;
/** Ends an item of indefinite length. */
export const BREAK = 0xff;

export const FALSE = 0xf4;
export const TRUE = 0xf5;
export const NULL = 0xf6;
export const UNDEFINED = 0xf7;
export const FLOAT16 = 0xf9;
const FLOAT32 = 0xfa;
export const FLOAT64 = 0xfb;

/** By additional information: how many bytes the argument takes behind the first byte; -1: reserved or indefinite. */
export const WIDTHS: Int8Array = (() => {
  const widths = new Int8Array(32);
  widths.set([1, 2, 4, 8, -1, -1, -1, -1], 24);
  return widths;
})();

/** The argument of an item; `at` is behind its first byte, and `width` bytes are there. Rounded above 2^53. */
export function argumentAt(bytes: Buffer, at: number, width: number, first: number): number {
  switch (width) {
    case 0:
      return first & 0x1f;
    case 1:
      return bytes[at]!;
    case 2:
      return uint16At(bytes, at);
    case 4:
      return uint32At(bytes, at);
    default:
      return uint64At(bytes, at);
  }
}

/** The floating-point number whose first byte is `first`; `at` is behind it. */
export function floatAt(bytes: Buffer, at: number, first: number): number {
  if (first === FLOAT64) return bytes.readDoubleBE(at);
  return first === FLOAT32 ? bytes.readFloatBE(at) : float16(uint16At(bytes, at));
}
