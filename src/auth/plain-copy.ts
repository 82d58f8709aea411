import { type Dict, isDict } from '../wamp/dict.ts';
import { LIMITS } from '../wamp/limits.ts';

/**
 * A deep copy of data that may travel in a message: null, booleans, numbers, strings, binary, lists and
 * dictionaries. Dictionaries of the copy have no prototype; undefined members are left out.
 *
 * @param size the most it may take, in characters of text, bytes of binary, and 8 for each value
 * @throws TypeError on anything else (a function, a class's instance), on more than `size`, and beyond
 *   `LIMITS.depth`, thus on cycles. The message never quotes the data.
 */
export function plainCopy(value: unknown, size: number): unknown {
  return new PlainCopy(size).copy(value, LIMITS.depth);
}

class PlainCopy {
  #left: number;

  constructor(size: number) {
    this.#left = size;
  }

  copy(value: unknown, depth: number): unknown {
    this.#spend(8);
    if (typeof value === 'string') this.#spend(value.length);
    if (typeof value !== 'object' || value === null) return this.#scalar(value);
    if (depth === 0) throw new TypeError('nested too deeply');
    if (value instanceof Uint8Array) {
      this.#spend(value.length);
      return value.slice();
    }
    if (Array.isArray(value)) return Array.from(value, (item) => this.copy(item, depth - 1));
    if (!isDict(value)) throw new TypeError('not plain data');
    return this.#dict(value, depth - 1);
  }

  #dict(from: Dict, depth: number): Dict {
    const into = Object.create(null) as Dict;
    for (const key of Object.keys(from)) {
      const value = from[key];
      if (value === undefined) continue;
      this.#spend(key.length);
      into[key] = this.copy(value, depth);
    }
    return into;
  }

  #scalar(value: unknown): unknown {
    if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('not plain data');
    return value ?? null;
  }

  #spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0) throw new TypeError('too large');
  }
}
