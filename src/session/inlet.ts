import { batchingUsed, splitBatch } from '../serializers/batching.ts';
import { ProtocolViolation } from '../wamp/errors.ts';
import { LIMITS } from '../wamp/limits.ts';
import { type Wire, wireFor } from './wire.ts';

/** Splits what a transport delivers into single messages: batched subprotocols carry several at once. */
export class Inlet {
  readonly #onMessage: (bytes: Buffer, start: number, end: number) => void;
  #wire: Wire;
  /** Messages of the batch in hand so far. */
  #count = 0;

  constructor(wire: Wire, onMessage: (bytes: Buffer, start: number, end: number) => void) {
    this.#wire = wire;
    this.#onMessage = (bytes, start, end) => {
      if (++this.#count > LIMITS.batch) throw new ProtocolViolation('a batch of too many messages');
      onMessage(bytes, start, end);
    };
  }

  /** How the peer is to be answered: a batching JSON client shows by what it sends which separator it uses. */
  get wire(): Wire {
    return this.#wire;
  }

  /** @throws ProtocolViolation where it is not a batch of messages, or of more than `LIMITS.batch`; those before the fault have been given */
  receive(bytes: Buffer, start: number, end: number): void {
    const { serializer, batching, framing } = this.#wire;
    this.#count = 0;
    const used = batchingUsed(batching, bytes, start, end);
    if (used !== batching) this.#wire = wireFor(serializer, used, framing);
    splitBatch(used, bytes, start, end, this.#onMessage);
  }
}
