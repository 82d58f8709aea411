import type { Decoys } from './decoys.ts';

/** Stand-ins beyond this many would cost more than they hide. */
const MOST_STAND_INS = 1024;

/** What is looked up beside a name, as texts of their own: the very same text would be found without being compared. */
interface Beside {
  /** A name that has a stand-in. */
  readonly present: string;
  /** One that has none. */
  readonly absent: string;
}

/**
 * Entries by name, found in the same time whether they are there or not. A name that is not gets a stand-in, always the
 * same one. There are as many of them as entries, in a table like theirs, so that neither are nearer at hand in the
 * processor's caches; for each name something is found in one of the tables, and something not in the other. (row 36)
 */
export class EvenTable<Entry> {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #standIns = new Map<string, Entry>();
  readonly #beside: readonly Beside[];
  readonly #decoys: Decoys;
  readonly #nobody: Entry;

  /** @param standIn makes what stands for names that are not there, in the shape of `model`; null where there is none */
  constructor(entries: ReadonlyMap<string, Entry>, decoys: Decoys, standIn: (model: Entry | null) => Entry) {
    this.#entries = entries;
    this.#decoys = decoys;
    // Of all parts of the table alike: its principals may have been made in different ways.
    const step = Math.ceil(entries.size / MOST_STAND_INS);
    const some = [...entries].filter((_entry, at) => at % step === 0);
    for (const [name, entry] of some) this.#standIns.set(name, standIn(entry));
    this.#beside = some.map(([name]) => ({ present: copyOf(name), absent: copyOf(`${name}\0`) }));
    this.#nobody = standIn(null);
  }

  find(name: string): { readonly entry: Entry; readonly isKnown: boolean } {
    const beside = this.#beside[this.#decoys.at(name, this.#beside.length)] ?? NOTHING;
    const own = this.#entries.get(name);
    const other = this.#standIns.get(own === undefined ? beside.present : beside.absent);
    return { entry: own ?? other ?? this.#nobody, isKnown: own !== undefined };
  }
}

const NOTHING: Beside = { present: '', absent: '' };

function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
