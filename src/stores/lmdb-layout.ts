/** How an event history lies in a database. */
import type { Key } from 'lmdb';
import type { Match } from '../wamp/uri.ts';
import { isIntact } from './event-record.ts';
import type { LmdbDatabase } from './lmdb-module.ts';

const FORMAT_KEY = 'turnpike-event-history';
const FORMAT = '1';
/** First elements of keys: the topics that events are kept of, and the events. */
const LOG = 'l';
const EVENT = 'e';

/** A topic that the database knows. */
export interface KnownLog {
  readonly id: number;
  readonly match: Match;
  readonly uri: string;
}

export const eventKey = (log: number, number: number): Key => [EVENT, log, number];

const at = (key: Key, index: number): number => (Array.isArray(key) ? Number(key[index]) : Number.NaN);

/** Whether there is nothing in it yet. */
export function isEmpty(database: LmdbDatabase): boolean {
  for (const _entry of database.getRange()) return false;
  return true;
}

export function writeFormat(database: LmdbDatabase): void {
  database.putSync(FORMAT_KEY, Buffer.from(FORMAT));
}

/** Why this router had better not touch the database; null where it may. */
export function foreign(database: LmdbDatabase): string | null {
  const format = database.get(FORMAT_KEY)?.toString();
  if (format === FORMAT) return null;
  if (format === undefined) return 'it is the database of something else';
  return 'it was written by a newer version of Turnpike';
}

export function knownLogs(database: LmdbDatabase): KnownLog[] {
  const logs: KnownLog[] = [];
  for (const { key, value } of database.getRange({ start: [LOG], end: [LOG, Number.POSITIVE_INFINITY] })) {
    const { match, uri } = JSON.parse(value.toString()) as { match: Match; uri: string };
    logs.push({ id: at(key, 1), match, uri });
  }
  return logs;
}

export function writeLog(database: LmdbDatabase, { id, match, uri }: KnownLog): void {
  database.putSync([LOG, id], Buffer.from(JSON.stringify({ match, uri })));
}

/** All events: the number of the log, the number of the event, the record. */
export function* allEvents(database: LmdbDatabase): Generator<{ log: number; number: number; record: Buffer }> {
  for (const { key, value } of database.getRange({ start: [EVENT], end: [EVENT, Number.POSITIVE_INFINITY] })) {
    yield { log: at(key, 1), number: at(key, 2), record: value };
  }
}

/** Reads everything. @returns events that are not as they were written */
export function countDamaged(database: LmdbDatabase): number {
  knownLogs(database);
  let damaged = 0;
  for (const { record } of allEvents(database)) if (!isIntact(record)) damaged += 1;
  return damaged;
}
