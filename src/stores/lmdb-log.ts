import type { EventLog, PastEvent } from '../router/event-history.ts';
import type { Match } from '../wamp/uri.ts';
import { isIntact, RecordedEvent, readHead } from './event-record.ts';
import { Fifo } from './fifo.ts';
import { eventKey, type KnownLog } from './lmdb-layout.ts';
import type { LmdbDatabase } from './lmdb-module.ts';

/** An event that is kept in a log, written already or not. */
export interface Entry {
  readonly number: number;
  readonly size: number;
  readonly time: number;
  readonly publication: number;
  /** The event until it is written. One that could not be written is lost. */
  event: PastEvent | 'written' | 'lost';
}

/** Values from this on get pages of their own. */
const OVERFLOW = 1_900;
const PAGE = 4_096;
const OVERHEAD = 64;

/** About how many bytes of the file a record takes. */
export function sizeInFile(record: number): number {
  return record > OVERFLOW ? Math.ceil((record + OVERHEAD) / PAGE) * PAGE : record + OVERHEAD;
}

/** Keeps an event in a log. */
export type Append = (log: LmdbLog, event: PastEvent, awaited: boolean) => Promise<void> | null;

/** The events of one topic: which there are, in memory; what they are, in the database once they are written. */
export class LmdbLog implements EventLog {
  readonly id: number;
  readonly uri: string;
  readonly match: Match;
  readonly limit: number;
  readonly #database: LmdbDatabase;
  readonly #append: Append;
  readonly #entries = new Fifo<Entry>();
  #next = 1;
  /** Numbers below it are dropped. */
  #first = 1;
  /** Numbers below it are not in the database any more. */
  #erased = 1;
  bytes = 0;

  constructor({ id, uri, match }: KnownLog, limit: number, ports: { database: LmdbDatabase; append: Append }) {
    this.id = id;
    this.uri = uri;
    this.match = match;
    this.limit = limit;
    this.#database = ports.database;
    this.#append = ports.append;
  }

  get size(): number {
    return this.#entries.size;
  }

  append(event: PastEvent, awaited: boolean): Promise<void> | null {
    return this.#append(this, event, awaited);
  }

  *events(reverse: boolean): Generator<PastEvent> {
    for (const entry of this.#entries.values(reverse)) {
      if (entry.event === 'written') yield new RecordedEvent(entry, () => this.#load(entry.number));
      else if (entry.event !== 'lost') yield entry.event;
    }
  }

  /** An event that the database has already, in the order of its numbers. */
  found(number: number, record: Buffer): void {
    if (this.size === 0) {
      this.#first = number;
      this.#erased = number;
    }
    this.#next = number + 1;
    this.#add({ number, size: sizeInFile(record.length), ...readHead(record), event: 'written' });
  }

  /** An event that is not written yet. */
  add(event: PastEvent, size: number): Entry {
    const { time, publication } = event;
    return this.#add({ number: this.#next++, size, time, publication, event });
  }

  dropOldest(): void {
    const dropped = this.#entries.shift();
    if (dropped === undefined) return;
    this.bytes -= dropped.size;
    this.#first = dropped.number + 1;
  }

  /** Whether an event has not been dropped since. */
  has(number: number): boolean {
    return number >= this.#first;
  }

  /** The numbers of dropped events that may still be in the database. */
  get dropped(): { readonly from: number; readonly to: number } {
    return { from: this.#erased, to: this.#first };
  }

  /** Told when dropped events below that number are erased from the database. */
  erased(to: number): void {
    this.#erased = to;
  }

  #add(entry: Entry): Entry {
    this.#entries.push(entry);
    this.bytes += entry.size;
    return entry;
  }

  /** @throws Error where it is not as it was written: it was when the database was opened */
  #load(number: number): Buffer {
    const record = this.#database.get(eventKey(this.id, number));
    if (record !== undefined && isIntact(record)) return record;
    throw new Error(`event ${number} of ${this.match} <${this.uri}> is damaged in the event history`);
  }
}
