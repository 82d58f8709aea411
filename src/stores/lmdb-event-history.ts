import type { EventHistory, EventLog, PastEvent } from '../router/event-history.ts';
import type { Clock, Timer } from '../wamp/clock.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import { encodeRecord } from './event-record.ts';
import { allEvents, type KnownLog, knownLogs, writeLog } from './lmdb-layout.ts';
import { type Append, type Entry, LmdbLog, sizeInFile } from './lmdb-log.ts';
import type { LmdbDatabase } from './lmdb-module.ts';
import { type OpenOptions, openDatabase } from './lmdb-open.ts';
import { LmdbWriter } from './lmdb-writer.ts';
import type { LogConfig } from './log-config.ts';

export interface LmdbOptions extends OpenOptions {
  readonly logs: readonly LogConfig[];
  /** Bytes that the file may have: events take up to half of it, the oldest go first. */
  readonly maxSize: number;
  /** Events that may wait to be written; what comes beyond is not kept. */
  readonly maxBuffer: number;
  /** How long an event may wait to be written that nobody waits for, in milliseconds. */
  readonly bufferFlush: number;
}

export interface LmdbPorts {
  readonly clock: Clock;
  readonly log: Log;
}

/** An event on its way to the disk. */
interface Write {
  readonly log: LmdbLog;
  readonly entry: Entry;
  readonly record: Buffer;
  readonly settle: { resolve: () => void; reject: (error: unknown) => void } | null;
}

/** What is to be kept, each with its place in the database. */
function logsIn(database: LmdbDatabase, { logs, readOnly }: LmdbOptions): { log: KnownLog; limit: number }[] {
  const known = knownLogs(database);
  let last = Math.max(0, ...known.map(({ id }) => id));
  return logs.map(({ uri, match, limit }) => {
    const found = known.find((each) => each.uri === uri && each.match === match);
    if (found !== undefined) return { log: found, limit };
    last += 1;
    const log = { id: last, match, uri };
    if (!readOnly) writeLog(database, log);
    return { log, limit };
  });
}

/** Crossbar's `store` of type `cfxdb`: in a file, so that it is there when the node comes back, however it ended. */
export class LmdbEventHistory implements EventHistory {
  readonly logs: readonly EventLog[];
  readonly #logs: readonly LmdbLog[];
  readonly #database: LmdbDatabase;
  /** Null where nothing is kept. */
  readonly #writer: LmdbWriter<'events'> | null;
  readonly #options: LmdbOptions;
  readonly #ports: LmdbPorts;
  /** Bytes of events in the file whose topics are not configured any more: nobody reads them, nobody erases them. */
  #otherBytes = 0;
  #waiting: Write[] = [];
  #waitingBytes = 0;
  #timer: Timer | null = null;
  #writing: Promise<void> | null = null;
  /** Whether the last write failed: said once, not for each event. */
  #failing = false;

  private constructor(database: LmdbDatabase, logs: readonly LmdbLog[], options: LmdbOptions, ports: LmdbPorts) {
    this.#database = database;
    const { path, sync, maxSize, readOnly } = options;
    this.#writer = readOnly ? null : new LmdbWriter({ kind: 'events', path, sync, maxSize }, ports.clock);
    this.#logs = logs;
    this.logs = logs;
    this.#options = options;
    this.#ports = ports;
  }

  /** @throws Error one sentence: which database, and why it cannot be used */
  static async open(options: LmdbOptions, ports: LmdbPorts): Promise<LmdbEventHistory> {
    const database = await openDatabase(options);
    try {
      const append: Append = (...args) => history.#append(...args);
      const logs = logsIn(database, options).map(({ log, limit }) => new LmdbLog(log, limit, { database, append }));
      const history = new LmdbEventHistory(database, logs, options, ports);
      history.#count();
      return history;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    while (this.#writing !== null || this.#waiting.length > 0) {
      this.#begin();
      await this.#writing;
    }
    await this.#writer?.close();
    await this.#database.close();
  }

  /** What is in the file already. */
  #count(): void {
    const byId = new Map(this.#logs.map((log) => [log.id, log]));
    for (const { log: id, number, record } of allEvents(this.#database)) {
      const log = byId.get(id);
      if (log === undefined) this.#otherBytes += sizeInFile(record.length);
      else log.found(number, record);
    }
    if (!this.#options.readOnly) this.#shrink();
  }

  #append(log: LmdbLog, event: PastEvent, awaited: boolean): Promise<void> | null {
    const { readOnly, maxBuffer, sync } = this.#options;
    if (readOnly) return null;
    if (this.#waiting.length >= maxBuffer || this.#waitingBytes >= LIMITS.historyBytes) {
      const error = new Error('too many events wait to be written');
      this.#failed(error);
      return awaited ? Promise.reject(error) : null;
    }
    const record = encodeRecord(event);
    const entry = log.add(event, sizeInFile(record.length));
    this.#waitingBytes += record.length;
    // Without `sync` what is written may be lost with the machine: there is nothing to wait for.
    if (!awaited || !sync) {
      this.#waiting.push({ log, entry, record, settle: null });
      this.#shrink();
      this.#timer ??= this.#ports.clock.setTimer(() => this.#begin(), this.#options.bufferFlush);
      return null;
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ log, entry, record, settle: { resolve, reject } });
      this.#shrink();
      // After this turn, so that all of it is one write.
      if (this.#writing === null) setImmediate(() => this.#begin());
    });
  }

  #begin(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#writing !== null) return;
    this.#writing = this.#flush().then(() => {
      this.#writing = null;
      // What came in the meantime goes at once: somebody may wait for it.
      if (this.#waiting.length > 0) this.#begin();
    });
  }

  /** Writes all that waits; never rejects. */
  async #flush(): Promise<void> {
    const writes = this.#waiting;
    if (writes.length === 0) return;
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      await this.#commit(writes);
      this.#failing = false;
      for (const { settle } of writes) settle?.resolve();
    } catch (error) {
      this.#failed(error);
      for (const { entry, settle } of writes) {
        entry.event = 'lost';
        settle?.reject(error);
      }
    }
  }

  async #commit(writes: readonly Write[]): Promise<void> {
    if (this.#writer === null) return;
    const erasing = this.#logs.map((log) => ({ log, ...log.dropped }));
    const kept = writes.filter(({ log, entry }) => log.has(entry.number));
    await this.#writer.write({
      puts: kept.map(({ log, entry, record }) => ({ log: log.id, number: entry.number, record })),
      erasing: erasing.map(({ log, from, to }) => ({ log: log.id, from, to })),
    });
    // Else this thread goes on reading what was there before.
    this.#database.resetReadTxn();
    for (const { entry } of writes) entry.event = 'written';
    for (const { log, to } of erasing) log.erased(to);
  }

  /** What is beyond the bounds goes: of each topic the oldest, in all the oldest of the topic that holds most. */
  #shrink(): void {
    for (const log of this.#logs) while (log.size > log.limit) log.dropOldest();
    for (;;) {
      let bytes = this.#otherBytes;
      let largest: LmdbLog | undefined;
      for (const log of this.#logs) {
        bytes += log.bytes;
        if (largest === undefined || log.bytes > largest.bytes) largest = log;
      }
      if (largest === undefined || largest.size === 0 || bytes <= this.#options.maxSize / 2) return;
      largest.dropOldest();
    }
  }

  #failed(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#ports.log.error('events cannot be written to the event history', { path: this.#options.path, error });
  }
}
