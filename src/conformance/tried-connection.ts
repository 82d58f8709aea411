import type { SerializerName } from '../client/dial.ts';
import { parseRouterUrl } from '../client/router-url.ts';
import type { FormatId } from '../serializers/serializer.ts';

/** A serializer to try, or its batching form. `ubjson12` is called `ubjson` on the wire. */
export type TriedSerializer = FormatId | `${FormatId}.batched`;

/** All that can be tried, as the command line names them. */
export const TRIED_SERIALIZERS: readonly TriedSerializer[] = (
  ['cbor', 'msgpack', 'ubjson', 'json', 'ubjson12'] as const
).flatMap((format): TriedSerializer[] => [format, `${format}.batched`]);

/** What a serializer is called when it is offered. */
export function nameOnWire(name: TriedSerializer): SerializerName {
  return name.replace('ubjson12', 'ubjson') as SerializerName;
}

/** Without the batching. */
export function formatOf(name: TriedSerializer): FormatId {
  return name.replace('.batched', '') as FormatId;
}

/**
 * How the router at a URL is spoken with: what `parseRouterUrl` knows, and long-poll at `http:` and `https:`.
 * @throws RangeError where it is none of these
 */
export function transportOf(url: string): 'websocket' | 'rawsocket' | 'longpoll' {
  return /^https?:/.test(url) && URL.canParse(url) ? 'longpoll' : parseRouterUrl(url).transport;
}
