import { putUint32, putUint64 } from './big-endian.ts';
import { Major, NULL } from './cbor-format.ts';
import { Field, layoutToWrite } from './layout.ts';
import type { Payload } from './payload.ts';
import { splice } from './splice.ts';
import { putText } from './text-write.ts';

/** `Serializer.write` for CBOR. */
export function writeCbor(
  out: Buffer,
  at: number,
  code: number,
  first: number,
  second: number,
  dict: Buffer | null,
  text: string | null,
  payload: Payload | null,
  view?: DataView,
): number {
  const layout = layoutToWrite(code);
  const { fields } = layout;
  // An optional dictionary is written where it holds something.
  const present = dict === null ? layout.least - 1 : fields.length;
  out[at++] = 0x80 | (1 + present + (payload === null ? 0 : payload.count));
  at = putHead(out, at, Major.unsigned, code);
  let integers = 0;
  for (let position = 0; position < present; position++) {
    const field = fields[position]!;
    if (field === Field.dict) {
      if (dict === null) out[at++] = 0xa0;
      else at = splice(dict, 0, dict.length, out, at);
    } else if (field >= Field.text) {
      at = putString(out, at, text);
    } else {
      at = putHead(out, at, Major.unsigned, integers++ === 0 ? first : second);
    }
  }
  if (payload === null || payload.count === 0) return at;
  return splice(payload.bytes, payload.start, payload.end, out, at, view);
}

/** The head of an item with an argument of 0..2^53, as short as it can be; returns the end. */
function putHead(out: Buffer, at: number, major: number, argument: number): number {
  const type = major << 5;
  if (argument < 24) {
    out[at] = type | argument;
    return at + 1;
  }
  if (argument < 0x10000) {
    if (argument < 0x100) {
      out[at] = type | 24;
      out[at + 1] = argument;
      return at + 2;
    }
    out[at] = type | 25;
    out[at + 1] = argument >>> 8;
    out[at + 2] = argument;
    return at + 3;
  }
  if (argument < 0x100000000) {
    out[at] = type | 26;
    return putUint32(out, at + 1, argument);
  }
  out[at] = type | 27;
  return putUint64(out, at + 1, argument);
}

/** The head's width depends on the length in bytes, which is known only once they are written. */
function putString(out: Buffer, at: number, text: string | null): number {
  if (text === null) {
    out[at] = NULL;
    return at + 1;
  }
  const width = headOf(3 * text.length);
  const end = putText(out, at + width, text);
  const length = end - at - width;
  const needed = headOf(length);
  if (needed !== width) out.copyWithin(at + needed, at + width, end);
  return putHead(out, at, Major.text, length) + length;
}

function headOf(length: number): number {
  if (length < 24) return 1;
  if (length < 0x100) return 2;
  return length < 0x10000 ? 3 : 5;
}
