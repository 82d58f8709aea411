import { type Dict, EMPTY } from '../wamp/dict.ts';
import { MAX_ID } from '../wamp/ids.ts';
import { uint16At, uint32At, uint64At } from './big-endian.ts';
import { checkId, fieldText, integral, notAnId } from './field-checks.ts';
import { Field, layoutOf } from './layout.ts';
import type { Message } from './message.ts';
import { KINDS, Kind, sizeAt, WIDTHS } from './msgpack-format.ts';
import { skipMsgpack, startMsgpackScan } from './msgpack-scan.ts';
import { walkMsgpack } from './msgpack-walk.ts';
import { ValueBuilder } from './value-builder.ts';
import { place, truncated, violation } from './violation.ts';

/** Where the reader is. Kept out of the functions, so that they can return what they read. */
let cursor = 0;

const dictBuilder = new ValueBuilder(true);

/** `Serializer.read` for MessagePack. */
export function readMsgpack(bytes: Buffer, start: number, end: number, into: Message): void {
  place.code = 0;
  place.element = 0;
  startMsgpackScan();
  cursor = start;
  const count = readArrayHeader(bytes, end);
  if (count < 1) throw violation('has no elements');
  const code = readInteger(bytes, end);
  const layout = layoutOf(code);
  if (layout === undefined) throw violation('has an unknown message code');
  place.code = code;
  if (count < layout.least || count > layout.most) throw violation('has a wrong number of elements');
  into.code = code;
  into.first = 0;
  into.second = 0;
  into.dict = EMPTY;
  into.text = '';
  into.bytes = bytes;
  into.transcoded = null;
  const { fields } = layout;
  const present = count <= fields.length ? count - 1 : fields.length;
  let integers = 0;
  for (let position = 0; position < present; position++) {
    place.element = position + 1;
    const field = fields[position]!;
    if (field === Field.dict) into.dict = readDict(bytes, end);
    else if (field >= Field.text) into.text = readText(bytes, end, field);
    else if (integers++ === 0) into.first = checkId(readInteger(bytes, end), field);
    else into.second = checkId(readInteger(bytes, end), field);
  }
  into.start = cursor;
  into.count = count - 1 - present;
  if (into.count > 0) readPayload(bytes, end, into, present);
  if (cursor !== end) throw violation('is followed by more bytes');
  into.end = end;
}

function readPayload(bytes: Buffer, end: number, into: Message, fields: number): void {
  place.element = fields + 1;
  if (cursor >= end) throw truncated();
  const kind = KINDS[bytes[cursor]!]!;
  if (kind !== Kind.array) {
    const passthru = kind === Kind.binary && into.count === 1 && into.dict['enc_algo'] !== undefined;
    if (!passthru) throw violation('is not a list');
  }
  cursor = skipMsgpack(bytes, cursor, end);
  if (into.count === 1) return;
  place.element = fields + 2;
  if (cursor >= end) throw truncated();
  if (KINDS[bytes[cursor]!] !== Kind.map) throw violation('is not a dictionary');
  cursor = skipMsgpack(bytes, cursor, end);
}

function readArrayHeader(bytes: Buffer, end: number): number {
  if (cursor >= end) throw truncated();
  const first = bytes[cursor]!;
  if (KINDS[first] !== Kind.array) throw violation('is not a list');
  return readSize(bytes, end, first);
}

/** The size or count that `first`, the byte at the cursor, announces; the cursor goes behind it. */
function readSize(bytes: Buffer, end: number, first: number): number {
  const at = cursor + 1;
  const width = WIDTHS[first]!;
  cursor = at + width;
  if (cursor > end) throw truncated();
  return sizeAt(bytes, at, width, first);
}

/** A non-negative integer, also as a float: clients in JavaScript may send 1.0. Beyond 2^53 it may be rounded. */
function readInteger(bytes: Buffer, end: number): number {
  if (cursor >= end) throw truncated();
  const first = bytes[cursor]!;
  if (first < 0x80) {
    cursor++;
    return first;
  }
  const at = cursor + 1;
  if (KINDS[first] !== Kind.plain || first < 0xca || first >= 0xe0) throw notAnId();
  cursor = at + WIDTHS[first]!;
  if (cursor > end) throw truncated();
  switch (first) {
    case 0xca:
      return integral(bytes.readFloatBE(at));
    case 0xcb:
      return integral(bytes.readDoubleBE(at));
    case 0xcc:
      return bytes[at]!;
    case 0xcd:
      return uint16At(bytes, at);
    case 0xce:
      return uint32At(bytes, at);
    case 0xcf:
      return exact(bytes, at);
    default:
      return signed(bytes, at, first);
  }
}

/** 2^53 + 1 would round to 2^53, which is an id. */
function exact(bytes: Buffer, at: number): number {
  const value = uint64At(bytes, at);
  if (value >= MAX_ID && bytes[at + 7] !== 0) throw notAnId();
  return value;
}

function signed(bytes: Buffer, at: number, first: number): number {
  if (bytes[at]! >= 0x80) throw notAnId();
  switch (first) {
    case 0xd0:
      return bytes[at]!;
    case 0xd1:
      return uint16At(bytes, at);
    case 0xd2:
      return uint32At(bytes, at);
    default:
      return exact(bytes, at);
  }
}

function readText(bytes: Buffer, end: number, field: number): string | null {
  if (cursor >= end) throw truncated();
  const first = bytes[cursor]!;
  if (first === 0xc0 && field === Field.realm) {
    cursor++;
    return null;
  }
  if (KINDS[first] !== Kind.text) throw violation('is not a string');
  const size = readSize(bytes, end, first);
  const start = cursor;
  cursor = start + size;
  if (cursor > end) throw truncated();
  return fieldText(bytes, start, cursor, field);
}

function readDict(bytes: Buffer, end: number): Dict {
  if (cursor >= end) throw truncated();
  const start = cursor;
  const first = bytes[start]!;
  if (KINDS[first] !== Kind.map) throw violation('is not a dictionary');
  if (readSize(bytes, end, first) === 0) return EMPTY;
  cursor = skipMsgpack(bytes, start, end);
  dictBuilder.reset();
  walkMsgpack(bytes, start, dictBuilder);
  return dictBuilder.take() as Dict;
}
