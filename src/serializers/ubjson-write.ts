import { Field, layoutToWrite } from './layout.ts';
import type { Payload } from './payload.ts';
import { splice } from './splice.ts';
import { putText } from './text-write.ts';
import type { Dialect } from './ubjson-dialect.ts';
import { Marker } from './ubjson-format.ts';

/** `Serializer.write` for UBJSON. */
export function writeUbjson(
  dialect: Dialect,
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
  out[at++] = Marker.openList;
  at = dialect.putInteger(out, at, code);
  let integers = 0;
  for (let position = 0; position < present; position++) {
    const field = fields[position]!;
    if (field === Field.dict) at = putDict(out, at, dict);
    else if (field >= Field.text) at = putString(dialect, out, at, text);
    else at = dialect.putInteger(out, at, integers++ === 0 ? first : second);
  }
  if (payload !== null && payload.count > 0) at = splice(payload.bytes, payload.start, payload.end, out, at, view);
  out[at] = Marker.closeList;
  return at + 1;
}

function putDict(out: Buffer, at: number, dict: Buffer | null): number {
  if (dict !== null) return splice(dict, 0, dict.length, out, at);
  out[at] = Marker.openDict;
  out[at + 1] = Marker.closeDict;
  return at + 2;
}

/** The length's width depends on the length in bytes, which is known only once they are written. */
function putString(dialect: Dialect, out: Buffer, at: number, text: string | null): number {
  if (text === null) {
    out[at] = Marker.null;
    return at + 1;
  }
  out[at++] = Marker.text;
  const width = dialect.widthOf(3 * text.length);
  const end = putText(out, at + width, text);
  const length = end - at - width;
  const needed = dialect.widthOf(length);
  if (needed !== width) out.copyWithin(at + needed, at + width, end);
  dialect.putInteger(out, at, length);
  return at + needed + length;
}
