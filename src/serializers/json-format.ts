/** Bytes that mean something in JSON. */
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_LIST = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_LIST = 0x5d;
export const LETTER_U = 0x75;
export const OPEN_DICT = 0x7b;
export const CLOSE_DICT = 0x7d;

/** The number that four hexadecimal digits are, or -1 where they are none. The bytes must be there. */
export function hex4(bytes: Buffer, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index++) {
    const byte = bytes[index]!;
    const letter = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) value = (value << 4) | (byte - 0x30);
    else if (letter >= 0x61 && letter <= 0x66) value = (value << 4) | (letter - 0x57);
    else return -1;
  }
  return value;
}
