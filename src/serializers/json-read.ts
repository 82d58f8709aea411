import { type Dict, EMPTY } from '../wamp/dict.ts';
import { MAX_ID } from '../wamp/ids.ts';
import { checkId, fieldText, notAnId } from './field-checks.ts';
import { isBinaryText } from './json-binary.ts';
import { CLOSE_DICT, CLOSE_LIST, COMMA, OPEN_DICT, OPEN_LIST, QUOTE } from './json-format.ts';
import { hasEscapes, skipFieldString, skipJson, skipSpace, startJsonScan } from './json-scan.ts';
import { unescapeText } from './json-text.ts';
import { walkJson } from './json-walk.ts';
import { Field, layoutOf } from './layout.ts';
import type { Message } from './message.ts';
import { ValueBuilder } from './value-builder.ts';
import { place, violation } from './violation.ts';

/** Digits of 2^53, the largest id. */
const ID_DIGITS = 16;

const NULL_WORD = 0x6e;

/** Where the reader is. Kept out of the functions, so that they can return what they read. */
let cursor = 0;

const dictBuilder = new ValueBuilder(true);

/** `Serializer.read` for JSON. */
export function readJson(bytes: Buffer, start: number, end: number, into: Message): void {
  place.code = 0;
  place.element = 0;
  startJsonScan(start, end);
  cursor = skipSpace(bytes, start, end);
  if (bytes[cursor] !== OPEN_LIST) throw violation('is not a list');
  cursor = skipSpace(bytes, cursor + 1, end);
  const code = readInteger(bytes, end);
  const layout = layoutOf(code);
  if (layout === undefined) throw violation('has an unknown message code');
  place.code = code;
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
  while (elements <= fields.length && hasMore(bytes, end)) {
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
  into.end = cursor;
  into.count = 0;
  // Without all fields, the list was found to end.
  const closed = elements <= fields.length || !hasMore(bytes, end);
  if (!closed) {
    if (layout.most === elements) throw wrongCount();
    readPayload(bytes, end, into, elements);
  }
  finish(bytes, end);
}

function wrongCount(): Error {
  return violation('has a wrong number of elements');
}

/** Whether another element follows. Then the cursor goes to it; else to the closing bracket. */
function hasMore(bytes: Buffer, end: number): boolean {
  cursor = skipSpace(bytes, cursor, end);
  const byte = bytes[cursor]!;
  if (byte === CLOSE_LIST) return false;
  if (byte !== COMMA) throw violation('has no comma or bracket after an element');
  cursor = skipSpace(bytes, cursor + 1, end);
  return true;
}

/** The cursor is at the closing bracket; only white space may follow. */
function finish(bytes: Buffer, end: number): void {
  place.element = 0;
  for (let at = cursor + 1; at < end; at++) {
    const byte = bytes[at]!;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
      throw violation('is followed by more bytes');
    }
  }
}

/** The cursor is at the first value of the payload, and goes to the closing bracket of the message. */
function readPayload(bytes: Buffer, end: number, into: Message, elements: number): void {
  place.element = elements;
  into.start = cursor;
  const passthru = bytes[cursor] === QUOTE && into.dict['enc_algo'] !== undefined;
  if (bytes[cursor] !== OPEN_LIST && !passthru) throw violation('is not a list');
  const start = cursor;
  cursor = skipJson(bytes, cursor, end);
  into.end = cursor;
  into.count = 1;
  if (passthru) {
    const text = unescapeText(bytes, start + 1, cursor - 1);
    if (!isBinaryText(text, 0, text.length)) throw violation('is not a list');
  }
  if (!hasMore(bytes, end)) return;
  place.element = elements + 1;
  if (passthru) throw violation('follows a payload that is passed through');
  if (bytes[cursor] !== OPEN_DICT) throw violation('is not a dictionary');
  cursor = skipJson(bytes, cursor, end);
  into.end = cursor;
  into.count = 2;
  if (hasMore(bytes, end)) {
    place.element = 0;
    throw wrongCount();
  }
}

/** A non-negative integer of at most 2^53. */
function readInteger(bytes: Buffer, end: number): number {
  const start = cursor;
  let value = 0;
  let byte = 0;
  while (cursor < end) {
    byte = bytes[cursor]!;
    if (byte < 0x30 || byte > 0x39) break;
    value = value * 10 + (byte - 0x30);
    cursor++;
  }
  const digits = cursor - start;
  const isPart = cursor < end && (byte === 0x2e || (byte | 0x20) === 0x65);
  if (digits === 0 || digits > ID_DIGITS || isPart) throw notAnId();
  if (digits > 1 && bytes[start] === 0x30) throw violation('has a number that JSON does not know');
  // 2^53 + 1 would round to 2^53, which is an id and ends with 2.
  if (value >= MAX_ID && bytes[cursor - 1] !== 0x32) throw notAnId();
  return value;
}

function readText(bytes: Buffer, end: number, field: number): string | null {
  const first = bytes[cursor]!;
  if (first === NULL_WORD && field === Field.realm) {
    cursor = skipJson(bytes, cursor, end);
    return null;
  }
  if (first !== QUOTE) throw violation('is not a string');
  const start = cursor + 1;
  cursor = skipFieldString(bytes, start, end);
  if (!hasEscapes()) return fieldText(bytes, start, cursor - 1, field);
  const text = unescapeText(bytes, start, cursor - 1);
  return fieldText(text, 0, text.length, field);
}

function readDict(bytes: Buffer, end: number): Dict {
  if (bytes[cursor] !== OPEN_DICT) throw violation('is not a dictionary');
  const start = cursor;
  const inside = skipSpace(bytes, start + 1, end);
  if (bytes[inside] === CLOSE_DICT) {
    cursor = inside + 1;
    return EMPTY;
  }
  cursor = skipJson(bytes, start, end);
  dictBuilder.reset();
  walkJson(bytes, start, end, dictBuilder);
  return dictBuilder.take() as Dict;
}
