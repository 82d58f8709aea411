import type { Match } from '../wamp/uri.ts';
import type { EventLog } from './event-history.ts';
import { LastDecision } from './last-decision.ts';
import type { Member } from './member.ts';

/** A topic, or a pattern of topics, that somebody subscribed. It ends with its last subscriber, unless its events are kept. */
export class Subscription extends LastDecision {
  readonly id: number;
  readonly match: Match;
  /** The topic, or the pattern. */
  readonly topic: string;
  readonly created: Date;
  /** Its event history; null where none is kept. */
  readonly log: EventLog | null;

  /** The first subscriber, for as long as there has been no other; null: none, or see `#several`. */
  #only: Member | null = null;
  /** Since there was a second one. Most subscriptions have one: its event does not wait for a set to come from memory. */
  #several: Set<Member> | null = null;

  constructor(id: number, match: Match, topic: string, created: Date, log: EventLog | null = null) {
    super();
    this.id = id;
    this.match = match;
    this.topic = topic;
    this.created = created;
    this.log = log;
  }

  /** The one subscriber that it has ever had; null where there is none, or were several. */
  get only(): Member | null {
    return this.#only;
  }

  /** In the order in which they came. A set that lives: who goes while it is walked is left out. */
  get subscribers(): ReadonlySet<Member> {
    return this.#several ?? new Set(this.#only === null ? [] : [this.#only]);
  }

  get isEmpty(): boolean {
    return this.#several === null ? this.#only === null : this.#several.size === 0;
  }

  has(member: Member): boolean {
    return this.#several === null ? this.#only === member : this.#several.has(member);
  }

  add(member: Member): void {
    if (this.#several !== null) this.#several.add(member);
    else if (this.#only === null || this.#only === member) this.#only = member;
    else {
      this.#several = new Set([this.#only, member]);
      this.#only = null;
    }
  }

  delete(member: Member): void {
    if (this.#several !== null) this.#several.delete(member);
    else if (this.#only === member) this.#only = null;
  }
}
