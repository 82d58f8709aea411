import { LIMITS } from '../wamp/limits.ts';
import { skipScalar } from './json-scalar.ts';
import { isText } from './text.ts';
import type { Dialect } from './ubjson-dialect.ts';
import { Kind, Marker } from './ubjson-format.ts';
import { header, lengthAt, lengthEnd, readHeader, skipNoops } from './ubjson-header.ts';
import { truncated, violation } from './violation.ts';

/** What remains of `LIMITS.elements` and of `LIMITS.weightless` for the message being read. */
let elements = 0;
let weightless = 0;

/** What surrounds the container being scanned: how many values are still to come in each (-1: a bracket ends it), their type, and which are dictionaries. */
const outerLeft = new Int32Array(LIMITS.depth);
const outerType = new Uint8Array(LIMITS.depth);
const outerIsDict = new Uint8Array(LIMITS.depth);

/** Starts the count of elements of a message. */
export function startUbjsonScan(): void {
  elements = LIMITS.elements;
  weightless = LIMITS.weightless;
}

function countElements(count: number): void {
  elements -= count;
  if (elements < 0) throw violation('has too many elements');
}

/**
 * Checks the value whose marker is at `at`, all that is nested in it, and returns its end.
 * Neither recursion nor allocation: what is announced but has not come costs nothing.
 * @throws ProtocolViolation
 */
export function skipUbjson(dialect: Dialect, bytes: Buffer, at: number, end: number): number {
  const { kinds, widths } = dialect;
  let depth = 0;
  let left = 1;
  let type = 0;
  let isDict = false;
  for (;;) {
    if (left === 0) {
      if (depth === 0) return at;
      depth--;
      left = outerLeft[depth]!;
      type = outerType[depth]!;
      isDict = outerIsDict[depth] === 1;
      continue;
    }
    if (left > 0) {
      left--;
    } else {
      at = skipNoops(bytes, at);
      if (at >= end) throw truncated();
      if (bytes[at] === (isDict ? Marker.closeDict : Marker.closeList)) {
        at++;
        left = 0;
        continue;
      }
      countElements(isDict ? 2 : 1);
    }
    if (isDict) at = skipKey(dialect, bytes, at, end);
    let marker = type;
    if (marker === 0) {
      at = skipNoops(bytes, at);
      if (at >= end) throw truncated();
      marker = bytes[at++]!;
    }
    const kind = kinds[marker]!;
    if (kind !== Kind.list && kind !== Kind.dict) {
      at = skipLeaf(bytes, at, end, dialect, marker, widths[marker]!);
      continue;
    }
    readHeader(dialect, bytes, at, end);
    at = header.end;
    if (kind === Kind.list && header.type !== 0 && holdsOneWidth(dialect, header.type)) {
      at = skipPacked(dialect, at, end);
      continue;
    }
    if (depth >= LIMITS.depth) throw violation('is nested too deep');
    outerLeft[depth] = left;
    outerType[depth] = type;
    outerIsDict[depth] = isDict ? 1 : 0;
    depth++;
    isDict = kind === Kind.dict;
    ({ type, count: left } = header);
    if (left >= 0) countAnnounced(left, isDict, end - at, kinds[type] === Kind.plain ? 0 : Math.max(1, widths[type]!));
  }
}

/** Whether elements of that type are numbers, which need no look at each. */
function holdsOneWidth({ kinds }: Dialect, type: number): boolean {
  const kind = kinds[type]!;
  return kind === Kind.integer || kind === Kind.float;
}

/** The end of a list of numbers of one type, or of binary, which `header` announced. */
function skipPacked(dialect: Dialect, at: number, end: number): number {
  const { type, count } = header;
  const stop = at + count * dialect.widths[type]!;
  if (stop > end) throw truncated();
  if (type !== dialect.binary) countElements(count);
  return stop;
}

/** Each element takes `width` of the `rest` bytes at least; a key takes two. A million null are ten bytes, and five million in JSON. */
function countAnnounced(count: number, isDict: boolean, rest: number, width: number): void {
  if (count * (isDict ? width + 2 : width) > rest) throw truncated();
  countElements(isDict ? 2 * count : count);
  if (width > 0) return;
  weightless -= count;
  if (weightless < 0) throw violation('has too many elements of a type without content');
}

/** Checks anything but a container, behind its marker; returns its end. */
function skipLeaf(bytes: Buffer, at: number, end: number, dialect: Dialect, marker: number, width: number): number {
  switch (dialect.kinds[marker]) {
    case Kind.unknown:
      throw violation('has a marker that UBJSON does not know');
    case Kind.text:
      return skipText(dialect, bytes, at, end);
    case Kind.high:
      return skipHigh(dialect, bytes, at, end);
    case Kind.char:
      if (at >= end) throw truncated();
      if (bytes[at]! >= 0x80) throw violation('has a character that is not ASCII');
      return at + 1;
    default:
      if (at + width > end) throw truncated();
      return at + width;
  }
}

/** Checks the string whose length is at `at`; returns its end. */
function skipText(dialect: Dialect, bytes: Buffer, at: number, end: number): number {
  const length = lengthAt(dialect, bytes, at, end);
  const stop = lengthEnd + length;
  if (stop > end) throw truncated();
  if (!isText(bytes, lengthEnd, stop)) throw violation('has a string that is not UTF-8');
  return stop;
}

/** A number of JSON's grammar, all of it. */
function skipHigh(dialect: Dialect, bytes: Buffer, at: number, end: number): number {
  const length = lengthAt(dialect, bytes, at, end);
  const start = lengthEnd;
  const stop = start + length;
  if (stop > end) throw truncated();
  const first = length === 0 ? 0 : bytes[start]!;
  const isNumber = first === 0x2d || (first >= 0x30 && first <= 0x39);
  if (!isNumber || skipScalar(bytes, start, stop, first) !== stop)
    throw violation('has a number that UBJSON does not know');
  return stop;
}

function skipKey(dialect: Dialect, bytes: Buffer, at: number, end: number): number {
  const start = skipNoops(bytes, at);
  const stop = skipText(dialect, bytes, start, end);
  if (stop - lengthEnd > LIMITS.keyLength) throw violation('has a map key that is too long');
  return stop;
}
