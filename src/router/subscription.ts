import type { Member } from './member.ts';

/** A topic that somebody subscribed. It ends with its last subscriber. */
export class Subscription {
  readonly id: number;
  readonly topic: string;
  readonly subscribers = new Set<Member>();

  constructor(id: number, topic: string) {
    this.id = id;
    this.topic = topic;
  }
}
