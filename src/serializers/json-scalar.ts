import { truncated, violation } from './violation.ts';

const TRUE: Buffer = Buffer.from('true');
const FALSE: Buffer = Buffer.from('false');
const NULL: Buffer = Buffer.from('null');

/** Checks a number or a literal; returns its end. */
export function skipScalar(bytes: Buffer, at: number, end: number, first: number): number {
  if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return skipNumber(bytes, at, end);
  const word = first === 0x74 ? TRUE : first === 0x66 ? FALSE : NULL;
  if (at + word.length > end) throw truncated();
  for (let index = 0; index < word.length; index++) {
    if (bytes[at + index] !== word[index]) throw violation('has a value that JSON does not know');
  }
  return at + word.length;
}

function skipNumber(bytes: Buffer, at: number, end: number): number {
  if (bytes[at] === 0x2d) at++;
  if (at < end && bytes[at] === 0x30) at++;
  else at = skipDigits(bytes, at, end);
  if (at >= end) return at;
  let byte = bytes[at]!;
  if (byte === 0x2e) {
    at = skipDigits(bytes, at + 1, end);
    if (at >= end) return at;
    byte = bytes[at]!;
  }
  if ((byte | 0x20) !== 0x65) return at;
  at++;
  if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++;
  return skipDigits(bytes, at, end);
}

/** One digit at least. */
function skipDigits(bytes: Buffer, at: number, end: number): number {
  const start = at;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte < 0x30 || byte > 0x39) break;
    at++;
  }
  if (at === start) throw violation('has a number that JSON does not know');
  return at;
}
