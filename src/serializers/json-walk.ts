import { LIMITS } from '../wamp/limits.ts';
import { binaryOf, isBinaryText } from './json-binary.ts';
import { BACKSLASH, CLOSE_DICT, CLOSE_LIST, COLON, COMMA, OPEN_DICT, OPEN_LIST, QUOTE } from './json-format.ts';
import { unescapeText } from './json-text.ts';
import { fits64Bits, tellBigInteger, type ValueSink } from './value-sink.ts';

/** Up to so many digits, an integer is exact in whatever order it is computed. */
const EXACT_DIGITS = 15;
/** 2^64 has twenty digits. */
const DIGITS_OF_64_BITS = 20;

const outerCount = new Int32Array(LIMITS.depth + 1);
const outerIsDict = new Uint8Array(LIMITS.depth + 1);

/**
 * Tells the sink the value that begins at `at`, which has been checked, and returns its end.
 * Integers of 64 bits are told as integers, other numbers as floats; NUL and base64 as binary.
 */
export function walkJson(bytes: Buffer, at: number, end: number, sink: ValueSink): number {
  let depth = 0;
  let count = 0;
  let isDict = false;
  for (;;) {
    at = skipFiller(bytes, at);
    const first = bytes[at]!;
    if (first === CLOSE_LIST || first === CLOSE_DICT) {
      if (isDict) sink.endMap(count);
      else sink.endArray(count);
      count = outerCount[depth]!;
      isDict = outerIsDict[depth] === 1;
      depth--;
      at++;
    } else {
      count++;
      if (isDict) at = skipFiller(bytes, walkString(bytes, at, sink, true));
      const opens = bytes[at]!;
      if (opens === OPEN_LIST || opens === OPEN_DICT) {
        if (++depth > LIMITS.depth) throw new RangeError('the value was not checked');
        outerCount[depth] = count;
        outerIsDict[depth] = isDict ? 1 : 0;
        count = 0;
        isDict = opens === OPEN_DICT;
        if (isDict) sink.beginMap(-1);
        else sink.beginArray(-1);
        at++;
        continue;
      }
      at = opens === QUOTE ? walkString(bytes, at, sink, false) : walkScalar(bytes, at, end, sink, opens);
    }
    if (depth === 0) return at;
  }
}

/** Skips what stands between values that were checked: white space, commas and colons. */
export function skipFiller(bytes: Buffer, at: number): number {
  for (;;) {
    const byte = bytes[at]!;
    if (byte > 0x20 && byte !== COMMA && byte !== COLON) return at;
    at++;
  }
}

/** Tells the string whose opening quote is at `at`. */
function walkString(bytes: Buffer, at: number, sink: ValueSink, isKey: boolean): number {
  const start = at + 1;
  let end = start;
  let escaped = false;
  for (let byte = bytes[end]!; byte !== QUOTE; byte = bytes[end]!) {
    if (byte === BACKSLASH) {
      escaped = true;
      end++;
    }
    end++;
  }
  if (!escaped) {
    if (isKey) sink.key(bytes, start, end);
    else sink.text(bytes, start, end);
    return end + 1;
  }
  const text = unescapeText(bytes, start, end);
  if (isKey) {
    sink.key(text, 0, text.length);
  } else if (isBinaryText(text, 0, text.length)) {
    const binary = binaryOf(text, 0, text.length);
    sink.binary(binary, 0, binary.length);
  } else {
    sink.text(text, 0, text.length);
  }
  return end + 1;
}

function walkScalar(bytes: Buffer, at: number, end: number, sink: ValueSink, first: number): number {
  switch (first) {
    case 0x74: // true
      sink.boolean(true);
      return at + 4;
    case 0x66: // false
      sink.boolean(false);
      return at + 5;
    case 0x6e: // null
      sink.null();
      return at + 4;
    default:
      return walkNumber(bytes, at, end, sink, first);
  }
}

/** Tells the number of JSON’s grammar that begins at `start`, with the byte `first`; returns its end. */
export function walkNumber(bytes: Buffer, start: number, end: number, sink: ValueSink, first: number): number {
  const isNegative = first === 0x2d;
  const digitsAt = isNegative ? start + 1 : start;
  let at = digitsAt;
  let value = 0;
  let byte = first;
  // Stops before the end, too: the last value of a payload may be followed by anything.
  while (at < end) {
    byte = bytes[at]!;
    if (byte < 0x30 || byte > 0x39) break;
    value = value * 10 + (byte - 0x30);
    at++;
  }
  const isInteger = at === end || (byte !== 0x2e && (byte | 0x20) !== 0x65);
  if (isInteger && at - digitsAt <= EXACT_DIGITS) {
    if (!isNegative) sink.integer(value);
    else if (value === 0) sink.float(-0);
    else sink.integer(-value);
    return at;
  }
  const stop = isInteger ? at : endOfNumber(bytes, at, end);
  tellLongNumber(bytes.toString('latin1', start, stop), isInteger && at - digitsAt <= DIGITS_OF_64_BITS, sink);
  return stop;
}

function tellLongNumber(text: string, mayFit: boolean, sink: ValueSink): void {
  const value = mayFit ? BigInt(text) : null;
  if (value !== null && fits64Bits(value)) tellBigInteger(value, sink);
  else sink.float(Number(text));
}

/** The end of a number whose fraction or exponent is at `at`. */
function endOfNumber(bytes: Buffer, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at]!;
    const isPart =
      (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2b || byte === 0x2d || (byte | 0x20) === 0x65;
    if (!isPart) break;
    at++;
  }
  return at;
}
