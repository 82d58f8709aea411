/**
 * What a value is made of, told one event after another. Each format, and JavaScript itself, can tell
 * its values to a sink and has a sink that takes them in; so any of them turns into any other without
 * a detour, and without loss where the target can hold what the source has.
 *
 * Ranges of bytes are valid during the call only.
 */
export interface ValueSink {
  null(): void;
  boolean(value: boolean): void;
  /** An integer of -2^53..2^53; never -0. */
  integer(value: number): void;
  /** An integer beyond that. It may be beyond int64 and uint64, too: a bignum. */
  bigInteger(value: bigint): void;
  /** A floating-point number. */
  float(value: number): void;
  /** A string, as valid UTF-8. */
  text(bytes: Buffer, start: number, end: number): void;
  binary(bytes: Buffer, start: number, end: number): void;
  /** @param count of items, or -1 where the source cannot tell yet */
  beginArray(count: number): void;
  /** @param count of items that there were */
  endArray(count: number): void;
  /** @param count of entries, or -1 where the source cannot tell yet. Each is a `key` and a value. */
  beginMap(count: number): void;
  key(bytes: Buffer, start: number, end: number): void;
  endMap(count: number): void;
}

/** A sink that makes bytes of what it is told. */
export interface ValueWriter extends ValueSink {
  /** A whole value, as one of these writers gave it. */
  encoded(bytes: Buffer): void;
  /** The bytes since the last `take`, owned by the caller. */
  take(): Buffer;
  /** Forgets what it was told since the last `take`. */
  reset(): void;
}

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** Whether a 64-bit integer, signed or unsigned, can hold it. */
export function fits64Bits(value: bigint): boolean {
  return value >= INT64_MIN && value <= UINT64_MAX;
}

/** Tells an integer given as text or by halves, by its size. */
export function tellBigInteger(value: bigint, sink: ValueSink): void {
  const number = Number(value);
  if (number >= -(2 ** 53) && number <= 2 ** 53 && BigInt(number) === value) sink.integer(number);
  else sink.bigInteger(value);
}
