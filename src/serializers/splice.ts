/** Below this, copying here is cheaper than a call into native code, which makes two objects on its way. */
const NATIVE_FROM = 72;

/** Copies `bytes[start, end)` to `out` at `at`; returns the end. There must be room. */
export function splice(bytes: Buffer, start: number, end: number, out: Buffer, at: number): number {
  const length = end - start;
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
