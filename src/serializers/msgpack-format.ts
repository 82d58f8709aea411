import { uint16At, uint32At } from './big-endian.ts';

/**
 * What the first byte of a MessagePack value says, as tables: readers look up instead of comparing.
 * [MessagePack specification: Formats]
 */
export const Kind = {
  /** nil, a boolean, a number: of fixed size, no content to look at. */
  plain: 0,
  text: 1,
  binary: 2,
  /** An extension; of fixed size or with one announced. */
  extension: 3,
  array: 4,
  map: 5,
  /** 0xc1. */
  unknown: 6,
} as const;

/** The `Kind` by first byte. */
export const KINDS: Uint8Array = new Uint8Array(256);
/** By first byte: `plain`: bytes that follow. Others: bytes that the announced size or count takes, 0 where it is in the first byte. */
export const WIDTHS: Uint8Array = new Uint8Array(256);

function describe(first: number, last: number, kind: number, width: number): void {
  KINDS.fill(kind, first, last + 1);
  WIDTHS.fill(width, first, last + 1);
}

describe(0x00, 0x7f, Kind.plain, 0);
describe(0x80, 0x8f, Kind.map, 0);
describe(0x90, 0x9f, Kind.array, 0);
describe(0xa0, 0xbf, Kind.text, 0);
describe(0xc0, 0xc0, Kind.plain, 0);
describe(0xc1, 0xc1, Kind.unknown, 0);
describe(0xc2, 0xc3, Kind.plain, 0);
for (const [step, width] of [1, 2, 4].entries()) {
  describe(0xc4 + step, 0xc4 + step, Kind.binary, width);
  describe(0xc7 + step, 0xc7 + step, Kind.extension, width);
  describe(0xd9 + step, 0xd9 + step, Kind.text, width);
}
describe(0xca, 0xca, Kind.plain, 4);
describe(0xcb, 0xcb, Kind.plain, 8);
for (const [step, width] of [1, 2, 4, 8].entries()) {
  describe(0xcc + step, 0xcc + step, Kind.plain, width);
  describe(0xd0 + step, 0xd0 + step, Kind.plain, width);
}
describe(0xd4, 0xd8, Kind.extension, 0);
for (const [step, width] of [2, 4].entries()) {
  describe(0xdc + step, 0xdc + step, Kind.array, width);
  describe(0xde + step, 0xde + step, Kind.map, width);
}
describe(0xe0, 0xff, Kind.plain, 0);

/** The announced size or count; `at` is behind the first byte, and `width` bytes are there. */
export function sizeAt(bytes: Buffer, at: number, width: number, first: number): number {
  switch (width) {
    case 1:
      return bytes[at]!;
    case 2:
      return uint16At(bytes, at);
    case 4:
      return uint32At(bytes, at);
    default:
      if (first < 0xa0) return first & 0x0f;
      return first < 0xc0 ? first & 0x1f : 1 << (first - 0xd4);
  }
}
