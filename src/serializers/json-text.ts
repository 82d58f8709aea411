import { BACKSLASH, hex4, LETTER_U } from './json-format.ts';

/** What a short escape stands for, by its letter. */
const SHORT: Uint8Array = new Uint8Array(128);
/** The letter that escapes a character shortly, by character. */
const LETTERS: Uint8Array = new Uint8Array(128);
for (const [letter, character] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  SHORT[letter!.charCodeAt(0)] = character!.charCodeAt(0);
  if (letter !== '/') LETTERS[character!.charCodeAt(0)] = letter!.charCodeAt(0);
}

/** By byte: how many bytes more than one it takes in a JSON string. */
const EXTRA: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x80 && LETTERS[byte] !== 0) return 1;
  return byte < 0x20 ? 5 : 0;
});

const HEX: Buffer = Buffer.from('0123456789abcdef');

const SCRATCH: Buffer = Buffer.allocUnsafeSlow(4 * 1024);

/** How many bytes escaping adds to `bytes[start, end)`. */
export function escapesIn(bytes: Buffer, start: number, end: number): number {
  let extra = 0;
  for (let at = start; at < end; at++) extra += EXTRA[bytes[at]!]!;
  return extra;
}

/** Writes the UTF-8 in `bytes[start, end)` as the inside of a JSON string; returns the end. `escapesIn` says how much room it needs. */
export function escapeText(bytes: Buffer, start: number, end: number, out: Buffer, at: number): number {
  for (let from = start; from < end; from++) {
    const byte = bytes[from]!;
    const extra = EXTRA[byte]!;
    if (extra === 0) {
      out[at++] = byte;
      continue;
    }
    out[at++] = BACKSLASH;
    if (extra === 1) {
      out[at++] = LETTERS[byte]!;
      continue;
    }
    out[at] = LETTER_U;
    out[at + 1] = 0x30;
    out[at + 2] = 0x30;
    out[at + 3] = HEX[byte >> 4]!;
    out[at + 4] = HEX[byte & 0x0f]!;
    at += 5;
  }
  return at;
}

/**
 * The inside of a checked JSON string as UTF-8, its escapes resolved. Valid until the next call.
 */
export function unescapeText(bytes: Buffer, start: number, end: number): Buffer {
  // No escape is shorter than what it stands for.
  const out = end - start <= SCRATCH.length ? SCRATCH : Buffer.allocUnsafe(end - start);
  let to = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte !== BACKSLASH) {
      out[to++] = byte;
      continue;
    }
    const letter = bytes[++at]!;
    if (letter !== LETTER_U) {
      out[to++] = SHORT[letter]!;
      continue;
    }
    let character = hex4(bytes, at + 1);
    at += 4;
    if (character >= 0xd800 && character <= 0xdbff) {
      character = 0x10000 + ((character - 0xd800) << 10) + (hex4(bytes, at + 3) - 0xdc00);
      at += 6;
    }
    to = putCharacter(out, to, character);
  }
  return out.subarray(0, to);
}

function putCharacter(out: Buffer, at: number, character: number): number {
  if (character < 0x80) {
    out[at] = character;
    return at + 1;
  }
  if (character < 0x800) {
    out[at] = 0xc0 | (character >> 6);
    out[at + 1] = 0x80 | (character & 0x3f);
    return at + 2;
  }
  if (character < 0x10000) {
    out[at] = 0xe0 | (character >> 12);
    out[at + 1] = 0x80 | ((character >> 6) & 0x3f);
    out[at + 2] = 0x80 | (character & 0x3f);
    return at + 3;
  }
  out[at] = 0xf0 | (character >> 18);
  out[at + 1] = 0x80 | ((character >> 12) & 0x3f);
  out[at + 2] = 0x80 | ((character >> 6) & 0x3f);
  out[at + 3] = 0x80 | (character & 0x3f);
  return at + 4;
}
