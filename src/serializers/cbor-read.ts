import { type Dict, EMPTY } from '../wamp/dict.ts';
import { MAX_ID } from '../wamp/ids.ts';
import { argumentAt, BREAK, FLOAT16, FLOAT64, floatAt, INDEFINITE, Major, NULL, WIDTHS } from './cbor-format.ts';
import { skipCbor, startCborScan } from './cbor-scan.ts';
import { walkCbor } from './cbor-walk.ts';
import { checkId, fieldText, integral, notAnId } from './field-checks.ts';
import { Field, layoutOf } from './layout.ts';
import type { Message } from './message.ts';
import { ValueBuilder } from './value-builder.ts';
import { place, truncated, violation } from './violation.ts';

/** Where the reader is. Kept out of the functions, so that they can return what they read. */
let cursor = 0;

const dictBuilder = new ValueBuilder(true);

/** `Serializer.read` for CBOR. */
export function readCbor(bytes: Buffer, start: number, end: number, into: Message): void {
  place.code = 0;
  place.element = 0;
  startCborScan();
  cursor = start;
  const count = readHead(bytes, end, Major.array);
  const code = readInteger(bytes, end);
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
    if (field === Field.dict) into.dict = readDict(bytes, end);
    else if (field >= Field.text) into.text = readText(bytes, end, field);
    else if (integers++ === 0) into.first = checkId(readInteger(bytes, end), field);
    else into.second = checkId(readInteger(bytes, end), field);
    elements++;
  }
  place.element = 0;
  if (elements < layout.least) throw wrongCount();
  into.start = cursor;
  into.count = 0;
  if (layout.most > elements && hasMore(bytes, end, count, elements)) readPayload(bytes, end, into, count, elements);
  into.end = cursor;
  place.element = 0;
  if (count < 0) {
    if (hasMore(bytes, end, count, 0)) throw wrongCount();
    cursor++;
  }
  if (cursor !== end) throw violation('is followed by more bytes');
}

function wrongCount(): Error {
  return violation('has a wrong number of elements');
}

/** Whether the message, of `count` elements or ended by a break (-1), goes on after `elements`. */
function hasMore(bytes: Buffer, end: number, count: number, elements: number): boolean {
  if (count >= 0) return elements < count;
  if (cursor >= end) throw truncated();
  return bytes[cursor] !== BREAK;
}

function readPayload(bytes: Buffer, end: number, into: Message, count: number, elements: number): void {
  place.element = elements;
  if (cursor >= end) throw truncated();
  const major = bytes[cursor]! >> 5;
  const passthru = major === Major.bytes && into.dict['enc_algo'] !== undefined;
  if (major !== Major.array && !passthru) throw violation('is not a list');
  cursor = skipCbor(bytes, cursor, end);
  into.count = 1;
  if (!hasMore(bytes, end, count, elements + 1)) return;
  place.element = elements + 1;
  if (passthru) throw violation('follows a payload that is passed through');
  if (cursor >= end) throw truncated();
  if (bytes[cursor]! >> 5 !== Major.map) throw violation('is not a dictionary');
  cursor = skipCbor(bytes, cursor, end);
  into.count = 2;
}

/** The length or count of the item at the cursor, which must be of that major type; -1 where it is indefinite. The cursor goes behind the head. */
function readHead(bytes: Buffer, end: number, major: number): number {
  if (cursor >= end) throw truncated();
  const first = bytes[cursor]!;
  if (first >> 5 !== major) throw violation(`is not ${NAMES[major]}`);
  const at = cursor + 1;
  const width = WIDTHS[first & 0x1f]!;
  if (width < 0) {
    if ((first & 0x1f) !== INDEFINITE) throw violation('has a length that CBOR does not know');
    cursor = at;
    return -1;
  }
  cursor = at + width;
  if (cursor > end) throw truncated();
  return argumentAt(bytes, at, width, first);
}

const NAMES: Readonly<Record<number, string>> = {
  [Major.text]: 'a string',
  [Major.array]: 'a list',
  [Major.map]: 'a dictionary',
};

/** A non-negative integer, also as a float: clients in JavaScript may send 1.0. Beyond 2^53 it may be rounded. */
function readInteger(bytes: Buffer, end: number): number {
  if (cursor >= end) throw truncated();
  const first = bytes[cursor]!;
  if (first < 24) {
    cursor++;
    return first;
  }
  const at = cursor + 1;
  const isFloat = first >= FLOAT16 && first <= FLOAT64;
  const width = WIDTHS[first & 0x1f]!;
  if ((first >> 5 !== Major.unsigned && !isFloat) || width < 0) throw notAnId();
  cursor = at + width;
  if (cursor > end) throw truncated();
  if (isFloat) return integral(floatAt(bytes, at, first));
  const value = argumentAt(bytes, at, width, first);
  // 2^53 + 1 would round to 2^53, which is an id.
  if (value >= MAX_ID && bytes[at + 7] !== 0) throw notAnId();
  return value;
}

function readText(bytes: Buffer, end: number, field: number): string | null {
  if (field === Field.realm && cursor < end && bytes[cursor] === NULL) {
    cursor++;
    return null;
  }
  const start = cursor;
  const size = readHead(bytes, end, Major.text);
  if (size < 0) return readChunks(bytes, start, end);
  const textAt = cursor;
  cursor += size;
  if (cursor > end) throw truncated();
  return fieldText(bytes, textAt, cursor, field);
}

/** A string in chunks: rare, so it may take the way of a whole value. */
function readChunks(bytes: Buffer, start: number, end: number): string {
  cursor = skipCbor(bytes, start, end);
  dictBuilder.reset();
  walkCbor(bytes, start, dictBuilder);
  return dictBuilder.take() as string;
}

function readDict(bytes: Buffer, end: number): Dict {
  const start = cursor;
  const count = readHead(bytes, end, Major.map);
  if (count === 0) return EMPTY;
  if (count < 0 && bytes[cursor] === BREAK && cursor < end) {
    cursor++;
    return EMPTY;
  }
  cursor = skipCbor(bytes, start, end);
  dictBuilder.reset();
  walkCbor(bytes, start, dictBuilder);
  return dictBuilder.take() as Dict;
}
