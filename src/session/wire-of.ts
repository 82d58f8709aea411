import { batchingFor } from '../serializers/batching.ts';
import { protocolByName } from '../serializers/protocols.ts';
import { serializerById } from '../serializers/registry.ts';
import type { Framing } from './connection.ts';
import { type Wire, wireFor } from './wire.ts';

/** The wire of a subprotocol (`wamp.2.json.batched`) on a connection. @throws RangeError for one that we do not speak */
export function wireOf(protocolName: string, framing: Framing): Wire {
  const protocol = protocolByName(protocolName);
  if (protocol === undefined) throw new RangeError(`no subprotocol is called "${protocolName}"`);
  const serializer = serializerById(protocol.serializer);
  return wireFor(serializer, batchingFor(serializer.text, protocol.batched), framing);
}
