import { type Dict, EMPTY } from '../wamp/dict.ts';
import { checkId, fieldText, integral, notAnId } from './field-checks.ts';
import { Field, layoutOf } from './layout.ts';
import type { Message } from './message.ts';
import type { Dialect } from './ubjson-dialect.ts';
import { Kind, Marker } from './ubjson-format.ts';
import { header, lengthAt, lengthEnd, readHeader, skipNoops } from './ubjson-header.ts';
import { skipUbjson, startUbjsonScan } from './ubjson-scan.ts';
import { walkUbjson } from './ubjson-walk.ts';
import { ValueBuilder } from './value-builder.ts';
import { place, truncated, violation } from './violation.ts';

/** Where the reader is. Kept out of the functions, so that they can return what they read. */
let cursor = 0;
/** The type of all elements of the message, or 0 where each has its own: some encoders pack a list of integers. */
let type = 0;

const dictBuilder = new ValueBuilder(true);

/** `Serializer.read` for UBJSON. */
export function readUbjson(dialect: Dialect, bytes: Buffer, start: number, end: number, into: Message): void {
  place.code = 0;
  place.element = 0;
  startUbjsonScan();
  const count = openMessage(dialect, bytes, start, end);
  const code = readInteger(dialect, bytes, end);
  const layout = layoutOf(code);
  if (layout === undefined) throw violation('has an unknown message code');
  place.code = code;
  if (count >= 0 && (count < layout.least || count > layout.most)) throw wrongCount();
  into.code = code;
  into.first = 0;
  into.second = 0;
  into.dict = EMPTY;
  into.text = '';
  into.bytes = bytes;
  into.transcoded = null;
  const { fields } = layout;
  let integers = 0;
  let elements = 1;
  while (elements <= fields.length && hasMore(bytes, end, count, elements)) {
    place.element = elements;
    const field = fields[elements - 1]!;
    if (field === Field.dict) into.dict = readDict(dialect, bytes, end);
    else if (field >= Field.text) into.text = readText(dialect, bytes, end, field);
    else if (integers++ === 0) into.first = checkId(readInteger(dialect, bytes, end), field);
    else into.second = checkId(readInteger(dialect, bytes, end), field);
    elements++;
  }
  place.element = 0;
  if (elements < layout.least) throw wrongCount();
  into.start = cursor;
  into.end = cursor;
  into.count = 0;
  if (layout.most > elements && hasMore(bytes, end, count, elements)) {
    readPayload(dialect, bytes, end, into, count, elements);
  }
  place.element = 0;
  closeMessage(bytes, end, count);
}

/** Opens the message's list; returns its count, or -1. */
function openMessage(dialect: Dialect, bytes: Buffer, start: number, end: number): number {
  if (start >= end) throw truncated();
  if (bytes[start] !== Marker.openList) throw violation('is not a list');
  readHeader(dialect, bytes, start + 1, end);
  cursor = header.end;
  type = header.type;
  return header.count;
}

function closeMessage(bytes: Buffer, end: number, count: number): void {
  if (count < 0) {
    if (hasMore(bytes, end, count, 0)) throw wrongCount();
    cursor++;
  }
  if (cursor !== end) throw violation('is followed by more bytes');
}

function wrongCount(): Error {
  return violation('has a wrong number of elements');
}

/** Whether the message, of `count` elements or ended by a bracket (-1), goes on after `elements`. The cursor goes to what is next. */
function hasMore(bytes: Buffer, end: number, count: number, elements: number): boolean {
  if (count >= 0) {
    if (elements >= count) return false;
    if (type === 0) cursor = skipNoops(bytes, cursor);
    return true;
  }
  cursor = skipNoops(bytes, cursor);
  if (cursor >= end) throw truncated();
  return bytes[cursor] !== Marker.closeList;
}

function readPayload(
  dialect: Dialect,
  bytes: Buffer,
  end: number,
  into: Message,
  count: number,
  elements: number,
): void {
  place.element = elements;
  into.start = cursor;
  // All of one type, and the first of them an integer.
  if (type !== 0) throw violation('is not a list');
  const passthru = isBinary(dialect, bytes, end) && into.dict['enc_algo'] !== undefined;
  if (!passthru && !isList(dialect, bytes, end)) throw violation('is not a list');
  cursor = skipUbjson(dialect, bytes, cursor, end);
  into.end = cursor;
  into.count = 1;
  if (!hasMore(bytes, end, count, elements + 1)) return;
  place.element = elements + 1;
  if (passthru) throw violation('follows a payload that is passed through');
  if (cursor >= end) throw truncated();
  if (bytes[cursor] !== Marker.openDict) throw violation('is not a dictionary');
  cursor = skipUbjson(dialect, bytes, cursor, end);
  into.end = cursor;
  into.count = 2;
}

function isBinary(dialect: Dialect, bytes: Buffer, end: number): boolean {
  if (cursor >= end) throw truncated();
  if (bytes[cursor] !== Marker.openList) return false;
  readHeader(dialect, bytes, cursor + 1, end);
  return header.type === dialect.binary;
}

function isList(dialect: Dialect, bytes: Buffer, end: number): boolean {
  return bytes[cursor] === Marker.openList && !isBinary(dialect, bytes, end);
}

/** The marker of the value at the cursor, which goes behind it. */
function readMarker(bytes: Buffer, end: number): number {
  if (type !== 0) return type;
  cursor = skipNoops(bytes, cursor);
  if (cursor >= end) throw truncated();
  return bytes[cursor++]!;
}

/** A non-negative integer, also as a float: clients in JavaScript may send 1.0. */
function readInteger(dialect: Dialect, bytes: Buffer, end: number): number {
  const marker = readMarker(bytes, end);
  const kind = dialect.kinds[marker]!;
  if (kind !== Kind.integer && kind !== Kind.float) throw notAnId();
  const at = cursor;
  cursor = at + dialect.widths[marker]!;
  if (cursor > end) throw truncated();
  if (kind === Kind.float) return integral(dialect.floatAt(bytes, at, marker));
  const value = dialect.sizeAt(bytes, at, marker);
  if (value < 0) throw notAnId();
  return value;
}

function readText(dialect: Dialect, bytes: Buffer, end: number, field: number): string | null {
  const marker = readMarker(bytes, end);
  if (marker === Marker.null && field === Field.realm) return null;
  let length = 1;
  if (marker === Marker.text) {
    length = lengthAt(dialect, bytes, cursor, end);
    cursor = lengthEnd;
  } else if (marker !== Marker.char) {
    throw violation('is not a string');
  }
  const start = cursor;
  cursor = start + length;
  if (cursor > end) throw truncated();
  return fieldText(bytes, start, cursor, field);
}

function readDict(dialect: Dialect, bytes: Buffer, end: number): Dict {
  if (readMarker(bytes, end) !== Marker.openDict || type !== 0) throw violation('is not a dictionary');
  const start = cursor - 1;
  readHeader(dialect, bytes, cursor, end);
  const { count } = header;
  cursor = skipUbjson(dialect, bytes, start, end);
  if (count === 0 || cursor === start + 2) return EMPTY;
  dictBuilder.reset();
  walkUbjson(dialect, bytes, start, end, dictBuilder);
  return dictBuilder.take() as Dict;
}
