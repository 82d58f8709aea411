import { cbor } from './cbor.ts';
import { json } from './json.ts';
import { msgpack } from './msgpack.ts';
import type { FormatId, Serializer } from './serializer.ts';
import { ubjson, ubjson12 } from './ubjson.ts';

/** All serializers, each at its `index`. */
export const SERIALIZERS: readonly Serializer[] = [json, msgpack, cbor, ubjson, ubjson12];

const BY_ID: ReadonlyMap<string, Serializer> = new Map(SERIALIZERS.map((serializer) => [serializer.id, serializer]));

export function serializerById(id: FormatId): Serializer;
/** The serializer of that id, or undefined where there is none. */
export function serializerById(id: string): Serializer | undefined;
export function serializerById(id: string): Serializer | undefined {
  return BY_ID.get(id);
}
