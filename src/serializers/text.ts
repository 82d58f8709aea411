import { isUtf8 } from 'node:buffer';

/** Below this, looking at each byte is cheaper than a call into native code. */
const NATIVE_FROM = 128;

/** Strings remembered: slots, and bytes of each at most. Together they bound the memory. */
/** `slotOf` gives ten bits. */
const SLOTS = 1024;
const SLOT_BYTES = 64;

const knownBytes = new Uint8Array(SLOTS * SLOT_BYTES);
const knownLengths = new Uint8Array(SLOTS);
const knownTexts: string[] = new Array(SLOTS).fill('');

/** Whether all of `bytes[start, end)` is ASCII. */
export function isAscii(bytes: Buffer, start: number, end: number): boolean {
  let bits = 0;
  let at = start;
  // Eight at a time: what the loop itself costs is more than what it does.
  for (const last = end - 8; at <= last; at += 8) {
    bits |=
      bytes[at]! |
      bytes[at + 1]! |
      bytes[at + 2]! |
      bytes[at + 3]! |
      bytes[at + 4]! |
      bytes[at + 5]! |
      bytes[at + 6]! |
      bytes[at + 7]!;
  }
  for (; at < end; at++) bits |= bytes[at]!;
  return bits < 0x80;
}

/** Whether `bytes[start, end)` is valid UTF-8. */
export function isText(bytes: Buffer, start: number, end: number): boolean {
  return (end - start < NATIVE_FROM && isAscii(bytes, start, end)) || isUtf8(bytes.subarray(start, end));
}

/** The string in `bytes[start, end)`, which is valid UTF-8. */
export function textOf(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start, end);
}

/**
 * The string in `bytes[start, end)`, or null where that is not valid UTF-8. Short ASCII strings are
 * looked up by their bytes among those read before: a router sees the same URIs and keys over and
 * over, and making a string of bytes costs several times what finding it does. A slot holds the
 * last string that fell into it, so a peer that sends ever new ones gains nothing and fills nothing.
 */
export function readRecurringText(bytes: Buffer, start: number, end: number): string | null {
  const length = end - start;
  if (length > SLOT_BYTES || length < 4) return isText(bytes, start, end) ? textOf(bytes, start, end) : null;
  const slot = slotOf(bytes, start, length);
  if (knownLengths[slot] === length && isKnown(bytes, start, length, slot * SLOT_BYTES)) return knownTexts[slot]!;
  if (!isAscii(bytes, start, end)) return isUtf8(bytes.subarray(start, end)) ? textOf(bytes, start, end) : null;
  const text = bytes.toString('latin1', start, end);
  knownLengths[slot] = length;
  knownTexts[slot] = text;
  for (let offset = 0; offset < length; offset++) knownBytes[slot * SLOT_BYTES + offset] = bytes[start + offset]!;
  return text;
}

/** Of the last bytes and some before: URIs have their beginning in common, if anything. */
function slotOf(bytes: Buffer, start: number, length: number): number {
  const last = start + length - 1;
  const tail = bytes[last]! | (bytes[last - 1]! << 8) | (bytes[last - 2]! << 16) | (bytes[last - 3]! << 24);
  const middle = start + (length >> 1);
  const inner = bytes[middle]! | (bytes[middle - 1]! << 8) | (bytes[start + (length >> 2)]! << 16) | (length << 24);
  const hash = Math.imul(tail ^ Math.imul(inner, 0x85ebca6b), 0x9e3779b1);
  return hash >>> 22;
}

function isKnown(bytes: Buffer, start: number, length: number, base: number): boolean {
  let offset = 0;
  for (const last = length - 4; offset <= last; offset += 4) {
    const different =
      (knownBytes[base + offset]! ^ bytes[start + offset]!) |
      (knownBytes[base + offset + 1]! ^ bytes[start + offset + 1]!) |
      (knownBytes[base + offset + 2]! ^ bytes[start + offset + 2]!) |
      (knownBytes[base + offset + 3]! ^ bytes[start + offset + 3]!);
    if (different !== 0) return false;
  }
  for (; offset < length; offset++) if (knownBytes[base + offset] !== bytes[start + offset]) return false;
  return true;
}
