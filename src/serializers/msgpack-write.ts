import { putUint32, putUint64 } from './big-endian.ts';
import { Field, layoutToWrite } from './layout.ts';
import type { Payload } from './payload.ts';
import { splice } from './splice.ts';
import { putText } from './text-write.ts';

/** `Serializer.write` for MessagePack. */
export function writeMsgpack(
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
  out[at++] = 0x90 | (1 + present + (payload === null ? 0 : payload.count));
  at = putInteger(out, at, code);
  let integers = 0;
  for (let position = 0; position < present; position++) {
    const field = fields[position]!;
    if (field === Field.dict) {
      if (dict === null) out[at++] = 0x80;
      else at = splice(dict, 0, dict.length, out, at);
    } else if (field >= Field.text) {
      at = putString(out, at, text);
    } else {
      at = putInteger(out, at, integers++ === 0 ? first : second);
    }
  }
  if (payload === null || payload.count === 0) return at;
  return splice(payload.bytes, payload.start, payload.end, out, at, view);
}

function putInteger(out: Buffer, at: number, value: number): number {
  if (value < 0x80) {
    out[at] = value;
    return at + 1;
  }
  if (value < 0x10000) {
    if (value < 0x100) {
      out[at] = 0xcc;
      out[at + 1] = value;
      return at + 2;
    }
    out[at] = 0xcd;
    out[at + 1] = value >>> 8;
    out[at + 2] = value;
    return at + 3;
  }
  if (value < 0x100000000) {
    out[at] = 0xce;
    return putUint32(out, at + 1, value);
  }
  out[at] = 0xcf;
  return putUint64(out, at + 1, value);
}

/** The header's width depends on the length in bytes, which is known only once they are written. */
function putString(out: Buffer, at: number, text: string | null): number {
  if (text === null) {
    out[at] = 0xc0;
    return at + 1;
  }
  const width = headerOf(3 * text.length);
  const end = putText(out, at + width, text);
  const length = end - at - width;
  const needed = headerOf(length);
  if (needed !== width) out.copyWithin(at + needed, at + width, end);
  putStringHeader(out, at, length);
  return at + needed + length;
}

function headerOf(length: number): number {
  if (length < 32) return 1;
  if (length < 0x100) return 2;
  return length < 0x10000 ? 3 : 5;
}

function putStringHeader(out: Buffer, at: number, length: number): void {
  if (length < 32) {
    out[at] = 0xa0 | length;
  } else if (length < 0x100) {
    out[at] = 0xd9;
    out[at + 1] = length;
  } else if (length < 0x10000) {
    out[at] = 0xda;
    out[at + 1] = length >>> 8;
    out[at + 2] = length;
  } else {
    out[at] = 0xdb;
    putUint32(out, at + 1, length);
  }
}
