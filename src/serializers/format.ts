import type { Dict } from '../wamp/dict.ts';
import type { Payload } from './payload.ts';
import type { Serializer } from './serializer.ts';
import { ValueBuilder } from './value-builder.ts';
import type { ValueSink, ValueWriter } from './value-sink.ts';
import { walkValue } from './value-walk.ts';

/** What one serialization format has of its own; `createSerializer` adds what all do alike. */
export interface Format extends Pick<Serializer, 'id' | 'index' | 'text' | 'read' | 'bound' | 'write'> {
  /** Tells the sink the one checked value at `at`; returns its end. */
  walk(bytes: Buffer, at: number, end: number, sink: ValueSink): number;
  /** Where the next value of a payload begins, given the end of the one before it. */
  next(bytes: Buffer, at: number): number;
  /** A writer. What it is told one after another is a payload. */
  newWriter(): ValueWriter;
}

export function createSerializer(format: Format): Serializer {
  const { walk, next, newWriter } = format;
  /** The writer that is not in use: one suffices unless a getter of an encoded object encodes in turn. */
  let idle: ValueWriter | null = newWriter();

  function borrowWriter(): ValueWriter {
    const writer = idle ?? newWriter();
    idle = null;
    return writer;
  }

  function returnWriter(writer: ValueWriter): void {
    writer.reset();
    idle = writer;
  }

  function decode(bytes: Buffer, start: number, end: number): unknown {
    const builder = new ValueBuilder(false);
    walk(bytes, start, end, builder);
    return builder.take();
  }

  function walkPayload(payload: Payload, sink: ValueSink): void {
    const { bytes, end, count } = payload;
    let at = payload.start;
    for (let done = 0; done < count; done++) {
      if (done > 0) at = next(bytes, at);
      at = walk(bytes, at, end, sink);
    }
  }

  function payloadOf(bytes: Buffer, count: number): Payload {
    return { serializer, bytes, start: 0, end: bytes.length, count, transcoded: null };
  }

  const serializer: Serializer = {
    id: format.id,
    index: format.index,
    text: format.text,
    read(bytes, start, end, into) {
      into.serializer = serializer;
      format.read(bytes, start, end, into);
    },
    bound: format.bound,
    write: format.write,
    decode,
    walkPayload,
    encode(value) {
      const writer = borrowWriter();
      try {
        walkValue(value, writer, serializer);
        return writer.take();
      } finally {
        returnWriter(writer);
      }
    },
    decodePayload(payload) {
      const values: unknown[] = [];
      const { bytes, end, count } = payload;
      const builder = new ValueBuilder(false);
      let at = payload.start;
      for (let done = 0; done < count; done++) {
        if (done > 0) at = next(bytes, at);
        at = walk(bytes, at, end, builder);
        values.push(builder.take());
      }
      return values;
    },
    encodePayload(args, kwargs) {
      const count = countOf(args, kwargs);
      const writer = borrowWriter();
      try {
        if (count > 0) walkValue(args ?? [], writer, serializer);
        if (count > 1) walkValue(kwargs, writer, serializer);
        return payloadOf(writer.take(), count);
      } finally {
        returnWriter(writer);
      }
    },
    transcode(payload) {
      const writer = borrowWriter();
      try {
        payload.serializer.walkPayload(payload, writer);
        return payloadOf(writer.take(), payload.count);
      } finally {
        returnWriter(writer);
      }
    },
  };
  return serializer;
}

/** Empty arguments are not sent. */
function countOf(args: readonly unknown[] | null, kwargs: Readonly<Dict> | null): number {
  if (kwargs !== null && Object.keys(kwargs).length > 0) return 2;
  return args !== null && args.length > 0 ? 1 : 0;
}
