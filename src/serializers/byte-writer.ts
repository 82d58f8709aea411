import { splice } from './splice.ts';
import { putText } from './text-write.ts';

/** What a writer keeps between two uses: enough for nearly all dictionaries. */
const KEPT = 4 * 1024;

/** Bytes being written, in a buffer that grows. Numbers are big-endian. */
export class ByteWriter {
  bytes: Buffer = Buffer.allocUnsafeSlow(KEPT);
  length = 0;

  /** Makes room for `size` more bytes; afterwards they may be written to `bytes` from `length` on. */
  reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  /** One byte, for which there is room. */
  put(byte: number): void {
    this.bytes[this.length++] = byte;
  }

  /** Two bytes, for which there is room. */
  put16(value: number): void {
    const { bytes } = this;
    bytes[this.length] = value >>> 8;
    bytes[this.length + 1] = value;
    this.length += 2;
  }

  /** Four bytes, for which there is room. */
  put32(value: number): void {
    this.bytes.writeUInt32BE(value, this.length);
    this.length += 4;
  }

  copy(from: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    this.length = splice(from, start, end, this.bytes, this.length);
  }

  /** Characters that are all ASCII. */
  ascii(text: string): void {
    this.reserve(text.length);
    this.length = putText(this.bytes, this.length, text);
  }

  /** What was written, owned by the caller; the writer starts anew. */
  take(): Buffer {
    const { bytes, length } = this;
    // A large buffer is given away rather than copied, unless much of it is empty.
    const given = bytes.length > KEPT && length > bytes.length / 2;
    const taken = given ? bytes.subarray(0, length) : Buffer.allocUnsafe(length);
    if (!given) splice(bytes, 0, length, taken, 0);
    this.reset();
    return taken;
  }

  /** Forgets what was written. */
  reset(): void {
    this.length = 0;
    if (this.bytes.length > KEPT) this.bytes = Buffer.allocUnsafeSlow(KEPT);
  }
}
