import type { Wire } from './wire.ts';

/** Splits what a transport delivers into single messages: batched subprotocols carry several at once. */
export class Inlet {
  /** The wire that the peer speaks; changes once at most, when a batching JSON client shows its separator. */
  wire: Wire;
  readonly #onMessage: (bytes: Buffer, start: number, end: number) => void;

  constructor(wire: Wire, onMessage: (bytes: Buffer, start: number, end: number) => void) {
    this.wire = wire;
    this.#onMessage = onMessage;
  }

  receive(bytes: Buffer, start: number, end: number): void {
    this.#onMessage(bytes, start, end);
  }
}
