/**
 * Binary in JSON: a string of NUL and base64. [WAMP: Serializers, Binary conversion of JSON strings]
 */

/** By byte: 1 where it is of the base64 alphabet. */
const ALPHABET: Uint8Array = new Uint8Array(256);
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')) ALPHABET[byte] = 1;

const PADDING = 0x3d;

/** Whether `text[start, end)`, UTF-8, is NUL and padded base64. */
export function isBinaryText(text: Buffer, start: number, end: number): boolean {
  if (start === end || text[start] !== 0 || (end - start - 1) % 4 !== 0) return false;
  let stop = end;
  if (stop > start + 1 && text[stop - 1] === PADDING) stop--;
  if (stop > start + 1 && stop < end && text[stop - 1] === PADDING) stop--;
  for (let at = start + 1; at < stop; at++) if (ALPHABET[text[at]!] === 0) return false;
  return true;
}

/** The bytes that NUL and base64 in `text[start, end)` stand for. */
export function binaryOf(text: Buffer, start: number, end: number): Buffer {
  return Buffer.from(text.toString('latin1', start + 1, end), 'base64');
}
