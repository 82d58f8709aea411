/** Slots to begin with: most sessions have few requests in flight. */
const FIRST = 8;

/** Slots at most: beyond them, a map is as good. */
const MOST = 4096;

/** In a slot that is free: no id is negative. */
const FREE = -1;

/**
 * What is in flight, by its id: a `Map` for ids that count up. The lowest bits of an id are its slot, so
 * that nothing is hashed on the way of a call, which looks up, adds and removes two of them. An id whose
 * slot is taken is kept in a map beside the slots: a peer draws ids at random, or a request stays for long.
 */
export class RequestTable<Value> {
  #ids: number[] = NO_IDS;
  #values: (Value | undefined)[] = NO_VALUES;
  /** Number of slots - 1, and which bits of an id are its slot. -1: there are none yet. */
  #mask = -1;
  /** How many slots are taken. */
  #taken = 0;
  #others: Map<number, Value> | null = null;

  get size(): number {
    return this.#taken + (this.#others === null ? 0 : this.#others.size);
  }

  get(id: number): Value | undefined {
    const slot = id & this.#mask;
    if (this.#ids[slot] === id) return this.#values[slot];
    return this.#others === null ? undefined : this.#others.get(id);
  }

  has(id: number): boolean {
    return this.#ids[id & this.#mask] === id || (this.#others?.has(id) ?? false);
  }

  set(id: number, value: Value): void {
    let slot = id & this.#mask;
    if (this.#ids[slot] !== FREE && this.#ids[slot] !== id) {
      this.#makeRoom();
      slot = id & this.#mask;
    }
    const there = this.#ids[slot];
    if ((there !== FREE && there !== id) || this.#others?.has(id)) {
      this.#others ??= new Map();
      this.#others.set(id, value);
      return;
    }
    if (there === FREE) this.#taken++;
    this.#ids[slot] = id;
    this.#values[slot] = value;
  }

  delete(id: number): boolean {
    const slot = id & this.#mask;
    if (this.#ids[slot] !== id) return this.#others?.delete(id) ?? false;
    this.#ids[slot] = FREE;
    this.#values[slot] = undefined;
    this.#taken--;
    return true;
  }

  /** All that is in flight now: the list does not change with the table. */
  values(): readonly Value[] {
    const values = this.#others === null ? [] : [...this.#others.values()];
    for (const [slot, id] of this.#ids.entries()) if (id !== FREE) values.push(this.#values[slot] as Value);
    return values;
  }

  /** Doubles the slots where more than half are taken: no two that had slots of their own come together by it. */
  #makeRoom(): void {
    const slots = this.#mask + 1;
    if (slots >= MOST || this.#taken < slots / 2) return;
    const [ids, values] = [this.#ids, this.#values];
    const more = Math.max(FIRST, 2 * slots);
    this.#mask = more - 1;
    this.#ids = new Array<number>(more).fill(FREE);
    this.#values = new Array<Value | undefined>(more).fill(undefined);
    for (const [slot, id] of ids.entries()) {
      if (id === FREE) continue;
      this.#ids[id & this.#mask] = id;
      this.#values[id & this.#mask] = values[slot];
    }
  }
}

/** Shared by all tables that never held anything: most sessions neither call nor are called. */
const NO_IDS: number[] = [];
const NO_VALUES: undefined[] = [];
