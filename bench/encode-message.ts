import type { Serializer } from '../src/serializers/serializer.ts';
import type { Dict } from '../src/wamp/dict.ts';

/** The parts of a message; its row of the message table says which are written. */
export interface MessageParts {
  readonly id?: number;
  readonly dict?: Dict;
  readonly text?: string;
  readonly args?: readonly unknown[];
}

/** One message with at most one integer. */
export function encodeMessage(serializer: Serializer, code: number, parts: MessageParts): Buffer {
  const { id = 0, dict, text = null, args } = parts;
  const encoded = dict === undefined ? null : serializer.encode(dict);
  const payload = args === undefined ? null : serializer.encodePayload(args, null);
  const out = Buffer.alloc(serializer.bound(encoded, text, payload));
  return out.subarray(0, serializer.write(out, 0, code, id, 0, encoded, text, payload));
}
