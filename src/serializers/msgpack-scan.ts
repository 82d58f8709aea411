import { LIMITS } from '../wamp/limits.ts';
import { KINDS, Kind, sizeAt, WIDTHS } from './msgpack-format.ts';
import { isText } from './text.ts';
import { truncated, violation } from './violation.ts';

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
    const kind = KINDS[first]!;
    if (kind === Kind.plain) {
      at += 1 + WIDTHS[first]!;
      if (at > end) throw truncated();
    } else if (kind === Kind.array || kind === Kind.map) {
      const start = at + 1 + WIDTHS[first]!;
      if (start > end) throw truncated();
      const count = sizeAt(bytes, at + 1, WIDTHS[first]!, first);
      isMap = checkContainer(depth, kind === Kind.map ? 2 * count : count, end - start, isMap, left, kind);
      depth++;
      left = count;
      at = start;
    } else {
      at = skipSized(bytes, at, end, first, kind);
    }
  }
}

/** Notes the container around one that begins, and returns whether that is a map. */
function checkContainer(
  depth: number,
  count: number,
  rest: number,
  aroundIsMap: boolean,
  aroundLeft: number,
  kind: number,
): boolean {
  if (depth >= LIMITS.depth) throw violation('is nested too deep');
  // Each element takes a byte at least.
  if (count > rest) throw truncated();
  elements -= count;
  if (elements < 0) throw violation('has too many elements');
  outerLeft[depth] = aroundLeft;
  outerIsMap[depth] = aroundIsMap ? 1 : 0;
  return kind === Kind.map;
}

/** Checks the string, binary or extension at `at`, and returns its end. */
function skipSized(bytes: Buffer, at: number, end: number, first: number, kind: number): number {
  if (kind === Kind.unknown) throw violation('has a byte that MessagePack does not know');
  const width = WIDTHS[first]!;
  const start = at + 1 + width;
  if (start > end) throw truncated();
  // An extension has its type between size and content.
  const stop = start + sizeAt(bytes, at + 1, width, first) + (kind === Kind.extension ? 1 : 0);
  if (stop > end) throw truncated();
  if (kind === Kind.text && !isText(bytes, start, stop)) throw violation('has a string that is not UTF-8');
  return stop;
}

function skipKey(bytes: Buffer, at: number, end: number): number {
  if (at >= end) throw truncated();
  const first = bytes[at]!;
  if (KINDS[first] !== Kind.text) throw violation('has a map key that is not a string');
  const stop = skipSized(bytes, at, end, first, Kind.text);
  if (stop - at - 1 - WIDTHS[first]! > LIMITS.keyLength) throw violation('has a map key that is too long');
  return stop;
}
