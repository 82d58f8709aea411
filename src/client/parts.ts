import type { WampError } from '../wamp/errors.ts';
import type { Arguments } from './session-line.ts';

/**
 * The parts of a call after the first one, for its handler to loop over; the loop ends after the last one, and
 * throws where the call is cancelled. What comes while nobody loops waits, up to a number.
 */
export class Parts implements AsyncIterable<Arguments> {
  readonly #waiting: Arguments[] = [];
  #ended = false;
  #error: WampError | null = null;
  #wake: (() => void) | null = null;

  get size(): number {
    return this.#waiting.length;
  }

  get ended(): boolean {
    return this.#ended;
  }

  add(part: Arguments, last: boolean): void {
    this.#waiting.push(part);
    this.#ended = last;
    this.#wake?.();
  }

  abort(error: WampError): void {
    this.#error = error;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Arguments, void, undefined> {
    for (;;) {
      if (this.#error !== null) throw this.#error;
      const part = this.#waiting.shift();
      if (part !== undefined) yield part;
      else if (this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
