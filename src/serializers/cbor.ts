import { binaryBound } from './binary-bound.ts';
import { readCbor } from './cbor-read.ts';
import { CborWriter } from './cbor-values.ts';
import { walkCbor } from './cbor-walk.ts';
import { writeCbor } from './cbor-write.ts';
import { createSerializer } from './format.ts';
import type { Serializer } from './serializer.ts';

/** [WAMP: CBOR] */
export const cbor: Serializer = createSerializer({
  id: 'cbor',
  index: 2,
  text: false,
  read: readCbor,
  bound: binaryBound,
  write: writeCbor,
  walk: (bytes, at, _end, sink) => walkCbor(bytes, at, sink),
  next: (_bytes, at) => at,
  newWriter: () => new CborWriter(),
});
