import assert from 'node:assert/strict';
import type { Dict } from '../../src/wamp/dict.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { line, type Mail, type ModelEvent, type ModelSubscription, type Person } from './mail.ts';
import { matches, matching } from './matching.ts';

/** What a broker does, in lists that are searched from end to end. */
export class BrokerModel {
  subscriptions: ModelSubscription[] = [];
  /** The topic that was published to longest ago first. */
  retained: ModelEvent[] = [];
  /** Of the command in hand. */
  mail: Mail;

  constructor(mail: Mail) {
    this.mail = mail;
  }

  subscribe(person: Person, request: number, uri: string, match: ModelSubscription['match'], retained: boolean): void {
    let subscription = this.subscriptions.find((one) => one.match === match && one.uri === uri);
    const id = this.mail.drawn(person, 'SUBSCRIBED');
    if (subscription === undefined) {
      assert(!this.subscriptions.some((one) => one.id === id), 'a new id');
      subscription = { id, match, uri, people: [] };
      this.subscriptions.push(subscription);
    }
    if (!subscription.people.includes(person)) subscription.people.push(person);
    this.mail.expect(person, line('SUBSCRIBED', request, subscription.id, null, {}, ''));
    if (retained) this.#sendRetained(person, subscription);
  }

  unsubscribe(person: Person, request: number, id: number): void {
    const subscription = this.held(person).find((one) => one.id === id);
    if (subscription === undefined) {
      const uri = 'wamp.error.no_such_subscription';
      this.mail.expect(person, line('ERROR', Msg.UNSUBSCRIBE, request, uri, {}, ''));
      return;
    }
    this.#remove(person, subscription);
    this.mail.expect(person, line('UNSUBSCRIBED', request, 0, null, {}, ''));
  }

  /** @param request 0 where it is a testament */
  publish(publisher: Person, request: number, topic: string, options: Dict, number: number): void {
    const publication = this.#publication(number, options['acknowledge'] === true ? publisher : null);
    if (options['acknowledge'] === true) {
      this.mail.expect(publisher, line('PUBLISHED', request, publication, null, {}, ''));
    }
    const event: ModelEvent = { topic, number, options, publisher, publication };
    if (options['retain'] === true) this.#retain(event);
    for (const { id, match, people } of matching(this.subscriptions, topic)) {
      for (const person of people) {
        if (!isFor(person, event)) continue;
        const dict = match === 'exact' ? {} : { topic };
        this.mail.expect(person, line('EVENT', id, publication, null, dict, number));
      }
    }
  }

  leave(person: Person): void {
    for (const subscription of this.held(person)) this.#remove(person, subscription);
  }

  held(person: Person): ModelSubscription[] {
    return this.subscriptions.filter(({ people }) => people.includes(person));
  }

  /** The id that the router drew: the same in all that it sent. */
  #publication(number: number, acknowledged: Person | null): number {
    if (acknowledged !== null) return this.mail.drawn(acknowledged, 'PUBLISHED');
    const people = new Set(this.subscriptions.flatMap((subscription) => subscription.people));
    for (const person of people) {
      const publication = this.#sentAs(person, number);
      if (publication > 0) return publication;
    }
    return 0;
  }

  #retain(event: ModelEvent): void {
    const same = this.retained.filter(({ topic }) => topic === event.topic);
    const kept = isForAll(event) ? [] : same;
    this.retained = [...this.retained.filter(({ topic }) => topic !== event.topic), ...kept, event];
  }

  /** Of each topic, the last that this person would have received. */
  #sendRetained(person: Person, subscription: ModelSubscription): void {
    for (const topic of new Set(this.retained.map((event) => event.topic))) {
      if (!matches(subscription, topic)) continue;
      const event = this.retained.findLast((one) => one.topic === topic && isFor(person, one));
      if (event === undefined) continue;
      const { number } = event;
      if (event.publication === 0) event.publication = this.#sentAs(person, number);
      const dict = subscription.match === 'exact' ? { retained: true } : { retained: true, topic };
      this.mail.expect(person, line('EVENT', subscription.id, event.publication, null, dict, number));
    }
  }

  #sentAs(person: Person, number: number): number {
    const event = this.mail.sentTo(person).find(({ name, payload }) => {
      return name === 'EVENT' && (payload[0] as unknown[])[0] === number;
    });
    return event?.second ?? 0;
  }

  #remove(person: Person, subscription: ModelSubscription): void {
    subscription.people.splice(subscription.people.indexOf(person), 1);
    if (subscription.people.length === 0) {
      this.subscriptions = this.subscriptions.filter((one) => one !== subscription);
    }
  }
}

/** [WAMP: Subscriber Black- and Whitelisting, Publisher Exclusion] */
function isFor(person: Person, { options, publisher }: ModelEvent): boolean {
  if (person === publisher && options['exclude_me'] !== false) return false;
  const { id, authid } = person;
  const { eligible, exclude, eligible_authid, exclude_authid } = options as { [list: string]: unknown[] };
  if (eligible !== undefined && !eligible.includes(id)) return false;
  if (eligible_authid !== undefined && !eligible_authid.includes(authid)) return false;
  return exclude?.includes(id) !== true && exclude_authid?.includes(authid) !== true;
}

function isForAll({ options }: ModelEvent): boolean {
  return !Object.keys(options).some((key) => /^(eligible|exclude)(_authid)?$/.test(key));
}
