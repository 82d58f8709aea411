import type { Serializer } from './serializer.ts';

/**
 * A value that is encoded again and again, inside of others: once for each serializer instead. It must never change,
 * and stands for the value in what `Serializer.encode` is given.
 */
export class Prepared {
  readonly value: unknown;
  readonly #encoded = new Map<Serializer, Buffer>();

  constructor(value: unknown) {
    this.value = value;
  }

  encodedBy(serializer: Serializer): Buffer {
    let bytes = this.#encoded.get(serializer);
    if (bytes === undefined) {
      bytes = serializer.encode(this.value);
      this.#encoded.set(serializer, bytes);
    }
    return bytes;
  }
}
