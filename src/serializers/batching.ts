import { ProtocolViolation } from '../wamp/errors.ts';
import { putUint32, uint32At } from './big-endian.ts';

/** Ends each message of a JSON batch: Autobahn's and Crossbar's separator, and the specification's. */
const CAN = 0x18;
const RECORD_SEPARATOR = 0x1e;

/** What surrounds each message of a batched subprotocol. [WAMP: Message Batching] */
export interface Batching {
  /** Bytes before each message: 4 or none. */
  readonly prefixLength: number;
  /** The byte after each message, or null. */
  readonly suffix: number | null;
  /** Writes the `prefixLength` bytes before a message of that length. */
  writePrefix(out: Buffer, at: number, messageLength: number): void;
}

function noPrefix(): void {}

/** One message at a time. */
export const NO_BATCHING: Batching = { prefixLength: 0, suffix: null, writePrefix: noPrefix };

/** Each message after its length, in four bytes. */
export const BINARY_BATCHING: Batching = { prefixLength: 4, suffix: null, writePrefix: putUint32 };

/** Each message before 0x18: what Autobahn and Crossbar speak, and what is spoken to a peer that has not spoken yet. */
export const JSON_BATCHING: Batching = { prefixLength: 0, suffix: CAN, writePrefix: noPrefix };

/** Each message before 0x1e: the specification's. */
export const JSON_BATCHING_SPEC: Batching = { prefixLength: 0, suffix: RECORD_SEPARATOR, writePrefix: noPrefix };

/** How messages are put together on a subprotocol, as long as the peer has not shown its separator. */
export function batchingFor(text: boolean, batched: boolean): Batching {
  if (!batched) return NO_BATCHING;
  return text ? JSON_BATCHING : BINARY_BATCHING;
}

/**
 * The batching that the peer used for the batch in `bytes[start, end)`: the given one, or of JSON the
 * one whose separator is last.
 * @throws ProtocolViolation where nothing, or no separator, is there
 */
export function batchingUsed(batching: Batching, bytes: Buffer, start: number, end: number): Batching {
  if (batching.prefixLength === 0 && batching.suffix === null) return batching;
  if (start === end) throw new ProtocolViolation('a batch without messages');
  if (batching.suffix === null) return batching;
  const last = bytes[end - 1];
  if (last === CAN) return JSON_BATCHING;
  if (last === RECORD_SEPARATOR) return JSON_BATCHING_SPEC;
  throw new ProtocolViolation('a batch whose last message has no end');
}

/**
 * Gives each message of the batch in `bytes[start, end)` to `onMessage`, in order. `batching` is what
 * `batchingUsed` said of these bytes.
 * @throws ProtocolViolation at a message that is empty or ends too early; those before it have been given
 */
export function splitBatch(
  batching: Batching,
  bytes: Buffer,
  start: number,
  end: number,
  onMessage: (bytes: Buffer, start: number, end: number) => void,
): void {
  if (batching.suffix !== null) {
    splitSeparated(batching.suffix, bytes, start, end, onMessage);
  } else if (batching.prefixLength > 0) {
    splitPrefixed(bytes, start, end, onMessage);
  } else {
    onMessage(bytes, start, end);
  }
}

function splitSeparated(
  separator: number,
  bytes: Buffer,
  start: number,
  end: number,
  onMessage: (bytes: Buffer, start: number, end: number) => void,
): void {
  let at = start;
  while (at < end) {
    const stop = bytes.indexOf(separator, at);
    if (stop < 0 || stop >= end) throw new ProtocolViolation('a batch whose last message has no end');
    if (stop === at) throw new ProtocolViolation('a batch with an empty message');
    onMessage(bytes, at, stop);
    at = stop + 1;
  }
}

function splitPrefixed(
  bytes: Buffer,
  start: number,
  end: number,
  onMessage: (bytes: Buffer, start: number, end: number) => void,
): void {
  let at = start;
  while (at < end) {
    if (at + 4 > end) throw new ProtocolViolation('a batch that ends within a length');
    const length = uint32At(bytes, at);
    if (length === 0) throw new ProtocolViolation('a batch with an empty message');
    const stop = at + 4 + length;
    if (stop > end) throw new ProtocolViolation('a batch whose last message has no end');
    onMessage(bytes, at + 4, stop);
    at = stop;
  }
}
