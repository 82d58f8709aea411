/** Below this, copying byte by byte is cheaper than a call into native code. */
const NATIVE_FROM = 40;

/** Copies `bytes[start, end)` to `out` at `at`; returns the end. There must be room. */
export function splice(bytes: Buffer, start: number, end: number, out: Buffer, at: number): number {
  const length = end - start;
  if (length < NATIVE_FROM) {
    for (let offset = 0; offset < length; offset++) out[at + offset] = bytes[start + offset]!;
  } else {
    bytes.copy(out, at, start, end);
  }
  return at + length;
}
