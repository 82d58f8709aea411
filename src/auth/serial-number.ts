/** Randomness, handed in: that many bytes, unpredictable, and the caller's to keep. */
export type RandomBytes = (size: number) => Uint8Array;

/** Crossbar: without characters that are read as one another. */
const ALPHABET = '345679ACEFGHJKLMNPQRSTUVWXY';
const GROUPS = 6;
const GROUP_LENGTH = 4;

/**
 * The authid of a client that has none: `RW5E-7YQ3-…`, six groups of four characters, 114 bits.
 * Crossbar: serial number, in "Generic HELLO processing".
 */
export function serialNumber(random: RandomBytes): string {
  const length = GROUPS * GROUP_LENGTH;
  // Two bytes a character: the remainder's bias is then below 1 in 2,000.
  const bytes = random(length * 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let serial = '';
  for (let at = 0; at < length; at++) {
    if (at > 0 && at % GROUP_LENGTH === 0) serial += '-';
    serial += ALPHABET.charAt(view.getUint16(at * 2) % ALPHABET.length);
  }
  return serial;
}
