import { LIMITS } from '../wamp/limits.ts';
import { audience } from './audience.ts';
import type { EventLog, PastEvent } from './event-history.ts';
import type { Peer } from './peer.ts';

/** Which events of a log are asked for. Conditions that are null do not count; all others must hold. */
export interface HistoryQuery {
  /** Whether the newest comes first. */
  readonly reverse: boolean;
  readonly limit: number;
  readonly topic: string | null;
  /** In milliseconds since 1970. */
  readonly fromTime: number | null;
  readonly afterTime: number | null;
  readonly beforeTime: number | null;
  readonly untilTime: number | null;
  readonly fromPublication: number | null;
  readonly afterPublication: number | null;
  readonly beforePublication: number | null;
  readonly untilPublication: number | null;
}

/**
 * [WAMP: Event History] The events that were asked for and that the one who asks may receive, one after
 * another. Of a publication that is not there (any more), what is there came later.
 */
export function* select(log: EventLog, query: HistoryQuery, peer: Peer): Generator<PastEvent> {
  let left = Math.min(query.limit, LIMITS.historyPage);
  for (const event of between(log, query)) {
    if (!isWanted(event, query)) continue;
    const receives = audience(event.lists);
    if (receives !== null && !receives(peer)) continue;
    if (left-- === 0) return;
    yield event;
  }
}

/** What stands between the publications that are named, in the order that is asked for. */
function between(log: EventLog, query: HistoryQuery): Iterable<PastEvent> {
  const { reverse, fromPublication, afterPublication, beforePublication, untilPublication } = query;
  const named = [fromPublication, afterPublication, beforePublication, untilPublication];
  if (named.every((publication) => publication === null)) return log.events(reverse);
  const events = [...log.events(false)];
  const at = (publication: number | null): number | null =>
    publication === null ? null : events.findIndex((event) => event.publication === publication);
  const start = Math.max(0, at(fromPublication) ?? 0, (at(afterPublication) ?? -1) + 1);
  const end = Math.min(
    Math.max(at(beforePublication) ?? events.length, 0),
    (at(untilPublication) ?? events.length) + 1,
  );
  const part = events.slice(start, end);
  return reverse ? part.reverse() : part;
}

function isWanted(event: PastEvent, query: HistoryQuery): boolean {
  const { time } = event;
  const { topic, fromTime, afterTime, beforeTime, untilTime } = query;
  if (fromTime !== null && time < fromTime) return false;
  if (afterTime !== null && time <= afterTime) return false;
  if (beforeTime !== null && time >= beforeTime) return false;
  if (untilTime !== null && time > untilTime) return false;
  return topic === null || event.topic === topic;
}
