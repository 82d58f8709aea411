import type { Dialect } from './ubjson-dialect.ts';
import { Kind, Marker } from './ubjson-format.ts';
import { truncated, violation } from './violation.ts';

/**
 * What stands behind the opening bracket of the container that was looked at last. One record for all readers:
 * reading is synchronous.
 */
export const header: { type: number; count: number; end: number } = { type: 0, count: -1, end: 0 };

/**
 * Reads a container's header at `at`, behind the opening bracket, into `header`: `type` is the marker of all that it
 * holds, or 0 where each has its own; `count` how many there are, or -1 where a bracket ends it.
 * @throws ProtocolViolation
 */
export function readHeader(dialect: Dialect, bytes: Buffer, at: number, end: number): void {
  header.type = 0;
  header.count = -1;
  header.end = at;
  if (at >= end) throw truncated();
  if (bytes[at] === Marker.type) {
    if (at + 2 >= end) throw truncated();
    header.type = bytes[at + 1]!;
    if (dialect.kinds[header.type] === Kind.unknown) throw violation('has a list of a type that UBJSON does not know');
    at += 2;
    if (bytes[at] !== Marker.count) throw violation('has a type without a count');
  }
  if (bytes[at] !== Marker.count) return;
  header.count = lengthAt(dialect, bytes, at + 1, end);
  header.end = lengthEnd;
}

/** Where the length that `lengthAt` read ends. */
export let lengthEnd = 0;

/** The length or count whose marker is at `at`. @throws ProtocolViolation where there is none */
export function lengthAt(dialect: Dialect, bytes: Buffer, at: number, end: number): number {
  if (at >= end) throw truncated();
  const marker = bytes[at]!;
  if (dialect.kinds[marker] !== Kind.integer) throw violation('has a length that is not an integer');
  lengthEnd = at + 1 + dialect.widths[marker]!;
  if (lengthEnd > end) throw truncated();
  const length = dialect.sizeAt(bytes, at + 1, marker);
  if (length < 0) throw violation('has a length that is negative or too large');
  return length;
}

/** Where something else than a no-op is. */
export function skipNoops(bytes: Buffer, at: number): number {
  while (bytes[at] === Marker.noop) at++;
  return at;
}
