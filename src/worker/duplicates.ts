import type { Duplicate, ListeningHandle } from '../transports/acceptors.ts';
import type { DuplicateMessage } from './ipc.ts';

/** Has the controller send handles back: a worker's side of `DuplicateMessage`. */
export class Duplicates {
  readonly #send: (message: DuplicateMessage, handle: ListeningHandle) => void;
  /** Who waits for duplicates, and of how many, by the ids of the messages. */
  readonly #takers = new Map<number, { left: number; readonly take: (duplicate: ListeningHandle) => void }>();
  #lastId = 0;

  constructor(send: (message: DuplicateMessage, handle: ListeningHandle) => void) {
    this.#send = send;
  }

  readonly duplicate: Duplicate = (handle, count, take) => {
    this.#lastId += 1;
    this.#takers.set(this.#lastId, { left: count, take });
    this.#send({ type: 'duplicate', id: this.#lastId, count }, handle);
  };

  /** @param handle what came with a `DuplicatedMessage`. Where the process has no descriptor left for it, neither of them comes. */
  received(id: number, handle: unknown): void {
    const taker = this.#takers.get(id);
    if (taker === undefined) return;
    taker.left -= 1;
    if (taker.left === 0) this.#takers.delete(id);
    if (handle !== undefined) taker.take(handle as ListeningHandle);
  }
}
