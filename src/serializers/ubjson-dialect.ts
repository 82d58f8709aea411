import { uint16At, uint32At } from './big-endian.ts';
import { float16 } from './float16.ts';
import { BJDATA_MARKERS, Marker, type Markers, UBJSON_MARKERS } from './ubjson-format.ts';
import { tellBigInteger, type ValueSink } from './value-sink.ts';

/** The upper half of 2^53. */
const HIGH_OF_2_53 = 0x200000;

/**
 * One of the two formats that are called `ubjson`: Autobahn|Python spoke UBJSON draft 12 up to 25.12, and speaks
 * BJData since, as Crossbar does. They differ in the order of a number's bytes, in markers for unsigned integers,
 * and in the type of a list that is binary. Nothing in a HELLO tells which one a client speaks.
 */
export class Dialect implements Markers {
  readonly kinds: Uint8Array;
  readonly widths: Uint8Array;
  /** Numbers are little-endian, and there are markers for unsigned ones. */
  readonly isBJData: boolean;
  /** The element type of a list that is binary. */
  readonly binary: number;

  constructor(isBJData: boolean) {
    const { kinds, widths } = isBJData ? BJDATA_MARKERS : UBJSON_MARKERS;
    this.kinds = kinds;
    this.widths = widths;
    this.isBJData = isBJData;
    this.binary = isBJData ? Marker.byte : Marker.uint8;
  }

  /** The integer at `at` behind its marker, or -1 where it is negative or above 2^53: what ids and lengths are. */
  sizeAt(bytes: Buffer, at: number, marker: number): number {
    switch (marker) {
      case Marker.uint8:
      case Marker.byte:
        return bytes[at]!;
      case Marker.int8:
        return signed(bytes[at]!, 0x80);
      case Marker.uint16:
        return this.#uint16(bytes, at);
      case Marker.int16:
        return signed(this.#uint16(bytes, at), 0x8000);
      case Marker.uint32:
        return this.#uint32(bytes, at);
      case Marker.int32:
        return signed(this.#uint32(bytes, at), 0x80000000);
      default:
        return this.#size64(bytes, at);
    }
  }

  #size64(bytes: Buffer, at: number): number {
    const high = this.#uint32(bytes, this.isBJData ? at + 4 : at);
    const low = this.#uint32(bytes, this.isBJData ? at : at + 4);
    if (high > HIGH_OF_2_53 || (high === HIGH_OF_2_53 && low > 0)) return -1;
    return high * 0x100000000 + low;
  }

  tellInteger(bytes: Buffer, at: number, marker: number, sink: ValueSink): void {
    const size = this.sizeAt(bytes, at, marker);
    if (size >= 0) {
      sink.integer(size);
      return;
    }
    switch (marker) {
      case Marker.int8:
        sink.integer(bytes[at]! - 0x100);
        return;
      case Marker.int16:
        sink.integer(this.#uint16(bytes, at) - 0x10000);
        return;
      case Marker.int32:
        sink.integer(this.#uint32(bytes, at) - 0x100000000);
        return;
      case Marker.uint64:
        tellBigInteger(bytes.readBigUInt64LE(at), sink);
        return;
      default:
        tellBigInteger(this.isBJData ? bytes.readBigInt64LE(at) : bytes.readBigInt64BE(at), sink);
    }
  }

  floatAt(bytes: Buffer, at: number, marker: number): number {
    if (marker === Marker.float16) return float16(this.#uint16(bytes, at));
    if (marker === Marker.float32) return this.isBJData ? bytes.readFloatLE(at) : bytes.readFloatBE(at);
    return this.isBJData ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at);
  }

  /** Writes an integer of -2^53..2^53 in its shortest form, nine bytes at most; returns the end. */
  putInteger(out: Buffer, at: number, value: number): number {
    if (value < 0) return this.#putNegative(out, at, value);
    if (value < 0x100) return this.#put(out, at, Marker.uint8, value, 1);
    if (this.isBJData) {
      if (value < 0x10000) return this.#put(out, at, Marker.uint16, value, 2);
      if (value < 0x100000000) return this.#put(out, at, Marker.uint32, value, 4);
    } else {
      if (value < 0x8000) return this.#put(out, at, Marker.int16, value, 2);
      if (value < 0x80000000) return this.#put(out, at, Marker.int32, value, 4);
    }
    return this.putInt64(out, at, BigInt(value));
  }

  #putNegative(out: Buffer, at: number, value: number): number {
    if (value >= -0x80) return this.#put(out, at, Marker.int8, value & 0xff, 1);
    if (value >= -0x8000) return this.#put(out, at, Marker.int16, value & 0xffff, 2);
    if (value >= -0x80000000) return this.#put(out, at, Marker.int32, value >>> 0, 4);
    return this.putInt64(out, at, BigInt(value));
  }

  /** Writes an integer in nine bytes; returns the end. It fits 64 bits, signed unless it is BJData. */
  putInt64(out: Buffer, at: number, value: bigint): number {
    out[at] = this.isBJData && value >= 0n ? Marker.uint64 : Marker.int64;
    const bits = BigInt.asUintN(64, value);
    if (this.isBJData) out.writeBigUInt64LE(bits, at + 1);
    else out.writeBigUInt64BE(bits, at + 1);
    return at + 9;
  }

  /** How many bytes `putInteger` needs for a length. */
  widthOf(length: number): number {
    if (length < 0x100) return 2;
    return length < (this.isBJData ? 0x10000 : 0x8000) ? 3 : 5;
  }

  /** Writes a float in nine bytes; returns the end. */
  putFloat(out: Buffer, at: number, value: number): number {
    out[at] = Marker.float64;
    if (this.isBJData) out.writeDoubleLE(value, at + 1);
    else out.writeDoubleBE(value, at + 1);
    return at + 9;
  }

  #put(out: Buffer, at: number, marker: number, value: number, width: number): number {
    out[at] = marker;
    if (this.isBJData) out.writeUIntLE(value, at + 1, width);
    else out.writeUIntBE(value, at + 1, width);
    return at + 1 + width;
  }

  #uint16(bytes: Buffer, at: number): number {
    return this.isBJData ? bytes[at]! | (bytes[at + 1]! << 8) : uint16At(bytes, at);
  }

  #uint32(bytes: Buffer, at: number): number {
    return this.isBJData ? bytes.readUInt32LE(at) : uint32At(bytes, at);
  }
}

function signed(value: number, firstNegative: number): number {
  return value < firstNegative ? value : -1;
}

export const BJDATA: Dialect = new Dialect(true);
export const DRAFT_12: Dialect = new Dialect(false);
