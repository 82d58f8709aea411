import { ByteWriter } from './byte-writer.ts';
import { fits64Bits, type ValueWriter } from './value-sink.ts';

/** A container of at most so many bytes gets the shortest header, although its count came late. */
const COMPACT_UP_TO = 1024;

/** Writes values as MessagePack: each in its shortest form, floats always in 64 bits. */
export class MsgpackWriter implements ValueWriter {
  readonly #out = new ByteWriter();
  /** Where the headers of the open containers are; -1 for those whose count was known. */
  readonly #headers: number[] = [];

  take(): Buffer {
    return this.#out.take();
  }

  reset(): void {
    this.#out.reset();
    if (this.#headers.length > 0) this.#headers.length = 0;
  }

  encoded(bytes: Buffer): void {
    this.#out.copy(bytes, 0, bytes.length);
  }

  null(): void {
    this.#out.reserve(1);
    this.#out.put(0xc0);
  }

  boolean(value: boolean): void {
    this.#out.reserve(1);
    this.#out.put(value ? 0xc3 : 0xc2);
  }

  integer(value: number): void {
    const out = this.#out;
    out.reserve(9);
    if (value >= 0) {
      if (value < 0x80) out.put(value);
      else this.#sized(value, 0xcc, 0xcd, 0xce);
    } else if (value >= -0x20) {
      out.put(value & 0xff);
    } else if (value >= -0x80) {
      out.put(0xd0);
      out.put(value & 0xff);
    } else if (value >= -0x8000) {
      out.put(0xd1);
      out.put16(value & 0xffff);
    } else if (value >= -0x80000000) {
      out.put(0xd2);
      out.put32(value >>> 0);
    } else {
      this.#int64(0xd3, BigInt(value));
    }
  }

  bigInteger(value: bigint): void {
    if (!fits64Bits(value)) {
      this.float(Number(value));
      return;
    }
    this.#out.reserve(9);
    this.#int64(value < 0n ? 0xd3 : 0xcf, value);
  }

  float(value: number): void {
    const out = this.#out;
    out.reserve(9);
    out.put(0xcb);
    out.bytes.writeDoubleBE(value, out.length);
    out.length += 8;
  }

  text(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    this.#out.reserve(5 + length);
    if (length < 0x20) this.#out.put(0xa0 | length);
    else this.#sized(length, 0xd9, 0xda, 0xdb);
    this.#out.copy(bytes, start, end);
  }

  binary(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    this.#out.reserve(5 + length);
    this.#sized(length, 0xc4, 0xc5, 0xc6);
    this.#out.copy(bytes, start, end);
  }

  key(bytes: Buffer, start: number, end: number): void {
    this.text(bytes, start, end);
  }

  beginArray(count: number): void {
    this.#begin(count, 0x90, 0xdc);
  }

  endArray(count: number): void {
    this.#end(count, 0x90, 0xdd);
  }

  beginMap(count: number): void {
    this.#begin(count, 0x80, 0xde);
  }

  endMap(count: number): void {
    this.#end(count, 0x80, 0xdf);
  }

  #begin(count: number, short: number, wide: number): void {
    const out = this.#out;
    out.reserve(5);
    this.#headers.push(count < 0 ? out.length : -1);
    if (count < 0) {
      out.length += 5;
    } else if (count < 16) {
      out.put(short | count);
    } else if (count < 0x10000) {
      out.put(wide);
      out.put16(count);
    } else {
      out.put(wide + 1);
      out.put32(count);
    }
  }

  /** Fills in the header of a container whose count was not known when it began. */
  #end(count: number, short: number, widest: number): void {
    const header = this.#headers.pop() ?? -1;
    if (header < 0) return;
    const out = this.#out;
    if (count < 16 && out.length - header <= COMPACT_UP_TO) {
      out.bytes.copyWithin(header + 1, header + 5, out.length);
      out.length -= 4;
      out.bytes[header] = short | count;
    } else {
      out.bytes[header] = widest;
      out.bytes.writeUInt32BE(count, header + 1);
    }
  }

  /** A length or unsigned integer behind the first byte for its width; room for nine bytes. */
  #sized(value: number, one: number, two: number, four: number): void {
    const out = this.#out;
    if (value < 0x100) {
      out.put(one);
      out.put(value);
    } else if (value < 0x10000) {
      out.put(two);
      out.put16(value);
    } else if (value < 0x100000000) {
      out.put(four);
      out.put32(value);
    } else {
      this.#int64(0xcf, BigInt(value));
    }
  }

  #int64(first: number, value: bigint): void {
    const out = this.#out;
    out.put(first);
    out.bytes.writeBigUInt64BE(BigInt.asUintN(64, value), out.length);
    out.length += 8;
  }
}
