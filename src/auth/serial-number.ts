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
  const groups = Array.from({ length: GROUPS }, (_, group) => {
    const letters = Array.from({ length: GROUP_LENGTH }, (_, letter) => {
      const drawn = view.getUint16((group * GROUP_LENGTH + letter) * 2);
      return ALPHABET.charAt(drawn % ALPHABET.length);
    });
    return letters.join('');
  });
  // Joined, it is one piece; put together letter by letter, the pieces would stay with each session.
  return groups.join('-');
}
