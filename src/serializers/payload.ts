import type { Serializer } from './serializer.ts';

/**
 * Arguments|list and ArgumentsKw|dict of a message as the bytes they came in: `count` values that
 * follow one another in `bytes[start, end)`, checked, never decoded to be routed. JSON: with the comma
 * between them, without the closing bracket of the message.
 *
 * `count` 0: none; 1: args (or one binary: payload passthru); 2: args and kwargs.
 * A payload aliases the read buffer of its connection: whatever outlives the turn calls `copyPayload`.
 */
export interface Payload {
  readonly serializer: Serializer;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly count: number;
  /** This payload in other serializers, by `Serializer.index`; filled on demand by `payloadFor`. */
  transcoded: (Payload | undefined)[] | null;
}

/** The payload in the format of `serializer`: itself, or transcoded once and remembered. */
export function payloadFor(payload: Payload, serializer: Serializer): Payload {
  if (payload.count === 0 || payload.serializer === serializer) return payload;
  payload.transcoded ??= [];
  const known = payload.transcoded[serializer.index];
  if (known !== undefined) return known;
  const fresh = serializer.transcode(payload);
  payload.transcoded[serializer.index] = fresh;
  return fresh;
}

/** A payload that owns its bytes. */
export function copyPayload(payload: Payload): Payload {
  const bytes = Buffer.allocUnsafeSlow(payload.end - payload.start);
  payload.bytes.copy(bytes, 0, payload.start, payload.end);
  return { serializer: payload.serializer, bytes, start: 0, end: bytes.length, count: payload.count, transcoded: null };
}
