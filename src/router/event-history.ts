import type { Payload } from '../serializers/payload.ts';
import type { Dict } from '../wamp/dict.ts';
import type { Match } from '../wamp/uri.ts';

/** A publication as an event history keeps it. */
export interface PastEvent {
  /** When it was published, in milliseconds since 1970. Neither unique nor rising: clocks are set. */
  readonly time: number;
  readonly publication: number;
  readonly topic: string;
  /** Who published it, and whether its subscribers may know. */
  readonly session: number;
  readonly authid: string;
  readonly authrole: string;
  readonly disclosed: boolean;
  /** What passed from PUBLISH.Options to EVENT.Details. */
  readonly details: Dict;
  /** The black- and whitelists by authid and authrole. */
  readonly lists: Dict;
  /** Owns its bytes. */
  readonly payload: Payload;
}

/** The events of one topic or pattern, in the order in which they were published. */
export interface EventLog {
  readonly uri: string;
  readonly match: Match;
  /**
   * Adds an event; beyond its bounds the oldest goes.
   * @param awaited whether somebody is told that it is kept
   * @returns null where nothing has to be waited for; else resolves when it is kept, rejects where it cannot be
   */
  append(event: PastEvent, awaited: boolean): Promise<void> | null;
  /** @param reverse the newest first */
  events(reverse: boolean): Iterable<PastEvent>;
}

/** The event history of one realm: what its configuration wants to be kept. Implemented in `stores/`. */
export interface EventHistory {
  readonly logs: readonly EventLog[];
  /** Resolves when everything has been kept. */
  close(): Promise<void>;
}
