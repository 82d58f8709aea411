import { LIMITS } from '../wamp/limits.ts';
import { tellNegative64, tellUint64 } from './big-endian.ts';
import { argumentAt, BREAK, FALSE, floatAt, INDEFINITE, Major, NULL, TRUE, UNDEFINED, WIDTHS } from './cbor-format.ts';
import { Tag } from './cbor-tags.ts';
import { tellBigInteger, type ValueSink } from './value-sink.ts';

const outerLeft = new Int32Array(LIMITS.depth);
const outerCount = new Int32Array(LIMITS.depth);
const outerIsMap = new Uint8Array(LIMITS.depth);

/** The last tag that `passTags` passed; -1: none. */
let lastTag = -1;

/**
 * Tells the sink the item that begins at `at`, which has been checked, and returns its end.
 * A bignum is told as the integer it is; other tags are dropped, what they hold is told. undefined is null.
 */
export function walkCbor(bytes: Buffer, at: number, sink: ValueSink): number {
  let depth = 0;
  let count = 1;
  /** How many are still to come; -1: a break ends them, and `count` counts. */
  let left = 1;
  let isMap = false;
  for (;;) {
    if (left < 0 && bytes[at] === BREAK) {
      at++;
      left = 0;
    }
    if (left === 0) {
      if (depth === 0) return at;
      if (isMap) sink.endMap(count);
      else sink.endArray(count);
      depth--;
      left = outerLeft[depth]!;
      count = outerCount[depth]!;
      isMap = outerIsMap[depth] === 1;
      continue;
    }
    if (left > 0) left--;
    else count++;
    if (isMap) at = walkString(bytes, at, sink, true);
    at = passTags(bytes, at);
    const first = bytes[at]!;
    const major = first >> 5;
    if (major !== Major.array && major !== Major.map) {
      at = walkLeaf(bytes, at, sink, first, major);
      continue;
    }
    if (depth >= LIMITS.depth) throw new RangeError('the value was not checked');
    outerLeft[depth] = left;
    outerCount[depth] = count;
    outerIsMap[depth] = isMap ? 1 : 0;
    depth++;
    isMap = major === Major.map;
    const indefinite = (first & 0x1f) === INDEFINITE;
    const width = indefinite ? 0 : WIDTHS[first & 0x1f]!;
    left = indefinite ? -1 : argumentAt(bytes, at + 1, width, first);
    count = indefinite ? 0 : left;
    at += 1 + width;
    if (isMap) sink.beginMap(left);
    else sink.beginArray(left);
  }
}

function passTags(bytes: Buffer, at: number): number {
  lastTag = -1;
  while (bytes[at]! >> 5 === Major.tag) {
    const first = bytes[at]!;
    const width = WIDTHS[first & 0x1f]!;
    lastTag = argumentAt(bytes, at + 1, width, first);
    at += 1 + width;
  }
  return at;
}

/** Tells anything but a container; returns its end. */
function walkLeaf(bytes: Buffer, at: number, sink: ValueSink, first: number, major: number): number {
  if (major === Major.bytes && (lastTag === Tag.bignum || lastTag === Tag.negativeBignum)) {
    return walkBignum(bytes, at, sink, first);
  }
  if (major === Major.bytes || major === Major.text) return walkString(bytes, at, sink, false);
  const width = WIDTHS[first & 0x1f]!;
  if (major === Major.simple) walkSimple(bytes, at, sink, first);
  else if (width === 8) (major === Major.unsigned ? tellUint64 : tellNegative64)(bytes, at + 1, sink);
  else {
    const argument = argumentAt(bytes, at + 1, width, first);
    sink.integer(major === Major.unsigned ? argument : -1 - argument);
  }
  return at + 1 + width;
}

function walkSimple(bytes: Buffer, at: number, sink: ValueSink, first: number): void {
  switch (first) {
    case FALSE:
      sink.boolean(false);
      return;
    case TRUE:
      sink.boolean(true);
      return;
    case NULL:
    case UNDEFINED:
      sink.null();
      return;
    default:
      sink.float(floatAt(bytes, at + 1, first));
      return;
  }
}

function walkBignum(bytes: Buffer, at: number, sink: ValueSink, first: number): number {
  const width = WIDTHS[first & 0x1f]!;
  const start = at + 1 + width;
  const end = start + argumentAt(bytes, at + 1, width, first);
  const magnitude = BigInt(`0x0${bytes.toString('hex', start, end)}`);
  tellBigInteger(lastTag === Tag.bignum ? magnitude : -1n - magnitude, sink);
  return end;
}

function walkString(bytes: Buffer, at: number, sink: ValueSink, isKey: boolean): number {
  const first = bytes[at]!;
  if ((first & 0x1f) === INDEFINITE) return walkChunks(bytes, at + 1, sink, isKey, first >> 5);
  const width = WIDTHS[first & 0x1f]!;
  const start = at + 1 + width;
  const end = start + argumentAt(bytes, at + 1, width, first);
  tellString(bytes, start, end, sink, isKey, first >> 5);
  return end;
}

function walkChunks(bytes: Buffer, at: number, sink: ValueSink, isKey: boolean, major: number): number {
  const chunks: Buffer[] = [];
  while (bytes[at] !== BREAK) {
    const first = bytes[at]!;
    const width = WIDTHS[first & 0x1f]!;
    const start = at + 1 + width;
    at = start + argumentAt(bytes, at + 1, width, first);
    chunks.push(bytes.subarray(start, at));
  }
  const joined = Buffer.concat(chunks);
  tellString(joined, 0, joined.length, sink, isKey, major);
  return at + 1;
}

function tellString(bytes: Buffer, start: number, end: number, sink: ValueSink, isKey: boolean, major: number): void {
  if (isKey) sink.key(bytes, start, end);
  else if (major === Major.text) sink.text(bytes, start, end);
  else sink.binary(bytes, start, end);
}
