import { splice } from '../src/serializers/splice.ts';
import { applyMask } from '../src/transports/websocket-mask.ts';
import type { Link } from './link.ts';
import { REQUEST_IDS, type RequestIdFormat } from './request-id.ts';

interface PreparedFrame {
  readonly bytes: Buffer;
  /** Where the request id is. */
  readonly idAt: number;
}

/**
 * A message of which nothing changes but its request id: framed and masked once for each width that ids
 * have, then copied, and the id written over.
 */
export class FrameTemplate {
  readonly #link: Link;
  readonly #ids: RequestIdFormat;
  readonly #idOffset: number;
  readonly #messageWith: (id: number) => Buffer;
  /** By the width of the id. */
  readonly #frames: (PreparedFrame | undefined)[] = [];

  /**
   * @param code of the message, whose first integer is the id
   * @param messageWith makes it with some id
   */
  constructor(link: Link, code: number, messageWith: (id: number) => Buffer) {
    this.#link = link;
    this.#ids = REQUEST_IDS[link.serializer.id];
    this.#idOffset = this.#ids.offset(code);
    this.#messageWith = messageWith;
  }

  /** Sends it at the end of this turn. */
  send(id: number): void {
    const width = this.#ids.width(id);
    const { bytes, idAt } = this.#frames[width] ?? this.#prepare(id, width);
    const link = this.#link;
    const at = link.reserve(bytes.length);
    const { output } = link;
    splice(bytes, 0, bytes.length, output, at);
    this.#ids.put(output, at + idAt, id);
    applyMask(output, at + idAt, at + idAt + width, link.framing.mask, this.#idOffset);
  }

  #prepare(id: number, width: number): PreparedFrame {
    const { framing, serializer } = this.#link;
    const message = this.#messageWith(id);
    const bytes = framing.encode(message, serializer.text);
    const prepared = { bytes, idAt: bytes.length - message.length + this.#idOffset };
    this.#frames[width] = prepared;
    return prepared;
  }
}
