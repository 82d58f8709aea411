import { binaryBound } from './binary-bound.ts';
import { createSerializer } from './format.ts';
import type { Serializer } from './serializer.ts';
import { BJDATA, type Dialect, DRAFT_12 } from './ubjson-dialect.ts';
import { skipNoops } from './ubjson-header.ts';
import { readUbjson } from './ubjson-read.ts';
import { UbjsonWriter } from './ubjson-values.ts';
import { walkUbjson } from './ubjson-walk.ts';
import { writeUbjson } from './ubjson-write.ts';

function createUbjson(id: 'ubjson' | 'ubjson12', index: number, dialect: Dialect): Serializer {
  return createSerializer({
    id,
    index,
    text: false,
    read: (bytes, start, end, into) => readUbjson(dialect, bytes, start, end, into),
    bound: binaryBound,
    write: (out, at, code, first, second, dict, text, payload, view) =>
      writeUbjson(dialect, out, at, code, first, second, dict, text, payload, view),
    walk: (bytes, at, end, sink) => walkUbjson(dialect, bytes, at, end, sink),
    next: skipNoops,
    newWriter: () => new UbjsonWriter(dialect),
  });
}

/** What Crossbar and Autobahn|Python from 26.6 on call UBJSON: BJData. */
export const ubjson: Serializer = createUbjson('ubjson', 3, BJDATA);

/** UBJSON draft 12, as Autobahn|Python up to 25.12 speaks it under the same name on the wire. */
export const ubjson12: Serializer = createUbjson('ubjson12', 4, DRAFT_12);
