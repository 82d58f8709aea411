import type { FormatId, SerializerId } from './serializer.ts';

/** A WAMP subprotocol of WebSocket. */
export interface Protocol {
  readonly serializer: FormatId;
  readonly batched: boolean;
}

/** The serializers in the order in which they are offered. Crossbar: default order of a listener. */
export const DEFAULT_SERIALIZERS: readonly SerializerId[] = ['cbor', 'msgpack', 'ubjson', 'json'];

/** Number of a serializer in the RawSocket handshake. [WAMP: RawSocket Transport] */
export const RAWSOCKET_NUMBERS: Readonly<Record<SerializerId, number>> = { json: 1, msgpack: 2, cbor: 3, ubjson: 4 };

const UBJSON = 'wamp.2.ubjson';

const BY_NAME: ReadonlyMap<string, Protocol> = new Map(
  [...DEFAULT_SERIALIZERS, 'ubjson12' as const].flatMap((serializer): [string, Protocol][] => [
    [`wamp.2.${serializer}.batched`, { serializer, batched: true }],
    [`wamp.2.${serializer}`, { serializer, batched: false }],
  ]),
);

/** The protocol of that name, as `formatProtocol` gives it, or undefined where we speak none. */
export function protocolByName(name: string): Protocol | undefined {
  return BY_NAME.get(name);
}

/** What some formats are called on the wire. */
export function wireIds(formats: readonly FormatId[]): SerializerId[] {
  return formats.map((format) => (format === 'ubjson12' ? 'ubjson' : format));
}

/** Names of the protocols of some formats on the wire, in their order; batched before plain, as Crossbar offers them. */
export function protocolNames(formats: readonly FormatId[] = DEFAULT_SERIALIZERS): string[] {
  return wireIds(formats).flatMap((serializer) => [`wamp.2.${serializer}.batched`, `wamp.2.${serializer}`]);
}

/** Which protocol is meant by a name on the wire, where those formats are spoken. */
export function formatProtocol(name: string, formats: readonly FormatId[]): string {
  const isUbjson = name === UBJSON || name.startsWith(`${UBJSON}.`);
  return isUbjson && formats.includes('ubjson12') ? name.replace(UBJSON, `${UBJSON}12`) : name;
}
