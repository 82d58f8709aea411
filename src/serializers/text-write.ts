/** Above this, writing character by character is dearer than a call into native code. */
const NATIVE_FROM = 48;

/**
 * Writes a string as UTF-8; returns the end. Three bytes per UTF-16 unit must be free. Lone
 * surrogates become U+FFFD: half a pair is no text, and strict decoders would drop the peer for it.
 */
export function putText(out: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length >= NATIVE_FROM) return at + out.write(text, at, 'utf8');
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return at + out.write(text, at, 'utf8');
    out[at + index] = unit;
  }
  return at + length;
}
