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
  const letters = GROUPS * GROUP_LENGTH;
  // Two bytes a letter: the remainder's bias is then below 1 in 2,000.
  const drawn = random(letters * 2);
  const serial = Buffer.alloc(letters + GROUPS - 1, '-');
  for (let letter = 0; letter < letters; letter++) {
    const number = ((drawn[letter * 2] as number) << 8) | (drawn[letter * 2 + 1] as number);
    const at = letter + Math.floor(letter / GROUP_LENGTH);
    serial[at] = ALPHABET.charCodeAt(number % ALPHABET.length);
  }
  // In one piece: put together letter by letter, the pieces of the text would stay with each session.
  return serial.toString('latin1');
}
