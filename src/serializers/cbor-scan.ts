import { LIMITS } from '../wamp/limits.ts';
import { argumentAt, BREAK, FALSE, FLOAT16, FLOAT64, INDEFINITE, Major, UNDEFINED, WIDTHS } from './cbor-format.ts';
import { checkTag } from './cbor-tags.ts';
import { isAscii, isText } from './text.ts';
import { truncated, violation } from './violation.ts';

/** First bytes of strings: from here on with the length in them, from there on with the length behind. */
const SHORT_TEXT = 0x60;
const LONG_TEXT = 0x78;

/** What remains of `LIMITS.elements` for the message being read. */
let elements = 0;

/** What surrounds the container being scanned: how many values are still to come in each (-1: a break ends it), and which are maps. */
const outerLeft = new Int32Array(LIMITS.depth);
const outerIsMap = new Uint8Array(LIMITS.depth);

/** Starts the count of elements of a message. */
export function startCborScan(): void {
  elements = LIMITS.elements;
}

function countElements(count: number): void {
  elements -= count;
  if (elements < 0) throw violation('has too many elements');
}

/**
 * Checks the item that begins at `at`, all that is nested in it, and returns its end.
 * Neither recursion nor allocation: what is announced but has not come costs nothing.
 * @throws ProtocolViolation
 */
export function skipCbor(bytes: Buffer, at: number, end: number): number {
  let depth = 0;
  let left = 1;
  let isMap = false;
  for (;;) {
    if (left === 0) {
      if (depth === 0) return at;
      depth--;
      left = outerLeft[depth]!;
      isMap = outerIsMap[depth] === 1;
      continue;
    }
    if (left > 0) {
      left--;
    } else {
      if (at >= end) throw truncated();
      if (bytes[at] === BREAK) {
        at++;
        left = 0;
        continue;
      }
      countElements(isMap ? 2 : 1);
    }
    if (isMap) at = skipKey(bytes, at, end);
    if (at >= end) throw truncated();
    let first = bytes[at]!;
    if (first >= SHORT_TEXT && first < LONG_TEXT) {
      at = skipShortText(bytes, at, end, first);
      continue;
    }
    let major = first >> 5;
    if (major === Major.tag) {
      at = skipTags(bytes, at, end, depth);
      if (at >= end) throw truncated();
      first = bytes[at]!;
      major = first >> 5;
    }
    if (major !== Major.array && major !== Major.map) {
      at = skipLeaf(bytes, at, end, first, major);
      continue;
    }
    if (depth >= LIMITS.depth) throw violation('is nested too deep');
    outerLeft[depth] = left;
    outerIsMap[depth] = isMap ? 1 : 0;
    depth++;
    isMap = major === Major.map;
    left = -1;
    if ((first & 0x1f) === INDEFINITE) {
      at++;
    } else {
      left = countAt(bytes, at, end, first, isMap ? 2 : 1);
      at += 1 + WIDTHS[first & 0x1f]!;
    }
  }
}

/** The announced count of a container: each element takes a byte at least. */
function countAt(bytes: Buffer, at: number, end: number, first: number, elementsPerEntry: number): number {
  const start = at + 1 + widthOf(first);
  if (start > end) throw truncated();
  const count = argumentAt(bytes, at + 1, WIDTHS[first & 0x1f]!, first);
  if (count * elementsPerEntry > end - start) throw truncated();
  countElements(count * elementsPerEntry);
  return count;
}

function widthOf(first: number): number {
  const width = WIDTHS[first & 0x1f]!;
  if (width < 0) throw violation('has a length that CBOR does not know');
  return width;
}

/** Checks anything but a container or a tag; returns its end. */
function skipLeaf(bytes: Buffer, at: number, end: number, first: number, major: number): number {
  if (major === Major.bytes || major === Major.text) return skipString(bytes, at, end, first, major);
  if (major === Major.simple) {
    const known = (first >= FALSE && first <= UNDEFINED) || (first >= FLOAT16 && first <= FLOAT64);
    if (!known) throw violation('has a simple value that is not allowed');
  }
  const stop = at + 1 + widthOf(first);
  if (stop > end) throw truncated();
  return stop;
}

/** Checks the string of less than 24 bytes at `at`, and returns its end. */
function skipShortText(bytes: Buffer, at: number, end: number, first: number): number {
  const stop = at + 1 + (first - SHORT_TEXT);
  if (stop > end) throw truncated();
  if (!isAscii(bytes, at + 1, stop) && !isText(bytes, at + 1, stop)) throw notUtf8();
  return stop;
}

function notUtf8(): Error {
  return violation('has a string that is not UTF-8');
}

function skipString(bytes: Buffer, at: number, end: number, first: number, major: number): number {
  if ((first & 0x1f) === INDEFINITE) return skipChunks(bytes, at + 1, end, major);
  const width = widthOf(first);
  const start = at + 1 + width;
  if (start > end) throw truncated();
  const stop = start + argumentAt(bytes, at + 1, width, first);
  if (stop > end) throw truncated();
  if (major === Major.text && !isText(bytes, start, stop)) throw notUtf8();
  return stop;
}

/** Chunks are strings of the same kind and of definite length; each is valid by itself. [RFC 8949: 3.2.3] */
function skipChunks(bytes: Buffer, at: number, end: number, major: number): number {
  for (;;) {
    if (at >= end) throw truncated();
    const first = bytes[at]!;
    if (first === BREAK) return at + 1;
    if (first >> 5 !== major || (first & 0x1f) === INDEFINITE) throw violation('has a string with a wrong chunk');
    at = skipString(bytes, at, end, first, major);
  }
}

function skipKey(bytes: Buffer, at: number, end: number): number {
  if (at >= end) throw truncated();
  const first = bytes[at]!;
  if (first >= SHORT_TEXT && first < LONG_TEXT) return skipShortText(bytes, at, end, first);
  if (first >> 5 !== Major.text) throw violation('has a map key that is not a string');
  const stop = skipString(bytes, at, end, first, Major.text);
  // Headers of chunks count as well: a key is not sent in chunks in earnest.
  const width = WIDTHS[first & 0x1f]!;
  if (stop - at - 1 - Math.max(width, 0) > LIMITS.keyLength) throw violation('has a map key that is too long');
  return stop;
}

/** Tags nest like containers, so they count as depth: each costs a recursive decoder a frame. */
function skipTags(bytes: Buffer, at: number, end: number, depth: number): number {
  for (let tags = 1; at < end && bytes[at]! >> 5 === Major.tag; tags++) {
    if (depth + tags > LIMITS.depth) throw violation('is nested too deep');
    const first = bytes[at]!;
    const width = widthOf(first);
    const content = at + 1 + width;
    if (content > end) throw truncated();
    checkTag(argumentAt(bytes, at + 1, width, first), bytes, content, end);
    at = content;
  }
  return at;
}
