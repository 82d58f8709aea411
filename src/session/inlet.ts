import { batchingUsed, splitBatch } from '../serializers/batching.ts';
import { type Wire, wireFor } from './wire.ts';

/** Splits what a transport delivers into single messages: batched subprotocols carry several at once. */
export class Inlet {
  readonly #onMessage: (bytes: Buffer, start: number, end: number) => void;
  #wire: Wire;

  constructor(wire: Wire, onMessage: (bytes: Buffer, start: number, end: number) => void) {
    this.#wire = wire;
    this.#onMessage = onMessage;
  }

  /** How the peer is to be answered: a batching JSON client shows by what it sends which separator it uses. */
  get wire(): Wire {
    return this.#wire;
  }

  /** @throws ProtocolViolation where it is not a batch of messages; those before the fault have been given */
  receive(bytes: Buffer, start: number, end: number): void {
    const { serializer, batching, framing } = this.#wire;
    const used = batchingUsed(batching, bytes, start, end);
    if (used !== batching) this.#wire = wireFor(serializer, used, framing);
    splitBatch(used, bytes, start, end, this.#onMessage);
  }
}
