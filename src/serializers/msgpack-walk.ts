import { LIMITS } from '../wamp/limits.ts';
import { tellInt64, tellUint64, uint16At, uint32At } from './big-endian.ts';
import { KINDS, Kind, sizeAt, WIDTHS } from './msgpack-format.ts';
import type { ValueSink } from './value-sink.ts';

const outerLeft = new Int32Array(LIMITS.depth);
const outerCount = new Int32Array(LIMITS.depth);
const outerIsMap = new Uint8Array(LIMITS.depth);

/**
 * Tells the sink the value that begins at `at`, which has been checked, and returns its end.
 * Extensions (timestamps too) are told as the binary they hold, but one: `d4 00 00`, which msgpackr (and so wampy)
 * writes for undefined, is null.
 */
export function walkMsgpack(bytes: Buffer, at: number, sink: ValueSink): number {
  let depth = 0;
  let count = 1;
  let left = 1;
  let isMap = false;
  for (;;) {
    while (left === 0) {
      if (depth === 0) return at;
      if (isMap) sink.endMap(count);
      else sink.endArray(count);
      depth--;
      left = outerLeft[depth]!;
      count = outerCount[depth]!;
      isMap = outerIsMap[depth] === 1;
    }
    left--;
    if (isMap) at = walkKey(bytes, at, sink);
    const first = bytes[at]!;
    const kind = KINDS[first]!;
    const start = at + 1 + WIDTHS[first]!;
    if (kind === Kind.plain) {
      walkPlain(bytes, at, first, sink);
      at = start;
      continue;
    }
    const size = sizeAt(bytes, at + 1, WIDTHS[first]!, first);
    if (kind !== Kind.array && kind !== Kind.map) {
      at = start + size;
      if (kind === Kind.text) sink.text(bytes, start, at);
      else if (kind === Kind.binary) sink.binary(bytes, start, at);
      else if (isUndefined(bytes, start, ++at)) sink.null();
      else sink.binary(bytes, start + 1, at);
      continue;
    }
    if (depth >= LIMITS.depth) throw new RangeError('the value was not checked');
    outerLeft[depth] = left;
    outerCount[depth] = count;
    outerIsMap[depth] = isMap ? 1 : 0;
    depth++;
    left = size;
    count = size;
    isMap = kind === Kind.map;
    at = start;
    if (isMap) sink.beginMap(size);
    else sink.beginArray(size);
  }
}

function walkKey(bytes: Buffer, at: number, sink: ValueSink): number {
  const first = bytes[at]!;
  const start = at + 1 + WIDTHS[first]!;
  const end = start + sizeAt(bytes, at + 1, WIDTHS[first]!, first);
  sink.key(bytes, start, end);
  return end;
}

/** Whether the extension of type and content in `bytes[start, end)` is undefined: type 0, content 0. */
function isUndefined(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 2 && bytes[start] === 0 && bytes[start + 1] === 0;
}

/** nil, a boolean or a number. */
function walkPlain(bytes: Buffer, at: number, first: number, sink: ValueSink): void {
  if (first < 0x80) {
    sink.integer(first);
    return;
  }
  if (first >= 0xe0) {
    sink.integer(first - 0x100);
    return;
  }
  const start = at + 1;
  switch (first) {
    case 0xc0:
      sink.null();
      return;
    case 0xc2:
      sink.boolean(false);
      return;
    case 0xc3:
      sink.boolean(true);
      return;
    case 0xca:
      sink.float(bytes.readFloatBE(start));
      return;
    case 0xcb:
      sink.float(bytes.readDoubleBE(start));
      return;
    case 0xcc:
      sink.integer(bytes[start]!);
      return;
    case 0xcd:
      sink.integer(uint16At(bytes, start));
      return;
    case 0xce:
      sink.integer(uint32At(bytes, start));
      return;
    case 0xcf:
      tellUint64(bytes, start, sink);
      return;
    case 0xd0:
      sink.integer(bytes.readInt8(start));
      return;
    case 0xd1:
      sink.integer(bytes.readInt16BE(start));
      return;
    case 0xd2:
      sink.integer(bytes.readInt32BE(start));
      return;
    default:
      tellInt64(bytes, start, sink);
      return;
  }
}
