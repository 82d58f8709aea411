import type { MessageFormat } from '../router/peer.ts';
import type { Batching } from '../serializers/batching.ts';
import { type Payload, payloadFor } from '../serializers/payload.ts';
import type { Serializer } from '../serializers/serializer.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import type { Framing } from './connection.ts';

/** A message written into a buffer: where its frame begins and ends, and how long the message itself is. */
export interface Written {
  end: number;
  length: number;
}

/**
 * How messages look on one kind of connection: serializer × batching × framing. There is one `Wire`
 * per combination (`wireFor`), so that `===` says whether two connections take the same bytes.
 */
export class Wire implements MessageFormat {
  readonly index: number;
  readonly serializer: Serializer;
  readonly batching: Batching;
  readonly framing: Framing;
  /** Bytes that a frame needs beside its message, at most. */
  readonly overhead: number;
  readonly #written: Written = { end: 0, length: 0 };

  constructor(index: number, serializer: Serializer, batching: Batching, framing: Framing) {
    this.index = index;
    this.serializer = serializer;
    this.batching = batching;
    this.framing = framing;
    this.overhead = framing.maxHeader + batching.prefixLength + (batching.suffix === null ? 0 : 1);
  }

  /**
   * Writes one framed message at `at` of a buffer with room for `overhead` + `Serializer.bound`.
   * The header's length depends on the message's, which is known only afterwards: the likely one is
   * left free, and the message is moved in the rare case that another was needed. A message longer than
   * the framing carries gets no header: it cannot be sent, but in another serializer it was short enough.
   */
  writeAt(
    out: Buffer,
    at: number,
    code: number,
    first: number,
    second: number,
    dict: Buffer | null,
    text: string | null,
    payload: Payload | null,
    view?: DataView,
  ): Written {
    const { framing, batching } = this;
    const guess = (payload === null ? 0 : payload.end - payload.start) + (dict === null ? 0 : dict.length) + 24;
    const header = framing.headerLength(guess);
    const from = at + header + batching.prefixLength;
    let end = this.serializer.write(out, from, code, first, second, dict, text, payload, view);
    const message = end - from;
    if (batching.prefixLength > 0) batching.writePrefix(out, from - batching.prefixLength, message);
    if (batching.suffix !== null) out[end++] = batching.suffix;
    const length = end - at - header;
    const needed = framing.headerLength(length);
    if (needed !== header) {
      out.copyWithin(at + needed, at + header, end);
      end += needed - header;
    }
    if (length <= framing.maxMessage) framing.writeHeader(out, at, length);
    this.#written.end = end;
    this.#written.length = length;
    return this.#written;
  }

  encode(
    code: number,
    first: number,
    second: number,
    dict: Dict,
    text: string | null,
    payload: Payload | null,
  ): Buffer | null {
    const { serializer, framing } = this;
    const encodedDict = dict === EMPTY ? null : serializer.encode(dict);
    const own = payload === null || payload.count === 0 ? null : payloadFor(payload, serializer);
    const out = Buffer.allocUnsafe(this.overhead + serializer.bound(encodedDict, text, own));
    const written = this.writeAt(out, 0, code, first, second, encodedDict, text, own);
    return written.length > framing.maxMessage ? null : out.subarray(0, written.end);
  }
}

const wires: Wire[] = [];

/** The one `Wire` of this combination. */
export function wireFor(serializer: Serializer, batching: Batching, framing: Framing): Wire {
  for (const wire of wires) {
    if (wire.serializer === serializer && wire.batching === batching && wire.framing === framing) return wire;
  }
  const wire = new Wire(wires.length, serializer, batching, framing);
  wires.push(wire);
  return wire;
}
