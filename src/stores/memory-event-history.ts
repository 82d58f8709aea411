import { sizeOfLists } from '../router/audience.ts';
import type { EventHistory, EventLog, PastEvent } from '../router/event-history.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Match } from '../wamp/uri.ts';
import { Fifo } from './fifo.ts';
import type { LogConfig } from './log-config.ts';

/** Bytes that an event costs besides its payload. */
const OVERHEAD = 256;

class MemoryLog implements EventLog {
  readonly uri: string;
  readonly match: Match;
  readonly #limit: number;
  readonly #events = new Fifo<PastEvent>();
  /** Told after each event. */
  readonly #onAppend: () => void;
  bytes = 0;

  constructor({ uri, match, limit }: LogConfig, onAppend: () => void) {
    this.uri = uri;
    this.match = match;
    this.#limit = limit;
    this.#onAppend = onAppend;
  }

  append(event: PastEvent): null {
    this.#events.push(event);
    this.bytes += sizeOf(event);
    if (this.#events.size > this.#limit) this.dropOldest();
    this.#onAppend();
    return null;
  }

  events(reverse: boolean): Iterable<PastEvent> {
    return this.#events.values(reverse);
  }

  dropOldest(): void {
    const dropped = this.#events.shift();
    if (dropped !== undefined) this.bytes -= sizeOf(dropped);
  }
}

/** Crossbar's `store` of type `memory`: gone with the process. */
export class MemoryEventHistory implements EventHistory {
  readonly logs: readonly EventLog[];
  readonly #logs: readonly MemoryLog[];
  readonly #maxBytes: number;

  /** @param maxBytes of all logs together; beyond it the one that holds the most loses its oldest events */
  constructor(logs: readonly LogConfig[], maxBytes: number = LIMITS.historyBytes) {
    this.#maxBytes = maxBytes;
    this.#logs = logs.map((log) => new MemoryLog(log, () => this.#shrink()));
    this.logs = this.#logs;
  }

  async close(): Promise<void> {}

  #shrink(): void {
    for (;;) {
      let bytes = 0;
      let largest: MemoryLog | undefined;
      for (const log of this.#logs) {
        bytes += log.bytes;
        if (largest === undefined || log.bytes > largest.bytes) largest = log;
      }
      if (largest === undefined || bytes <= this.#maxBytes) return;
      largest.dropOldest();
    }
  }
}

/** An event that several logs hold counts for each. */
function sizeOf({ payload, lists, topic }: PastEvent): number {
  return OVERHEAD + 2 * topic.length + payload.end - payload.start + sizeOfLists(lists);
}
