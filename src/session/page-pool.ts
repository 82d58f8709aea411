/** The smallest page: what is written to a connection in one turn, most of the time. */
const SMALLEST = 16 * 1024;
/** Larger pages have this beside a power of two: payloads are mostly as long as one, and a message has a header around it. */
const BESIDE = 1024;
/** Sizes of pages that are kept: 16 KB doubled, up to 1 MB. */
const SIZES = 7;
/** How much is kept of one size, in bytes: of the smallest, which every connection uses, and of each other. */
const KEPT_SMALLEST = 4 * 1024 * 1024;
const KEPT = 2 * 1024 * 1024;

/** Memory to write into, with the view through which short payloads are copied into it. */
export interface Page {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Whether somebody has it. */
  taken: boolean;
}

/** The pages of one size that nobody has. */
class Shelf {
  readonly size: number;
  readonly #most: number;
  readonly #pages: Page[] = [];

  constructor(size: number, kept: number) {
    this.size = size;
    this.#most = Math.floor(kept / size);
  }

  get bytes(): number {
    return this.#pages.length * this.size;
  }

  take(): Page {
    const page = this.#pages.pop();
    if (page === undefined) return newPage(this.size);
    page.taken = true;
    return page;
  }

  put(page: Page): void {
    if (this.#pages.length < this.#most) this.#pages.push(page);
  }
}

function newPage(size: number): Page {
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, size), taken: true };
}

/**
 * Pages that are used again, up to a bound. Memory of buffers lies outside of V8's heap: allocated for each long
 * message it makes V8 collect all garbage for every 64 MB of it, twenty times a second where messages have 64 KB.
 *
 * Whoever takes a page is the only one who has it, and gives it back when nobody else can still read it; a page of
 * which that is not sure is not given back, and goes as any other garbage. Nothing counts what is out.
 */
export class PagePool {
  readonly #shelves: readonly Shelf[] = Array.from({ length: SIZES }, (_, at) =>
    at === 0 ? new Shelf(SMALLEST, KEPT_SMALLEST) : new Shelf(SMALLEST * 2 ** at + BESIDE, KEPT),
  );

  /** Bytes of the pages that nobody has. */
  get kept(): number {
    let bytes = 0;
    for (const shelf of this.#shelves) bytes += shelf.bytes;
    return bytes;
  }

  /** A page of `size` bytes at least; what was written into it before may still be there. */
  take(size: number): Page {
    const shelf = this.#shelfFor(size);
    return shelf === undefined ? newPage(size) : shelf.take();
  }

  /** @throws RangeError where it was given back before: two would have it next, and write into each other's messages */
  give(page: Page): void {
    if (!page.taken) throw new RangeError('a page was given back twice');
    page.taken = false;
    const { length } = page.bytes;
    const shelf = this.#shelfFor(length);
    if (shelf?.size === length) shelf.put(page);
  }

  #shelfFor(size: number): Shelf | undefined {
    if (size <= SMALLEST) return this.#shelves[0];
    return this.#shelves[Math.max(1, 32 - Math.clz32((size - BESIDE - 1) >>> 14))];
  }
}

/** The pages of this thread. */
export const PAGES: PagePool = new PagePool();
