import { tellBigInteger, type ValueSink } from './value-sink.ts';

/** Big-endian integers out of bytes that are there. Small enough to be inlined. */

export function uint16At(bytes: Buffer, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function uint32At(bytes: Buffer, at: number): number {
  return bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
}

/** Exact up to 2^53, rounded above. */
export function uint64At(bytes: Buffer, at: number): number {
  return uint32At(bytes, at) * 0x100000000 + uint32At(bytes, at + 4);
}

/** Tells an unsigned 64-bit integer. */
export function tellUint64(bytes: Buffer, at: number, sink: ValueSink): void {
  // Below 2^53 the number is exact; at and above it, it may be the rounded neighbour.
  if (bytes[at] === 0 && bytes[at + 1]! < 0x20) sink.integer(uint64At(bytes, at));
  else tellBigInteger(bytes.readBigUInt64BE(at), sink);
}

/** Tells a signed 64-bit integer. */
export function tellInt64(bytes: Buffer, at: number, sink: ValueSink): void {
  if (bytes[at]! < 0x80) tellUint64(bytes, at, sink);
  else tellBigInteger(bytes.readBigInt64BE(at), sink);
}

/** Tells -1 - n for an unsigned 64-bit n: CBOR's negative integers. */
export function tellNegative64(bytes: Buffer, at: number, sink: ValueSink): void {
  tellBigInteger(-1n - bytes.readBigUInt64BE(at), sink);
}

/** Writes an integer of 0..2^53 as eight bytes; returns the end. */
export function putUint64(out: Buffer, at: number, value: number): number {
  const high = Math.floor(value / 0x100000000);
  return putUint32(out, putUint32(out, at, high), value - high * 0x100000000);
}

/** Writes an integer of 0..2^32-1 as four bytes; returns the end. */
export function putUint32(out: Buffer, at: number, value: number): number {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
  return at + 4;
}
