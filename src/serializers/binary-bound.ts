import type { Payload } from './payload.ts';

/** Array header, code, two integers, empty dictionary, string header: what surrounds the parts of variable length. */
const FIXED_PARTS = 32;

/** `Serializer.bound` of a binary format: a UTF-16 unit takes three bytes of UTF-8 at most. */
export function binaryBound(dict: Buffer | null, text: string | null, payload: Payload | null): number {
  const textLength = text === null ? 0 : 3 * text.length;
  const payloadLength = payload === null ? 0 : payload.end - payload.start;
  return FIXED_PARTS + (dict === null ? 0 : dict.length) + textLength + payloadLength;
}
