/**
 * The form in which SCRAM compares names. [RFC 4013]
 *
 * Left out are the checks of bidirectional text and of code points that Unicode 3.2 did not have yet:
 * both only refuse names, and clients that know them refuse them on their own.
 */

const PLAIN = /^[\x20-\x7e]*$/;

/** [RFC 3454, B.1] */
const DROPPED = /[\u00ad\u1806\u200b-\u200d\u2060\ufeff]|\u034f|[\u180b-\u180d]|[\ufe00-\ufe0f]/gu;

/** [RFC 3454, C.1.2] */
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;

/** [RFC 3454, C.2 to C.9] Controls, private use, no characters, surrogates, and what changes the text around it. */
const PROHIBITED =
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u06dd\u070f\u180e\u200c-\u200f\u2028-\u202e\u2060-\u2063\u206a-\u206f\u2ff0-\u2ffb\ufeff\ufff9-\ufffd]|[\u{1d173}-\u{1d17a}]|\u{e0001}|[\u{e0020}-\u{e007f}]|[\u0340\u0341]/u;

/** The prepared name, or null where a character is prohibited, or nothing is left. */
export function saslprep(name: string): string | null {
  if (PLAIN.test(name)) return name === '' ? null : name;
  // Both tables hold U+200B; it is dropped, as in other implementations.
  const prepared = name.replace(DROPPED, '').replace(SPACES, ' ').normalize('NFKC');
  return prepared === '' || PROHIBITED.test(prepared) ? null : prepared;
}
