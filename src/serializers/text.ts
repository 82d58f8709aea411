import { isUtf8 } from 'node:buffer';

/** Below this, looking at each byte is cheaper than a call into native code. */
const NATIVE_FROM = 128;

/** Strings remembered: slots, and bytes of each at most. Together they bound the memory. */
const SLOTS = 1024;
const SLOT_BYTES = 64;

const knownBytes = new Uint8Array(SLOTS * SLOT_BYTES);
const knownLengths = new Uint8Array(SLOTS);
const knownTexts: string[] = new Array(SLOTS).fill('');

/** Whether `bytes[start, end)` is valid UTF-8. */
export function isText(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < NATIVE_FROM) {
    let bits = 0;
    for (let at = start; at < end; at++) bits |= bytes[at]!;
    if (bits < 0x80) return true;
  }
  return isUtf8(bytes.subarray(start, end));
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
  if (length > SLOT_BYTES) return isText(bytes, start, end) ? textOf(bytes, start, end) : null;
  let hash = length;
  let bits = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    bits |= byte;
    hash = ((hash << 5) - hash + byte) | 0;
  }
  if (bits >= 0x80) return isUtf8(bytes.subarray(start, end)) ? textOf(bytes, start, end) : null;
  const slot = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (SLOTS - 1);
  const base = slot * SLOT_BYTES;
  if (knownLengths[slot] === length) {
    let same = 0;
    while (same < length && knownBytes[base + same] === bytes[start + same]) same++;
    if (same === length) return knownTexts[slot]!;
  }
  const text = bytes.toString('latin1', start, end);
  knownLengths[slot] = length;
  knownTexts[slot] = text;
  for (let at = 0; at < length; at++) knownBytes[base + at] = bytes[start + at]!;
  return text;
}
