/** First in, first out; each operation costs the same however many there are. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 32 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** @param reverse the last in first */
  *values(reverse: boolean): Generator<T> {
    const items = this.#items as T[];
    const [first, last] = [this.#head, items.length - 1];
    if (reverse) for (let at = last; at >= first; at--) yield items[at] as T;
    else for (let at = first; at <= last; at++) yield items[at] as T;
  }
}
