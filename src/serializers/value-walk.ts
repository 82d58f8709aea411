import type { Dict } from '../wamp/dict.ts';
import { LIMITS } from '../wamp/limits.ts';
import { Prepared } from './prepared.ts';
import type { Serializer } from './serializer.ts';
import { putText } from './text-write.ts';
import { fits64Bits, tellBigInteger, type ValueWriter } from './value-sink.ts';

const SCRATCH = Buffer.allocUnsafeSlow(4 * 1024);
/** A UTF-16 unit takes three bytes of UTF-8 at most. */
const SCRATCH_TEXT: number = Math.floor(SCRATCH.length / 3);

/**
 * Tells a writer of the serializer a JavaScript value: null, booleans, numbers, bigints, strings, Uint8Arrays, arrays,
 * plain objects, Maps with string keys. `undefined` is null, and left out of objects and Maps. Numbers
 * that are integers of ±2^53 are told as integers. Lone surrogates become U+FFFD. Inside of it, what is `Prepared`.
 * @throws TypeError on anything else, and beyond `LIMITS.depth` (cycles included), `elements`, `keyLength`
 */
export function walkValue(value: unknown, sink: ValueWriter, serializer: Serializer): void {
  elements = 0;
  encoder = serializer;
  walk(value, sink, 0);
}

/** Counted so that a value that holds one list many times over, level by level, ends too. */
let elements = 0;

/** Whose writer the sink is. */
let encoder: Serializer;

function count(more: number): void {
  elements += more;
  if (elements > LIMITS.elements) throw new TypeError('cannot encode that many elements');
}

function walk(value: unknown, sink: ValueWriter, depth: number): void {
  switch (typeof value) {
    case 'undefined':
      sink.null();
      return;
    case 'boolean':
      sink.boolean(value);
      return;
    case 'number':
      walkNumber(value, sink);
      return;
    case 'bigint':
      if (!fits64Bits(value)) throw new TypeError('cannot encode a bigint beyond 64 bits');
      tellBigInteger(value, sink);
      return;
    case 'string':
      walkText(value, sink, false);
      return;
    case 'object':
      if (value === null) sink.null();
      else walkObject(value, sink, depth);
      return;
    default:
      throw new TypeError(`cannot encode a ${typeof value}`);
  }
}

function walkNumber(value: number, sink: ValueWriter): void {
  const isInteger = Number.isInteger(value) && value <= 2 ** 53 && value >= -(2 ** 53) && !Object.is(value, -0);
  if (isInteger) sink.integer(value);
  else sink.float(value);
}

function walkText(text: string, sink: ValueWriter, isKey: boolean): void {
  let bytes = SCRATCH;
  let length: number;
  if (text.length <= SCRATCH_TEXT) {
    length = putText(bytes, 0, text);
  } else {
    bytes = Buffer.from(text, 'utf8');
    length = bytes.length;
  }
  if (!isKey) {
    sink.text(bytes, 0, length);
    return;
  }
  if (length > LIMITS.keyLength) throw new TypeError('cannot encode a key that long');
  sink.key(bytes, 0, length);
}

function walkObject(value: object, sink: ValueWriter, depth: number): void {
  if (value instanceof Uint8Array) {
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    sink.binary(bytes, 0, bytes.length);
    return;
  }
  if (value instanceof Prepared) {
    sink.encoded(value.encodedBy(encoder));
    return;
  }
  if (depth >= LIMITS.depth) throw new TypeError('cannot encode a value that is nested too deep, or a cycle');
  if (Array.isArray(value)) {
    count(value.length);
    sink.beginArray(value.length);
    for (let at = 0; at < value.length; at++) walk(value[at], sink, depth + 1);
    sink.endArray(value.length);
  } else if (value instanceof Map) {
    walkMembers([...value.keys()], [...value.values()], sink, depth);
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) {
      throw new TypeError('cannot encode an instance of a class');
    }
    const keys = Object.keys(value);
    walkMembers(
      keys,
      keys.map((key) => (value as Dict)[key]),
      sink,
      depth,
    );
  }
}

/** In two lists, because one of pairs would be an object for each. */
function walkMembers(keys: readonly unknown[], values: readonly unknown[], sink: ValueWriter, depth: number): void {
  let members = 0;
  for (const value of values) if (value !== undefined) members++;
  count(2 * members);
  sink.beginMap(members);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at];
    const member = values[at];
    if (typeof key !== 'string') throw new TypeError('cannot encode a Map with keys that are no strings');
    if (member === undefined) continue;
    walkText(key, sink, true);
    walk(member, sink, depth + 1);
  }
  sink.endMap(members);
}
