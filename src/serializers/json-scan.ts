import { isUtf8 } from 'node:buffer';
import { LIMITS } from '../wamp/limits.ts';
import {
  BACKSLASH,
  CLOSE_DICT,
  CLOSE_LIST,
  COLON,
  COMMA,
  hex4,
  LETTER_U,
  OPEN_DICT,
  OPEN_LIST,
  QUOTE,
} from './json-format.ts';
import { skipScalar } from './json-scalar.ts';
import { unescapeText } from './json-text.ts';
import { truncated, violation } from './violation.ts';

/** Bytes at which a string is looked at closely: 1 for the quote, the backslash and control characters. */
const STOPS: Uint8Array = new Uint8Array(256).fill(1, 0, 0x20);
STOPS[QUOTE] = 1;
STOPS[BACKSLASH] = 1;
/** The same, and what is not ASCII. */
const STOPS_BEFORE_CHECK: Uint8Array = Uint8Array.from(STOPS, (stop, byte) => (byte >= 0x80 ? 1 : stop));

/** Strings beyond this length are scanned in larger steps. */
const SHORT = 24;

/** What remains of `LIMITS.elements` for the message being read. */
let elements = 0;
/** The message being read. Its UTF-8 is checked as a whole, once, when the first byte beyond ASCII turns up. */
let messageStart = 0;
let messageEnd = 0;
let stops = STOPS;
let escapeSeen = false;

/** Which of the containers around the current one are dictionaries. */
const outerIsDict = new Uint8Array(LIMITS.depth);

/** Starts the scan of the message in `bytes[start, end)`. */
export function startJsonScan(start: number, end: number): void {
  elements = LIMITS.elements;
  messageStart = start;
  messageEnd = end;
  stops = STOPS_BEFORE_CHECK;
}

/** The next byte that is not white space is at the returned position, which is before `end`. */
export function skipSpace(bytes: Buffer, at: number, end: number): number {
  // Compact JSON has none, so that this is all that is inlined.
  return at < end && bytes[at]! > 0x20 ? at : skipSpaces(bytes, at, end);
}

function skipSpaces(bytes: Buffer, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at]!;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at++;
  }
  throw truncated();
}

/**
 * Checks the value that begins at `at`, all that is nested in it, and returns its end. The whole
 * grammar of RFC 8259, and no escape of half a surrogate pair. Neither recursion nor allocation.
 * @throws ProtocolViolation
 */
export function skipJson(bytes: Buffer, at: number, end: number): number {
  let depth = 0;
  let inDict = false;
  for (;;) {
    const first = bytes[at]!;
    if (first === QUOTE) {
      at = skipString(bytes, at + 1, end);
    } else if (first === OPEN_LIST || first === OPEN_DICT) {
      if (depth >= LIMITS.depth) throw violation('is nested too deep');
      const opensDict = first === OPEN_DICT;
      at = skipSpace(bytes, at + 1, end);
      if (bytes[at] !== (opensDict ? CLOSE_DICT : CLOSE_LIST)) {
        outerIsDict[depth] = inDict ? 1 : 0;
        depth++;
        inDict = opensDict;
        at = enterElement(bytes, at, end, inDict);
        continue;
      }
      at++;
    } else {
      at = skipScalar(bytes, at, end, first);
    }
    // A value has ended: so may the containers around it.
    for (;;) {
      if (depth === 0) return at;
      at = skipSpace(bytes, at, end);
      const next = bytes[at]!;
      if (next === COMMA) {
        at = enterElement(bytes, skipSpace(bytes, at + 1, end), end, inDict);
        break;
      }
      if (next !== (inDict ? CLOSE_DICT : CLOSE_LIST)) throw violation('has no comma or bracket after a value');
      at++;
      depth--;
      inDict = outerIsDict[depth] === 1;
    }
  }
}

/** Counts an element of a container; returns where its value begins, in a dictionary behind the key and the colon. */
function enterElement(bytes: Buffer, at: number, end: number, inDict: boolean): number {
  elements -= inDict ? 2 : 1;
  if (elements < 0) throw violation('has too many elements');
  return inDict ? skipKey(bytes, at, end) : at;
}

/** Checks the key at `at` and the colon, and returns where the value begins. */
function skipKey(bytes: Buffer, at: number, end: number): number {
  if (bytes[at] !== QUOTE) throw violation('has a key that is not a string');
  const stop = skipString(bytes, at + 1, end);
  // What counts is the length of the key itself; escapes may have made it longer here.
  const isLong = stop - at - 2 > LIMITS.keyLength;
  if (isLong && unescapeText(bytes, at + 1, stop - 1).length > LIMITS.keyLength)
    throw violation('has a key that is too long');
  const colon = skipSpace(bytes, stop, end);
  if (bytes[colon] !== COLON) throw violation('has no colon after a key');
  return skipSpace(bytes, colon + 1, end);
}

/** Checks the string whose opening quote is before `at`; returns the position behind the closing one. */
export function skipString(bytes: Buffer, at: number, end: number): number {
  const stop = stops;
  const short = Math.min(at + SHORT, end);
  while (at < short && stop[bytes[at]!] === 0) at++;
  return at < end && bytes[at] === QUOTE ? at + 1 : skipLongString(bytes, at, end);
}

/** Like `skipString`; afterwards `hasEscapes` speaks of this string. */
export function skipFieldString(bytes: Buffer, at: number, end: number): number {
  escapeSeen = false;
  return skipString(bytes, at, end);
}

/** Whether the string that `skipFieldString` skipped last has escapes. */
export function hasEscapes(): boolean {
  return escapeSeen;
}

/** `skipString` for what is left of a string that is long, or holds what has to be looked at closely. */
function skipLongString(bytes: Buffer, at: number, end: number): number {
  for (;;) {
    at = skipPlain(bytes, at, end);
    if (at >= end) throw truncated();
    const byte = bytes[at]!;
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) {
      escapeSeen = true;
      at = skipEscape(bytes, at + 1, end);
    } else if (byte >= 0x80) checkUtf8(bytes);
    else throw violation('has a control character in a string');
  }
}

/** The position of the next byte at which to stop, or `end`. */
function skipPlain(bytes: Buffer, at: number, end: number): number {
  const stop = stops;
  // Eight at a time: what the loop itself costs is more than what it does.
  for (const last = end - 8; at <= last; at += 8) {
    const found =
      stop[bytes[at]!]! |
      stop[bytes[at + 1]!]! |
      stop[bytes[at + 2]!]! |
      stop[bytes[at + 3]!]! |
      stop[bytes[at + 4]!]! |
      stop[bytes[at + 5]!]! |
      stop[bytes[at + 6]!]! |
      stop[bytes[at + 7]!]!;
    if (found !== 0) break;
  }
  while (at < end && stop[bytes[at]!] === 0) at++;
  return at;
}

function checkUtf8(bytes: Buffer): void {
  if (!isUtf8(bytes.subarray(messageStart, messageEnd))) throw violation('is not UTF-8');
  stops = STOPS;
}

/** Checks the escape whose backslash is before `at`; half a surrogate pair is refused, because not every format can hold it. */
function skipEscape(bytes: Buffer, at: number, end: number): number {
  if (at >= end) throw truncated();
  switch (bytes[at]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 1;
    case LETTER_U:
      break;
    default:
      throw violation('has an escape that JSON does not know');
  }
  const unit = hexUnit(bytes, at + 1, end);
  if (unit < 0xd800 || unit > 0xdfff) return at + 5;
  const paired = unit < 0xdc00 && at + 7 <= end && bytes[at + 5] === BACKSLASH && bytes[at + 6] === LETTER_U;
  const low = paired ? hexUnit(bytes, at + 7, end) : 0;
  if (low < 0xdc00 || low > 0xdfff) throw violation('has half a surrogate pair');
  return at + 11;
}

function hexUnit(bytes: Buffer, at: number, end: number): number {
  if (at + 4 > end) throw truncated();
  const unit = hex4(bytes, at);
  if (unit < 0) throw violation('has an escape that JSON does not know');
  return unit;
}
