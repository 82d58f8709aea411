import type { Match } from '../wamp/uri.ts';
import type { EventLog } from './event-history.ts';
import { LastDecision } from './last-decision.ts';
import type { Member } from './member.ts';

/** A topic, or a pattern of topics, that somebody subscribed. It ends with its last subscriber, unless its events are kept. */
export class Subscription {
  readonly id: number;
  readonly match: Match;
  /** The topic, or the pattern. */
  readonly topic: string;
  readonly created: Date;
  readonly subscribers = new Set<Member>();
  /** About publishing to it. */
  readonly lastDecision = new LastDecision();
  /** Its event history; null where none is kept. */
  readonly log: EventLog | null;

  constructor(id: number, match: Match, topic: string, created: Date, log: EventLog | null = null) {
    this.id = id;
    this.match = match;
    this.topic = topic;
    this.created = created;
    this.log = log;
  }
}
