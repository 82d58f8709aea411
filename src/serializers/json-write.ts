import { escapesIn, escapeText } from './json-text.ts';
import { Field, layoutToWrite } from './layout.ts';
import type { Payload } from './payload.ts';
import { splice } from './splice.ts';

/** Brackets, commas, quotes, code, two integers, empty dictionary: what surrounds the parts of variable length. */
const FIXED_PARTS = 64;

const NULL_WORD: Buffer = Buffer.from('null');

/** `Serializer.bound` for JSON: a UTF-16 unit takes three bytes of UTF-8 or six of an escape at most. */
export function boundJson(dict: Buffer | null, text: string | null, payload: Payload | null): number {
  const textLength = text === null ? 0 : 6 * text.length;
  const payloadLength = payload === null ? 0 : payload.end - payload.start;
  return FIXED_PARTS + (dict === null ? 0 : dict.length) + textLength + payloadLength;
}

/** `Serializer.write` for JSON. */
export function writeJson(
  out: Buffer,
  at: number,
  code: number,
  first: number,
  second: number,
  dict: Buffer | null,
  text: string | null,
  payload: Payload | null,
  view?: DataView,
): number {
  const layout = layoutToWrite(code);
  const { fields } = layout;
  // An optional dictionary is written where it holds something.
  const present = dict === null ? layout.least - 1 : fields.length;
  out[at++] = 0x5b;
  at = putInteger(out, at, code);
  let integers = 0;
  for (let position = 0; position < present; position++) {
    out[at++] = 0x2c;
    const field = fields[position]!;
    if (field === Field.dict) {
      at = putDict(out, at, dict);
    } else if (field >= Field.text) {
      at = putString(out, at, text);
    } else {
      at = putInteger(out, at, integers++ === 0 ? first : second);
    }
  }
  if (payload !== null && payload.count > 0) {
    out[at++] = 0x2c;
    at = splice(payload.bytes, payload.start, payload.end, out, at, view);
  }
  out[at] = 0x5d;
  return at + 1;
}

function putDict(out: Buffer, at: number, dict: Buffer | null): number {
  if (dict !== null) return splice(dict, 0, dict.length, out, at);
  out[at] = 0x7b;
  out[at + 1] = 0x7d;
  return at + 2;
}

/** An integer of 0..2^53 in decimal; returns the end. */
function putInteger(out: Buffer, at: number, value: number): number {
  if (value < 10) {
    out[at] = 0x30 + value;
    return at + 1;
  }
  if (value < 1e8) return putDigits(out, at, value, digitsOf(value));
  const high = Math.floor(value / 1e8);
  return putDigits(out, putDigits(out, at, high, digitsOf(high)), value - high * 1e8, 8);
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  return digits;
}

/** The last `digits` digits of a number below 2^31, with leading zeros. */
function putDigits(out: Buffer, at: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let position = at + digits - 1; position >= at; position--) {
    const tens = (rest / 10) | 0;
    out[position] = 0x30 + (rest - tens * 10);
    rest = tens;
  }
  return at + digits;
}

function putString(out: Buffer, at: number, text: string | null): number {
  if (text === null) return splice(NULL_WORD, 0, 4, out, at);
  out[at] = 0x22;
  const end = putPlainText(out, at + 1, text) ?? putEscapedText(out, at + 1, text);
  out[end] = 0x22;
  return end + 1;
}

/** Writes a string if it is ASCII without escapes, as URIs are; else returns null. */
function putPlainText(out: Buffer, at: number, text: string): number | null {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit >= 0x80 || unit === 0x22 || unit === 0x5c) return null;
    out[at + index] = unit;
  }
  return at + text.length;
}

function putEscapedText(out: Buffer, at: number, text: string): number {
  // By way of UTF-8, which turns lone surrogates into U+FFFD.
  const bytes = Buffer.from(text, 'utf8');
  return escapesIn(bytes, 0, bytes.length) === 0
    ? splice(bytes, 0, bytes.length, out, at)
    : escapeText(bytes, 0, bytes.length, out, at);
}
