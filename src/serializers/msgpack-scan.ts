import { LIMITS } from '../wamp/limits.ts';
import { KINDS, Kind, sizeAt, WIDTHS } from './msgpack-format.ts';
import { isAscii, isText } from './text.ts';
import { truncated, violation } from './violation.ts';

/** The upper bits of the first byte of a string of less than 32 bytes: the most common thing but small integers. */
const SHORT_TEXT = 0xa0;

/** What remains of `LIMITS.elements` for the message being read. */
let elements = 0;

/** What surrounds the container being scanned: how many values are still to come in each, and which are maps. */
const outerLeft = new Int32Array(LIMITS.depth);
const outerIsMap = new Uint8Array(LIMITS.depth);

/** Starts the count of elements of a message. */
export function startMsgpackScan(): void {
  elements = LIMITS.elements;
}

/**
 * Checks the value that begins at `at`, all that is nested in it, and returns its end.
 * Neither recursion nor allocation: what is announced but has not come costs nothing.
 * @throws ProtocolViolation
 */
export function skipMsgpack(bytes: Buffer, at: number, end: number): number {
  let depth = 0;
  let left = 1;
  let isMap = false;
  for (;;) {
    while (left === 0) {
      if (depth === 0) return at;
      depth--;
      left = outerLeft[depth]!;
      isMap = outerIsMap[depth] === 1;
    }
    left--;
    if (isMap) at = skipKey(bytes, at, end);
    if (at >= end) throw truncated();
    const first = bytes[at]!;
    if (first < 0x80) {
      at++;
      continue;
    }
    if ((first & 0xe0) === SHORT_TEXT) {
      at = skipShortText(bytes, at, end, first);
      continue;
    }
    const kind = KINDS[first]!;
    if (kind === Kind.plain) {
      at += 1 + WIDTHS[first]!;
      if (at > end) throw truncated();
    } else if (kind === Kind.text) {
      at = skipText(bytes, at, end, first);
    } else if (kind === Kind.array || kind === Kind.map) {
      const start = at + 1 + WIDTHS[first]!;
      if (start > end) throw truncated();
      if (depth >= LIMITS.depth) throw violation('is nested too deep');
      outerLeft[depth] = left;
      outerIsMap[depth] = isMap ? 1 : 0;
      depth++;
      left = sizeAt(bytes, at + 1, WIDTHS[first]!, first);
      isMap = kind === Kind.map;
      at = start;
      countElements(isMap ? 2 * left : left, end - start);
    } else {
      at = skipBlob(bytes, at, end, first, kind);
    }
  }
}

/** Each element takes one of the `rest` bytes at least. */
function countElements(count: number, rest: number): void {
  if (count > rest) throw truncated();
  elements -= count;
  if (elements < 0) throw violation('has too many elements');
}

/** Checks the string of less than 32 bytes at `at`, and returns its end. */
function skipShortText(bytes: Buffer, at: number, end: number, first: number): number {
  const stop = at + 1 + (first & 0x1f);
  if (stop > end) throw truncated();
  if (!isAscii(bytes, at + 1, stop) && !isText(bytes, at + 1, stop)) throw notUtf8();
  return stop;
}

function notUtf8(): Error {
  return violation('has a string that is not UTF-8');
}

/** Checks the string at `at`, and returns its end. */
function skipText(bytes: Buffer, at: number, end: number, first: number): number {
  const start = at + 1 + WIDTHS[first]!;
  if (start > end) throw truncated();
  const stop = start + sizeAt(bytes, at + 1, WIDTHS[first]!, first);
  if (stop > end) throw truncated();
  if (!isText(bytes, start, stop)) throw notUtf8();
  return stop;
}

/** Checks the binary or extension at `at`, and returns its end. */
function skipBlob(bytes: Buffer, at: number, end: number, first: number, kind: number): number {
  if (kind === Kind.unknown) throw violation('has a byte that MessagePack does not know');
  const width = WIDTHS[first]!;
  const start = at + 1 + width;
  if (start > end) throw truncated();
  // An extension has its type between size and content.
  const stop = start + sizeAt(bytes, at + 1, width, first) + (kind === Kind.extension ? 1 : 0);
  if (stop > end) throw truncated();
  return stop;
}

function skipKey(bytes: Buffer, at: number, end: number): number {
  if (at >= end) throw truncated();
  const first = bytes[at]!;
  if ((first & 0xe0) === SHORT_TEXT) return skipShortText(bytes, at, end, first);
  if (KINDS[first] !== Kind.text) throw violation('has a map key that is not a string');
  const stop = skipText(bytes, at, end, first);
  if (stop - at - 1 - WIDTHS[first]! > LIMITS.keyLength) throw violation('has a map key that is too long');
  return stop;
}
