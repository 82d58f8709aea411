/** Codes of six digits that change every half minute, as authenticator apps show them. [RFC 6238, RFC 4226] */
import { createHmac } from 'node:crypto';

/** Seconds for which a code is shown. */
export const PERIOD = 30;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The number of the half minute that a time is in. @param time milliseconds since 1970, UTC */
export function stepOf(time: number): number {
  return Math.floor(time / 1000 / PERIOD);
}

/** The code of one step. @param algorithm apps know `sha1` alone, most of them */
export function totp(key: Uint8Array, step: number, digits = 6, algorithm = 'sha1'): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac(algorithm, key).update(counter).digest();
  // [RFC 4226, 5.3] Where the last octet says, 31 bits.
  const at = (hash.at(-1) ?? 0) & 0xf;
  const number = hash.readUInt32BE(at) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The bytes of a key as apps take it: base32, in whatever case, with or without spaces and padding. @throws RangeError */
export function keyOf(base32: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const letter of base32.toUpperCase().replace(/[\s=]/g, '')) {
    const value = BASE32.indexOf(letter);
    if (value < 0) throw new RangeError('a key in base32 has letters, and digits from 2 to 7');
    bits = ((bits << 5) | value) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 0xff);
  }
  return Uint8Array.from(bytes);
}
