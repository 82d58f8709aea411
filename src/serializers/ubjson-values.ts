import { ByteWriter } from './byte-writer.ts';
import type { Dialect } from './ubjson-dialect.ts';
import { Marker } from './ubjson-format.ts';
import { fits64Bits, type ValueWriter } from './value-sink.ts';

const INT64_MAX = 2n ** 63n - 1n;

/** Writes values as UBJSON: no counts and types but those of binary, each integer in its shortest form, floats always in 64 bits. */
export class UbjsonWriter implements ValueWriter {
  readonly #out = new ByteWriter();
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  take(): Buffer {
    return this.#out.take();
  }

  reset(): void {
    this.#out.reset();
  }

  encoded(bytes: Buffer): void {
    this.#out.copy(bytes, 0, bytes.length);
  }

  null(): void {
    this.#mark(Marker.null);
  }

  boolean(value: boolean): void {
    this.#mark(value ? Marker.true : Marker.false);
  }

  integer(value: number): void {
    const out = this.#out;
    out.reserve(9);
    out.length = this.#dialect.putInteger(out.bytes, out.length, value);
  }

  bigInteger(value: bigint): void {
    if (!fits64Bits(value)) {
      this.float(Number(value));
      return;
    }
    const out = this.#out;
    if (value > INT64_MAX && !this.#dialect.isBJData) {
      // No marker holds it; Python's encoder, too, writes its digits.
      this.#mark(Marker.high);
      const digits = String(value);
      this.integer(digits.length);
      out.ascii(digits);
      return;
    }
    out.reserve(9);
    out.length = this.#dialect.putInt64(out.bytes, out.length, value);
  }

  /** NaN and infinities are null in UBJSON. [UBJSON draft 12: Numeric Types] BJData has them. */
  float(value: number): void {
    if (!this.#dialect.isBJData && !Number.isFinite(value)) {
      this.null();
      return;
    }
    const out = this.#out;
    out.reserve(9);
    out.length = this.#dialect.putFloat(out.bytes, out.length, value);
  }

  text(bytes: Buffer, start: number, end: number): void {
    this.#mark(Marker.text);
    this.key(bytes, start, end);
  }

  binary(bytes: Buffer, start: number, end: number): void {
    this.#mark(Marker.openList);
    this.#mark(Marker.type);
    this.#mark(this.#dialect.binary);
    this.#mark(Marker.count);
    this.key(bytes, start, end);
  }

  key(bytes: Buffer, start: number, end: number): void {
    this.integer(end - start);
    this.#out.copy(bytes, start, end);
  }

  beginArray(): void {
    this.#mark(Marker.openList);
  }

  endArray(): void {
    this.#mark(Marker.closeList);
  }

  beginMap(): void {
    this.#mark(Marker.openDict);
  }

  endMap(): void {
    this.#mark(Marker.closeDict);
  }

  #mark(marker: number): void {
    this.#out.reserve(1);
    this.#out.put(marker);
  }
}
