import { viewOf } from './view.ts';

/** Below this, copying octet by octet is cheaper than a call into native code, which makes two objects on its way. */
const NATIVE_FROM = 72;

/** Below this, copying through views is cheaper than a call into native code. */
const NATIVE_FROM_BY_VIEWS = 256;

/** From this length on, views are cheaper than octets. */
const VIEWS_FROM = 16;

/**
 * Copies `bytes[start, end)` to `out` at `at`; returns the end. There must be room.
 * @param view of `out`, where there is one: views take four octets at the cost of one
 */
export function splice(bytes: Buffer, start: number, end: number, out: Buffer, at: number, view?: DataView): number {
  const length = end - start;
  if (view !== undefined && length >= VIEWS_FROM && length < NATIVE_FROM_BY_VIEWS) {
    return copyByViews(bytes, start, end, view, at);
  }
  if (length >= NATIVE_FROM) {
    bytes.copy(out, at, start, end);
    return at + length;
  }
  let from = start;
  // Eight at a time: what the loop itself costs is more than what it does.
  for (const last = end - 8; from <= last; from += 8, at += 8) {
    out[at] = bytes[from]!;
    out[at + 1] = bytes[from + 1]!;
    out[at + 2] = bytes[from + 2]!;
    out[at + 3] = bytes[from + 3]!;
    out[at + 4] = bytes[from + 4]!;
    out[at + 5] = bytes[from + 5]!;
    out[at + 6] = bytes[from + 6]!;
    out[at + 7] = bytes[from + 7]!;
  }
  for (; from < end; from++, at++) out[at] = bytes[from]!;
  return at;
}

function copyByViews(bytes: Buffer, start: number, end: number, view: DataView, at: number): number {
  const source = viewOf(bytes);
  let from = start;
  for (const last = end - 8; from <= last; from += 8, at += 8) {
    view.setInt32(at, source.getInt32(from, true), true);
    view.setInt32(at + 4, source.getInt32(from + 4, true), true);
  }
  if (from <= end - 4) {
    view.setInt32(at, source.getInt32(from, true), true);
    from += 4;
    at += 4;
  }
  for (; from < end; from++, at++) view.setUint8(at, source.getUint8(from));
  return at;
}
