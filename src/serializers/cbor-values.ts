import { ByteWriter } from './byte-writer.ts';
import { FALSE, FLOAT64, Major, NULL, TRUE } from './cbor-format.ts';
import type { ValueWriter } from './value-sink.ts';

/** A container of at most so many bytes gets the shortest head, although its count came late. */
const COMPACT_UP_TO = 1024;

const UINT64_MAX = 2n ** 64n - 1n;

/** Writes values as CBOR: definite lengths, each head in its shortest form, floats always in 64 bits, no tags. */
export class CborWriter implements ValueWriter {
  readonly #out = new ByteWriter();
  /** Where the heads of the open containers are; -1 for those whose count was known. */
  readonly #heads: number[] = [];

  take(): Buffer {
    return this.#out.take();
  }

  reset(): void {
    this.#out.reset();
    if (this.#heads.length > 0) this.#heads.length = 0;
  }

  encoded(bytes: Buffer): void {
    this.#out.copy(bytes, 0, bytes.length);
  }

  null(): void {
    this.#out.reserve(1);
    this.#out.put(NULL);
  }

  boolean(value: boolean): void {
    this.#out.reserve(1);
    this.#out.put(value ? TRUE : FALSE);
  }

  integer(value: number): void {
    if (value < 0) this.#head(Major.negative, -1 - value);
    else this.#head(Major.unsigned, value);
  }

  bigInteger(value: bigint): void {
    const argument = value < 0n ? -1n - value : value;
    if (argument > UINT64_MAX) {
      this.float(Number(value));
      return;
    }
    const out = this.#out;
    out.reserve(9);
    out.put(value < 0n ? 0x3b : 0x1b);
    out.bytes.writeBigUInt64BE(argument, out.length);
    out.length += 8;
  }

  float(value: number): void {
    const out = this.#out;
    out.reserve(9);
    out.put(FLOAT64);
    out.bytes.writeDoubleBE(value, out.length);
    out.length += 8;
  }

  text(bytes: Buffer, start: number, end: number): void {
    this.#head(Major.text, end - start);
    this.#out.copy(bytes, start, end);
  }

  binary(bytes: Buffer, start: number, end: number): void {
    this.#head(Major.bytes, end - start);
    this.#out.copy(bytes, start, end);
  }

  key(bytes: Buffer, start: number, end: number): void {
    this.text(bytes, start, end);
  }

  beginArray(count: number): void {
    this.#begin(Major.array, count);
  }

  endArray(count: number): void {
    this.#end(Major.array, count);
  }

  beginMap(count: number): void {
    this.#begin(Major.map, count);
  }

  endMap(count: number): void {
    this.#end(Major.map, count);
  }

  #begin(major: number, count: number): void {
    const out = this.#out;
    this.#heads.push(count < 0 ? out.length : -1);
    if (count >= 0) {
      this.#head(major, count);
    } else {
      out.reserve(5);
      out.length += 5;
    }
  }

  /** Fills in the head of a container whose count was not known when it began. */
  #end(major: number, count: number): void {
    const head = this.#heads.pop() ?? -1;
    if (head < 0) return;
    const out = this.#out;
    if (count < 24 && out.length - head <= COMPACT_UP_TO) {
      out.bytes.copyWithin(head + 1, head + 5, out.length);
      out.length -= 4;
      out.bytes[head] = (major << 5) | count;
    } else {
      out.bytes[head] = (major << 5) | 26;
      out.bytes.writeUInt32BE(count, head + 1);
    }
  }

  /** The head of an item with an argument of 0..2^53. */
  #head(major: number, argument: number): void {
    const out = this.#out;
    out.reserve(9);
    const type = major << 5;
    if (argument < 24) {
      out.put(type | argument);
    } else if (argument < 0x100) {
      out.put(type | 24);
      out.put(argument);
    } else if (argument < 0x10000) {
      out.put(type | 25);
      out.put16(argument);
    } else if (argument < 0x100000000) {
      out.put(type | 26);
      out.put32(argument);
    } else {
      out.put(type | 27);
      out.bytes.writeBigUInt64BE(BigInt(argument), out.length);
      out.length += 8;
    }
  }
}
