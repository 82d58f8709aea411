import type { SerializerId } from './serializer.ts';

/** A WAMP subprotocol of WebSocket. */
export interface Protocol {
  /** As negotiated: `wamp.2.json.batched`. */
  readonly name: string;
  readonly serializer: SerializerId;
  readonly batched: boolean;
}

/** The serializers in the order in which they are offered. Crossbar: default order of a listener. */
export const DEFAULT_SERIALIZERS: readonly SerializerId[] = ['cbor', 'msgpack', 'json'];

/** Number of a serializer in the RawSocket handshake. [WAMP: RawSocket Transport] */
export const RAWSOCKET_NUMBERS: Readonly<Record<SerializerId, number>> = { json: 1, msgpack: 2, cbor: 3 };

/** The protocols of some serializers, in their order; batched before plain, as Crossbar offers them. */
function protocolsOf(serializers: readonly SerializerId[]): Protocol[] {
  return serializers.flatMap((serializer) => [
    { name: `wamp.2.${serializer}.batched`, serializer, batched: true },
    { name: `wamp.2.${serializer}`, serializer, batched: false },
  ]);
}

const BY_NAME: ReadonlyMap<string, Protocol> = new Map(
  protocolsOf(DEFAULT_SERIALIZERS).map((protocol) => [protocol.name, protocol]),
);

/** The protocol of that name, or undefined where we speak none. */
export function protocolByName(name: string): Protocol | undefined {
  return BY_NAME.get(name);
}

/** Names of the protocols of some serializers, in their order. */
export function protocolNames(serializers: readonly SerializerId[] = DEFAULT_SERIALIZERS): string[] {
  return protocolsOf(serializers).map((protocol) => protocol.name);
}
