import { LIMITS } from '../wamp/limits.ts';
import { walkNumber } from './json-walk.ts';
import type { Dialect } from './ubjson-dialect.ts';
import { Kind, Marker } from './ubjson-format.ts';
import { header, lengthAt, lengthEnd, readHeader, skipNoops } from './ubjson-header.ts';
import type { ValueSink } from './value-sink.ts';

const outerLeft = new Int32Array(LIMITS.depth);
const outerCount = new Int32Array(LIMITS.depth);
const outerType = new Uint8Array(LIMITS.depth);
const outerIsDict = new Uint8Array(LIMITS.depth);

/**
 * Tells the sink the value whose marker is at `at`, which has been checked, and returns its end.
 * A high-precision number is told as the integer it is where 64 bits hold it, else as a float.
 */
export function walkUbjson(dialect: Dialect, bytes: Buffer, at: number, end: number, sink: ValueSink): number {
  const { kinds } = dialect;
  let depth = 0;
  let count = 1;
  /** How many are still to come; -1: a bracket ends them, and `count` counts. */
  let left = 1;
  let type = 0;
  let isDict = false;
  for (;;) {
    if (left < 0) {
      at = skipNoops(bytes, at);
      if (bytes[at] === (isDict ? Marker.closeDict : Marker.closeList)) {
        at++;
        left = 0;
      }
    }
    if (left === 0) {
      if (depth === 0) return at;
      if (isDict) sink.endMap(count);
      else sink.endArray(count);
      depth--;
      left = outerLeft[depth]!;
      count = outerCount[depth]!;
      type = outerType[depth]!;
      isDict = outerIsDict[depth] === 1;
      continue;
    }
    if (left > 0) left--;
    else count++;
    if (isDict) at = walkKey(dialect, bytes, at, end, sink);
    let marker = type;
    if (marker === 0) {
      at = skipNoops(bytes, at);
      marker = bytes[at++]!;
    }
    const kind = kinds[marker]!;
    if (kind !== Kind.list && kind !== Kind.dict) {
      at = walkLeaf(dialect, bytes, at, end, sink, marker);
      continue;
    }
    readHeader(dialect, bytes, at, end);
    at = header.end;
    if (kind === Kind.list && header.type === dialect.binary) {
      sink.binary(bytes, at, at + header.count);
      at += header.count;
      continue;
    }
    if (depth >= LIMITS.depth) throw new RangeError('the value was not checked');
    outerLeft[depth] = left;
    outerCount[depth] = count;
    outerType[depth] = type;
    outerIsDict[depth] = isDict ? 1 : 0;
    depth++;
    isDict = kind === Kind.dict;
    ({ type, count: left } = header);
    count = Math.max(left, 0);
    if (isDict) sink.beginMap(left);
    else sink.beginArray(left);
  }
}

function walkKey(dialect: Dialect, bytes: Buffer, at: number, end: number, sink: ValueSink): number {
  const length = lengthAt(dialect, bytes, skipNoops(bytes, at), end);
  const stop = lengthEnd + length;
  sink.key(bytes, lengthEnd, stop);
  return stop;
}

/** Tells anything but a container, behind its marker; returns its end. */
function walkLeaf(dialect: Dialect, bytes: Buffer, at: number, end: number, sink: ValueSink, marker: number): number {
  const stop = at + dialect.widths[marker]!;
  switch (dialect.kinds[marker]) {
    case Kind.integer:
      dialect.tellInteger(bytes, at, marker, sink);
      return stop;
    case Kind.float:
      sink.float(dialect.floatAt(bytes, at, marker));
      return stop;
    case Kind.char:
      sink.text(bytes, at, stop);
      return stop;
    case Kind.text:
    case Kind.high:
      return walkLong(dialect, bytes, at, end, sink, marker);
    default:
      if (marker === Marker.null) sink.null();
      else sink.boolean(marker === Marker.true);
      return stop;
  }
}

function walkLong(dialect: Dialect, bytes: Buffer, at: number, end: number, sink: ValueSink, marker: number): number {
  const length = lengthAt(dialect, bytes, at, end);
  const start = lengthEnd;
  const stop = start + length;
  if (marker === Marker.text) sink.text(bytes, start, stop);
  else walkNumber(bytes, start, stop, sink, bytes[start]!);
  return stop;
}
