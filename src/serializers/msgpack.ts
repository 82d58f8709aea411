import { binaryBound } from './binary-bound.ts';
import { createSerializer } from './format.ts';
import { readMsgpack } from './msgpack-read.ts';
import { MsgpackWriter } from './msgpack-values.ts';
import { walkMsgpack } from './msgpack-walk.ts';
import { writeMsgpack } from './msgpack-write.ts';
import type { Serializer } from './serializer.ts';

/** [WAMP: MsgPack] */
export const msgpack: Serializer = createSerializer({
  id: 'msgpack',
  index: 1,
  text: false,
  read: readMsgpack,
  bound: binaryBound,
  write: writeMsgpack,
  walk: (bytes, at, _end, sink) => walkMsgpack(bytes, at, sink),
  next: (_bytes, at) => at,
  newWriter: () => new MsgpackWriter(),
});
