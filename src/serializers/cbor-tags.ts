import { argumentAt, FLOAT16, FLOAT64, floatAt, Major, WIDTHS } from './cbor-format.ts';
import { truncated, violation } from './violation.ts';

export const Tag = {
  dateTime: 0,
  epochTime: 1,
  bignum: 2,
  negativeBignum: 3,
  decimalFraction: 4,
  bigfloat: 5,
  uuid: 37,
  selfDescribed: 55799,
} as const;

/** Bytes of a bignum. Decoders take time that grows with the square of its length. */
const BIGNUM_BYTES = 64;

/** Seconds from the epoch to the years 1 and 10000, between which every decoder's dates reach. */
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

const DATE_TIME = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Checks that a tag is one that may pass, and that its content is of the kind the tag asks for.
 * Others are refused, because there are decoders that make live objects, cycles or exceptions of
 * them: a tag that we let through is delivered to every receiver.
 * [RFC 8949: 3.4, RFC 8746: typed arrays, RFC 9562: UUID]
 * @param at where the content begins
 */
export function checkTag(tag: number, bytes: Buffer, at: number, end: number): void {
  if (at >= end) throw truncated();
  switch (tag) {
    case Tag.dateTime:
      checkDateTime(bytes, at, end);
      return;
    case Tag.epochTime:
      checkEpochTime(bytes, at, end);
      return;
    case Tag.bignum:
    case Tag.negativeBignum:
      if (sizeOf(Major.bytes, bytes, at, end) > BIGNUM_BYTES) throw violation('has a bignum that is too long');
      return;
    case Tag.decimalFraction:
    case Tag.bigfloat:
      checkFraction(bytes, at, end);
      return;
    case Tag.uuid:
      if (sizeOf(Major.bytes, bytes, at, end) !== 16) throw wrongContent();
      return;
    case 21:
    case 22:
    case 23:
    case Tag.selfDescribed:
      return;
    default:
      // Not 35 and 36: receivers compile regular expressions and parse MIME, and fail on bad ones.
      if (tag >= 32 && tag <= 34) sizeOf(Major.text, bytes, at, end);
      else checkTypedArray(tag, bytes, at, end);
  }
}

function wrongContent(): Error {
  return violation('has a tag with content of a wrong kind');
}

/** The size of the string at `at`, which must be of that major type and of definite length. */
function sizeOf(major: number, bytes: Buffer, at: number, end: number): number {
  const first = bytes[at]!;
  const width = WIDTHS[first & 0x1f]!;
  if (first >> 5 !== major || width < 0) throw wrongContent();
  if (at + 1 + width > end) throw truncated();
  return argumentAt(bytes, at + 1, width, first);
}

function checkDateTime(bytes: Buffer, at: number, end: number): void {
  const size = sizeOf(Major.text, bytes, at, end);
  const start = at + 1 + WIDTHS[bytes[at]! & 0x1f]!;
  if (start + size > end) throw truncated();
  // The longest that the expression matches.
  const text = size > 35 ? '' : bytes.toString('latin1', start, start + size);
  if (!DATE_TIME.test(text) || Number.isNaN(Date.parse(text))) throw wrongContent();
}

function checkEpochTime(bytes: Buffer, at: number, end: number): void {
  const first = bytes[at]!;
  const major = first >> 5;
  const isFloat = first >= FLOAT16 && first <= FLOAT64;
  const width = WIDTHS[first & 0x1f]!;
  if ((major > Major.negative && !isFloat) || width < 0) throw wrongContent();
  if (at + 1 + width > end) throw truncated();
  const value = isFloat ? floatAt(bytes, at + 1, first) : argumentAt(bytes, at + 1, width, first);
  const seconds = major === Major.negative ? -1 - value : value;
  if (!(seconds >= FIRST_SECOND && seconds <= LAST_SECOND)) throw wrongContent();
}

/** A list of exponent and mantissa; an exponent beyond 16 bits makes decoders overflow. */
function checkFraction(bytes: Buffer, at: number, end: number): void {
  if (at + 2 > end) throw truncated();
  const exponent = bytes[at + 1]!;
  if (bytes[at] !== 0x82 || exponent >> 5 > Major.negative || (exponent & 0x1f) > 25) throw wrongContent();
  const mantissaAt = at + 2 + WIDTHS[exponent & 0x1f]!;
  if (mantissaAt >= end) throw truncated();
  const mantissa = bytes[mantissaAt]!;
  const isBignum = mantissa === 0xc2 || mantissa === 0xc3;
  if (mantissa >> 5 > Major.negative && !isBignum) throw wrongContent();
}

/** 64..87 but 76. The tag's lower bits give the size of an element: 0b010_f_s_e_ll. */
function checkTypedArray(tag: number, bytes: Buffer, at: number, end: number): void {
  if (!(tag >= 64 && tag <= 87) || tag === 76) throw violation('has a tag that is not allowed');
  const isFloat = (tag & 0x10) !== 0;
  const elementSize = (isFloat ? 2 : 1) << (tag & 3);
  if (sizeOf(Major.bytes, bytes, at, end) % elementSize !== 0) throw wrongContent();
}
