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
 * processor's caches; for each name as much is looked up, found, and not found. (row 36)
 */
export class EvenTable<Model, Entry = Model> {
  readonly #entries = new Map<string, Entry>();
  readonly #standIns = new Map<string, Entry>();
  readonly #beside: readonly Beside[];
  readonly #decoys: Decoys;
  readonly #nobody: Entry;

  /**
   * What is there and what stands in for it are made side by side, in an order left to chance: as the memory fills, so
   * lies what is made, and a table made after the other was found to be quicker.
   * @param models by name, what the entries are made of
   * @param make an entry of a model or, where it is not there, what stands in for that; without a model for nothing at all
   */
  constructor(
    models: ReadonlyMap<string, Model>,
    decoys: Decoys,
    make: (model: Model | null, isThere: boolean) => Entry,
  ) {
    this.#decoys = decoys;
    // Of all parts of the table alike: its principals may have been made in different ways.
    const step = Math.ceil(models.size / MOST_STAND_INS);
    const some: string[] = [];
    let at = 0;
    for (const [name, model] of models) {
      const hasStandIn = at++ % step === 0;
      const isFirst = decoys.at(name, 2) === 0;
      if (hasStandIn && isFirst) this.#standIns.set(copyOf(name), make(model, false));
      this.#entries.set(name, make(model, true));
      if (hasStandIn && !isFirst) this.#standIns.set(copyOf(name), make(model, false));
      if (hasStandIn) some.push(name);
    }
    this.#beside = some.map((name) => ({ present: copyOf(name), absent: absentFrom(models, name) }));
    this.#nobody = make(null, false);
  }

  /** Of entries that there are already. @param standIn makes what stands in for one of them, or for nothing at all */
  static of<Entry>(
    entries: ReadonlyMap<string, Entry>,
    decoys: Decoys,
    standIn: (model: Entry | null) => Entry,
  ): EvenTable<Entry> {
    return new EvenTable(entries, decoys, (entry, isThere) => (entry !== null && isThere ? entry : standIn(entry)));
  }

  find(name: string): { readonly entry: Entry; readonly isKnown: boolean } {
    const beside = this.#beside[this.#decoys.at(name, this.#beside.length)] ?? NOTHING;
    const own = this.#entries.get(name);
    const standIn = this.#standIns.get(beside.present);
    // In either table one name is found, and in that of entries one is not: so much memory is read for everybody.
    const model = this.#entries.get(own === undefined ? beside.present : beside.absent);
    const entry = (model === undefined ? own : standIn) ?? this.#nobody;
    return { entry, isKnown: own !== undefined };
  }
}

const NOTHING: Beside = { present: '', absent: '' };

function absentFrom(names: ReadonlyMap<string, unknown>, name: string): string {
  let absent = `${name}\0`;
  while (names.has(absent)) absent += '\0';
  return copyOf(absent);
}

/** The same text, made now: one that has lain in memory for long takes longer to read. */
export function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
