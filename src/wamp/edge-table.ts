/** Words of an edge: where it begins, its first character, where it leads, and how far. */
const WIDTH = 4;
const FROM = 0;
const FIRST = 1;
const TO = 2;
const REACH = 3;

const LEAST = 16;

/**
 * Odd numbers that nobody outside knows: else clients could make up patterns whose edges all lie in a row.
 */
const [A = 1, B = 1] = crypto.getRandomValues(new Uint32Array(2)).map((word) => word | 1);
/** [Knuth, TAOCP 3, 6.4] 2³² by the golden ratio. */
const C = 0x9e3779b1;

/**
 * The edges of a tree whose nodes are numbers, in one table by their node and their first character (open addressing, linear
 * probing). A step along an edge is one look into memory, where nodes that each have a `Map` of their own take five:
 * among a million patterns, that is most of what finding one costs.
 */
export class EdgeTable {
  #cells = new Int32Array(WIDTH * LEAST);
  #mask = LEAST - 1;
  #size = 0;

  /** Where an edge is, for the methods below; -1: there is none. It is another one after `add` and `remove`. */
  find(from: number, first: number): number {
    const cells = this.#cells;
    for (let place = homeOf(from, first) & this.#mask; ; place = (place + 1) & this.#mask) {
      const at = place * WIDTH;
      if (cells[at + TO] === 0) return -1;
      if (cells[at + FROM] === from && cells[at + FIRST] === first) return at;
    }
  }

  to(edge: number): number {
    return this.#cells[edge + TO] as number;
  }

  /** How many characters there are from the root to its end. */
  length(edge: number): number {
    return (this.#cells[edge + REACH] as number) >> 1;
  }

  /** Whether there is a value at its end. */
  isValued(edge: number): boolean {
    return ((this.#cells[edge + REACH] as number) & 1) === 1;
  }

  set(edge: number, to: number, length: number, valued: boolean): void {
    this.#cells[edge + TO] = to;
    this.#cells[edge + REACH] = 2 * length + Number(valued);
  }

  /** Adds an edge that is not there. @param to not 0 */
  add(from: number, first: number, to: number, length: number, valued: boolean): void {
    if (2 * ++this.#size > this.#mask) this.#grow();
    this.#put(from, first, to, 2 * length + Number(valued));
  }

  remove(edge: number): void {
    const cells = this.#cells;
    const mask = this.#mask;
    this.#size -= 1;
    let hole = edge / WIDTH;
    // What was put behind it because it was there moves up: nothing is left that a look-up would have to pass over.
    for (let place = (hole + 1) & mask; cells[place * WIDTH + TO] !== 0; place = (place + 1) & mask) {
      const home = homeOf(cells[place * WIDTH + FROM] as number, cells[place * WIDTH + FIRST] as number) & mask;
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      cells.copyWithin(hole * WIDTH, place * WIDTH, (place + 1) * WIDTH);
      hole = place;
    }
    cells.fill(0, hole * WIDTH, (hole + 1) * WIDTH);
  }

  #put(from: number, first: number, to: number, reach: number): void {
    const cells = this.#cells;
    let place = homeOf(from, first) & this.#mask;
    while (cells[place * WIDTH + TO] !== 0) place = (place + 1) & this.#mask;
    cells.set([from, first, to, reach], place * WIDTH);
  }

  #grow(): void {
    const old = this.#cells;
    this.#mask = 2 * this.#mask + 1;
    this.#cells = new Int32Array(2 * old.length);
    for (let at = 0; at < old.length; at += WIDTH) {
      if (old[at + TO] !== 0)
        this.#put(
          old[at + FROM] as number,
          old[at + FIRST] as number,
          old[at + TO] as number,
          old[at + REACH] as number,
        );
    }
  }
}

/** Its lower bits are where an edge belongs. */
function homeOf(from: number, first: number): number {
  const mixed = Math.imul(from, A) + Math.imul(first, B);
  return Math.imul(mixed ^ (mixed >>> 15), C) >>> 4;
}
