import { isUtf8 } from 'node:buffer';

/**
 * Checks the next piece of a text that arrives in pieces, as early as possible: the octet that makes
 * the text invalid is the octet that is refused. [RFC 6455 8.1]
 *
 * @param start where a character begins: the end of what an earlier call found good
 * @returns up to where the text consists of whole, valid characters (at most three octets before
 * `end`); -1 where `bytes[start, end)` cannot be continued to valid UTF-8
 */
export function validUntil(bytes: Buffer, start: number, end: number): number {
  const whole = wholeUntil(bytes, start, end);
  if (whole < 0) return -1;
  return whole === start || isUtf8(bytes.subarray(start, whole)) ? whole : -1;
}

/** Where the last character of `bytes[start, end)` begins, if it is incomplete, else `end`; -1 where it never can be completed. */
function wholeUntil(bytes: Buffer, start: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= start; back += 1) {
    const octet = bytes[end - back] as number;
    if (octet < 0x80) return end;
    if (octet >= 0xc0) {
      if (back >= characterLength(octet)) return end;
      return isPrefix(octet, back === 1 ? null : (bytes[end - back + 1] as number)) ? end - back : -1;
    }
  }
  return end;
}

function characterLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

/** Whether a character may begin so. The second octet is where overlong forms, surrogates and code points beyond U+10FFFF show. [RFC 3629 4] */
function isPrefix(lead: number, second: number | null): boolean {
  if (lead < 0xc2 || lead > 0xf4) return false;
  if (second === null) return true;
  if (lead === 0xe0) return second >= 0xa0;
  if (lead === 0xed) return second <= 0x9f;
  if (lead === 0xf0) return second >= 0x90;
  return lead !== 0xf4 || second <= 0x8f;
}
