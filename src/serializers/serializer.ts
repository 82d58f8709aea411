import type { Dict } from '../wamp/dict.ts';
import type { Message } from './message.ts';
import type { Payload } from './payload.ts';
import type { ValueSink } from './value-sink.ts';

/** What a serializer is called on the wire. */
export type SerializerId = 'json' | 'msgpack' | 'cbor' | 'ubjson';

/** All formats: there are two that are called `ubjson` on the wire (`ubjson-dialect.ts`). */
export type FormatId = SerializerId | 'ubjson12';

/**
 * One serialization format. Reads and writes envelopes; a payload passes through as bytes.
 *
 * Reading checks everything, also what is not decoded (iteratively: depth, counts, UTF-8, allowed
 * tags; `LIMITS.depth`, `elements`, `keyLength`), because bytes that we splice into another client's
 * stream must be valid for any strict decoder.
 */
export interface Serializer {
  readonly id: FormatId;
  /** Dense number 0..n-1, for caches by serializer. */
  readonly index: number;
  /** Whether its messages are text (WebSocket text frames). */
  readonly text: boolean;

  /**
   * Reads the message in `bytes[start, end)` into `into`: its own elements decoded, its payload left
   * as a range of `bytes`.
   * @throws ProtocolViolation where the bytes are not one well-formed message of the table
   */
  read(bytes: Buffer, start: number, end: number, into: Message): void;

  /** How many bytes `write` needs at most for these. */
  bound(dict: Buffer | null, text: string | null, payload: Payload | null): number;

  /**
   * Writes one message into `out` at `at`; returns the end. `bound` bytes must be free there.
   * The table's row of `code` says which of `first`, `second`, `dict`, `text` are written, and in what order.
   * @param dict the encoded dictionary (`encode`), or null for an empty one
   * @param payload already in this format (`payloadFor`), or null for none
   * @param view of all of `out`, where there is one: it makes short payloads cheaper
   */
  write(
    out: Buffer,
    at: number,
    code: number,
    first: number,
    second: number,
    dict: Buffer | null,
    text: string | null,
    payload: Payload | null,
    view?: DataView,
  ): number;

  /** A JavaScript value in this format: null, booleans, numbers, bigints, strings, Uint8Arrays, arrays, plain objects, Maps with string keys. `undefined` is null, and left out of objects. @throws TypeError on others, on cycles, on bigints beyond 64 bits and beyond `LIMITS.depth`, `elements`, `keyLength` */
  encode(value: unknown): Buffer;

  /** The one value in `bytes[start, end)`, which has been checked. Dictionaries have no prototype, and of equal keys the last one counts; integers beyond 2^53 are bigints; binary (also what a MessagePack extension holds) is a Buffer. */
  decode(bytes: Buffer, start: number, end: number): unknown;

  /** The `count` values of a payload of this serializer, decoded one by one. */
  decodePayload(payload: Payload): unknown[];

  /** Tells a sink the values of a payload of this serializer, one after another. */
  walkPayload(payload: Payload, sink: ValueSink): void;

  /** Arguments in this format; empty ones are left out. @throws TypeError as `encode` does */
  encodePayload(args: readonly unknown[] | null, kwargs: Readonly<Dict> | null): Payload;

  /** A payload of another serializer in this one. Values keep their meaning [WAMP: Serializers, Binary conversion of JSON strings]; integers beyond 2^53 stay exact. */
  transcode(payload: Payload): Payload;
}
