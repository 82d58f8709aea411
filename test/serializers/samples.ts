import fc from 'fast-check';
import { Message } from '../../src/serializers/message.ts';
import type { Payload } from '../../src/serializers/payload.ts';
import type { Serializer } from '../../src/serializers/serializer.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { MAX_ID } from '../../src/wamp/ids.ts';
import { MESSAGE_TABLE, type MessageRow } from '../../src/wamp/message-table.ts';

/** A value in a form in which equal means equal: prototypes, the class of binary and of small integers do not count. */
export function canonical(value: unknown): unknown {
  if (typeof value === 'bigint' && value >= -(2n ** 53n) && value <= 2n ** 53n) return Number(value);
  if (value instanceof Uint8Array) return `binary ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value === undefined ? null : value;
  const entries = value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value);
  return new Map(entries.filter(([, member]) => member !== undefined).map(([key, member]) => [key, canonical(member)]));
}

export function readMessage(serializer: Serializer, bytes: Buffer): Message {
  const message = new Message(serializer);
  serializer.read(bytes, 0, bytes.length, message);
  return message;
}

export interface Parts {
  readonly code: number;
  readonly first: number;
  readonly second: number;
  readonly dict: Dict | null;
  readonly text: string | null;
  readonly args: unknown[] | null;
  readonly kwargs: Dict | null;
}

export const CALL: Parts = {
  code: 48,
  first: 1,
  second: 0,
  dict: null,
  text: 'com.example.add2',
  args: null,
  kwargs: null,
};

export function writeMessage(serializer: Serializer, parts: Parts): Buffer {
  return writeWithPayload(serializer, parts, serializer.encodePayload(parts.args, parts.kwargs));
}

export function writeWithPayload(serializer: Serializer, parts: Parts, payload: Payload): Buffer {
  const dict = parts.dict === null ? null : serializer.encode(parts.dict);
  const out = Buffer.alloc(serializer.bound(dict, parts.text, payload));
  const end = serializer.write(out, 0, parts.code, parts.first, parts.second, dict, parts.text, payload);
  if (end > out.length) throw new Error('more was written than `bound` allows for');
  return out.subarray(0, end);
}

/** Strings that are text, and no binary of JSON's convention. */
const text: fc.Arbitrary<string> = fc
  .oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ minLength: 20, maxLength: 300 }))
  .map((value) => Buffer.from(value).toString())
  .filter((value) => !value.startsWith('\0'));

const key: fc.Arbitrary<string> = fc.oneof(
  text,
  fc.constantFrom('__proto__', 'constructor', 'toString', '', '0', '17'),
);

const integer: fc.Arbitrary<number> = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(
    ...[0, 23, 24, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53].flatMap((n) => [
      n,
      -n || 0,
      -n - 1,
    ]),
  ),
);

const wide: fc.Arbitrary<bigint> = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
  .filter((value) => value > 2n ** 53n || value < -(2n ** 53n));

const binary: fc.Arbitrary<Buffer> = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

/** Any value that every format holds without loss. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; list: unknown[]; dict: Dict }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    integer,
    // Not every implementation writes -0; the conversions have a test of their own.
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    text,
    binary,
    wide,
    tie('list'),
    tie('dict'),
  ),
  list: fc.array(tie('value'), { maxLength: 20 }),
  dict: fc.array(fc.tuple(key, tie('value')), { maxLength: 20 }).map(dictOf),
})).value;

function dictOf(entries: readonly (readonly [string, unknown])[]): Dict {
  const dict = Object.create(null) as Dict;
  for (const [name, member] of entries) dict[name] = member;
  return dict;
}

export const anyDict: fc.Arbitrary<Dict> = fc.array(fc.tuple(key, anyValue), { maxLength: 5 }).map(dictOf);

const anyId: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.maxSafeInteger().map((value) => Math.abs(value) + 1),
  fc.constantFrom(1, 255, 256, 65_535, 65_536, 99_999_999, 100_000_000, 2 ** 32 - 1, 2 ** 32, MAX_ID),
);

function partsOf(row: MessageRow): fc.Arbitrary<Parts> {
  const has = (kind: string): boolean => row.fields.some((field) => field === kind);
  const integers = row.fields.filter((field) => field === 'id' || field === 'code').length;
  const payload = row.payload
    ? fc.constantFrom<'none' | 'args' | 'both'>('none', 'args', 'both')
    : fc.constant<'none'>('none');
  const anyText = has('realm') ? fc.oneof(fc.constant(null), text) : text;
  return fc
    .record({
      first: anyId,
      second: anyId,
      dict: anyDict,
      text: anyText,
      args: fc.array(anyValue),
      kwargs: anyDict,
      payload,
    })
    .map((drawn) => ({
      code: row.code,
      first: has('code') ? 48 : integers > 0 ? drawn.first : 0,
      second: integers > 1 ? drawn.second : 0,
      dict: has('dict') && Object.keys(drawn.dict).length > 0 ? drawn.dict : null,
      text: has('text') || has('realm') ? drawn.text : '',
      args: drawn.payload === 'none' ? null : [0, ...drawn.args],
      kwargs: drawn.payload === 'both' ? { x: 0, ...drawn.kwargs } : null,
    }));
}

/** Any message of the table. */
export const anyMessage: fc.Arbitrary<Parts> = fc.oneof(...MESSAGE_TABLE.map(partsOf));

/** Something done to bytes that breaks them, mostly. */
export const anyDamage: fc.Arbitrary<(bytes: Buffer) => Buffer> = fc
  .tuple(fc.constantFrom('set', 'cut', 'insert', 'repeat'), fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(8))
  .map(([kind, position, byte, length]) => (bytes: Buffer) => {
    const at = bytes.length === 0 ? 0 : position % bytes.length;
    const head = bytes.subarray(0, at);
    switch (kind) {
      case 'set':
        return Buffer.concat([head, Buffer.of(byte), bytes.subarray(at + 1)]);
      case 'cut':
        return Buffer.concat([head, bytes.subarray(at + length)]);
      case 'insert':
        return Buffer.concat([head, Buffer.alloc(length, byte), bytes.subarray(at)]);
      default:
        return Buffer.concat([head, bytes.subarray(at, at + length), bytes.subarray(at)]);
    }
  });
