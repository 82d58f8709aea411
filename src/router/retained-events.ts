import type { Message } from '../serializers/message.ts';
import { copyPayload, type Payload } from '../serializers/payload.ts';
import type { Dict } from '../wamp/dict.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Match } from '../wamp/uri.ts';
import { type Audience, audience, sizeOfLists } from './audience.ts';
import type { Peer } from './peer.ts';
import { uriMatcher } from './uri-matcher.ts';

/** An event that is kept for those who subscribe later. */
export interface RetainedEvent {
  readonly topic: string;
  readonly publication: number;
  /** EVENT.Details, without what depends on the subscription. */
  readonly details: Dict;
  readonly payload: Payload;
  /** Null: everybody; the event replaces those before. Else it stands beside them. */
  readonly receives: Audience | null;
  /** The publisher's session, where it gets no event of its own (`exclude_me`). */
  readonly excluded: number | null;
  readonly size: number;
}

/** Bytes that an event costs besides its payload, lists and topic. */
const OVERHEAD = 256;

/**
 * [WAMP: Event Retention] The retained events of a realm. In memory, best effort: beyond its bounds the
 * event that was kept longest goes. That a publisher may publish is looked at when it publishes; what it
 * left behind stays until another event replaces it. That a subscriber may subscribe is looked at each time.
 */
export class RetainedEvents {
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  /** By topic, the topic published to longest ago first; of a topic, the oldest event first. */
  readonly #byTopic = new Map<string, RetainedEvent[]>();
  #count = 0;
  #bytes = 0;

  constructor(limits: { readonly retainedEvents: number; readonly retainedBytes: number } = LIMITS) {
    this.#maxEvents = limits.retainedEvents;
    this.#maxBytes = limits.retainedBytes;
  }

  get size(): number {
    return this.#count;
  }

  /** @param details EVENT.Details of an exact subscription; nobody changes them */
  keep(topic: string, publication: number, details: Dict, message: Message, publisher: Peer): void {
    const options = message.dict;
    const receives = audience(options);
    const event: RetainedEvent = {
      topic,
      publication,
      details,
      payload: copyPayload(message),
      receives,
      excluded: options['exclude_me'] === false ? null : publisher.session,
      size: OVERHEAD + 2 * topic.length + (message.end - message.start) + sizeOfLists(options),
    };
    const before = this.#byTopic.get(topic) ?? [];
    if (receives === null) for (const old of before.splice(0)) this.#forget(old);
    else if (before.length >= LIMITS.retainedPerTopic) this.#dropRestricted(before);
    before.push(event);
    this.#count += 1;
    this.#bytes += event.size;
    // Anew, so that a topic that is published to again counts as new.
    this.#byTopic.delete(topic);
    this.#byTopic.set(topic, before);
    while (this.#count > this.#maxEvents || this.#bytes > this.#maxBytes) this.#dropOldest();
  }

  /** For each topic that the subscription matches, the newest event that the subscriber would have received. */
  *for(match: Match, uri: string, subscriber: Peer): Iterable<RetainedEvent> {
    if (match === 'exact') {
      const event = newestFor(this.#byTopic.get(uri), subscriber);
      if (event !== undefined) yield event;
      return;
    }
    const matches = uriMatcher(match, uri);
    for (const [topic, events] of this.#byTopic) {
      if (!matches(topic)) continue;
      const event = newestFor(events, subscriber);
      if (event !== undefined) yield event;
    }
  }

  /** Of the events that not everybody may receive, the oldest. */
  #dropRestricted(events: RetainedEvent[]): void {
    const at = events.findIndex(({ receives }) => receives !== null);
    for (const dropped of events.splice(at, 1)) this.#forget(dropped);
  }

  #dropOldest(): void {
    for (const [topic, events] of this.#byTopic) {
      const oldest = events.shift();
      if (oldest !== undefined) this.#forget(oldest);
      if (events.length === 0) this.#byTopic.delete(topic);
      return;
    }
  }

  #forget(event: RetainedEvent): void {
    this.#count -= 1;
    this.#bytes -= event.size;
  }
}

function newestFor(events: readonly RetainedEvent[] | undefined, subscriber: Peer): RetainedEvent | undefined {
  return events?.findLast(
    ({ receives, excluded }) => excluded !== subscriber.session && (receives === null || receives(subscriber)),
  );
}
