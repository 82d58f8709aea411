import type { Payload } from '../serializers/payload.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { ERRORS, WampError } from '../wamp/errors.ts';
import { Msg } from '../wamp/messages.ts';
import type { Requests } from './requests.ts';
import { optionsDict, type SessionLine, unpack } from './session-line.ts';

/** What a handler learns of an event besides its arguments. */
export interface EventDetails {
  /** The topic published to (not the pattern subscribed to). */
  readonly topic: string;
  readonly publication: number;
  readonly subscription: number;
  /** The publisher's session, where disclosed. */
  readonly publisher: number | undefined;
  readonly publisherAuthid: string | undefined;
  readonly publisherAuthrole: string | undefined;
  /** Whether it was published before the subscription was made and kept for it. */
  readonly retained: boolean;
  /** EVENT.Details as received. */
  readonly raw: Dict;
}

/** Gets the events of a subscription in order. What it throws, or its promise rejects with, is reported and changes nothing. */
export type EventHandler = (args: unknown[], kwargs: Dict, details: EventDetails) => unknown;

/** Options of a subscription; each may be left out. */
export interface SubscribeOptions {
  /** How the topic is matched [WAMP: Pattern-based Subscriptions]; default `exact`. */
  readonly match?: 'exact' | 'prefix' | 'wildcard';
  /** Also deliver the event that the router retains for the topic, if any. */
  readonly getRetained?: boolean;
  /** Further SUBSCRIBE.Options, sent as they are. */
  readonly rawOptions?: Readonly<Dict>;
}

/** One handler on one subscription. */
export interface Subscription {
  /** The router's id; handlers on the same topic and match share it. */
  readonly id: number;
  readonly topic: string;
  /** False after `unsubscribe`, after the router revoked it, and after the session. */
  readonly active: boolean;
  /**
   * Ends the deliveries to this handler at once. Resolves when the router knows, or immediately where other
   * handlers keep the subscription. Calling it again does nothing.
   */
  unsubscribe(): Promise<void>;
}

interface Entry {
  readonly key: string;
  readonly topic: string;
  readonly handlers: Set<Subscribed>;
}

class Subscribed implements Subscription {
  readonly id: number;
  readonly topic: string;
  readonly handler: EventHandler;
  readonly #owner: Subscriptions;

  constructor(owner: Subscriptions, id: number, topic: string, handler: EventHandler) {
    this.#owner = owner;
    this.id = id;
    this.topic = topic;
    this.handler = handler;
  }

  get active(): boolean {
    return this.#owner.has(this);
  }

  unsubscribe(): Promise<void> {
    return this.#owner.remove(this);
  }
}

/** The subscriber's side of a session. */
export class Subscriptions {
  readonly #line: SessionLine;
  readonly #requests: Requests;
  readonly #entries = new Map<number, Entry>();
  /** SUBSCRIBEs in flight by match and topic. */
  readonly #subscribing = new Map<string, number>();
  /** Subscriptions that lost their last handler while a SUBSCRIBE to the same was in flight, by match and topic. */
  readonly #deserted = new Map<string, number>();

  constructor(line: SessionLine, requests: Requests) {
    this.#line = line;
    this.#requests = requests;
  }

  get size(): number {
    return this.#entries.size;
  }

  async subscribe(topic: string, handler: EventHandler, options: SubscribeOptions): Promise<Subscription> {
    const dict = optionsDict(options.rawOptions, { match: options.match, get_retained: options.getRetained });
    const key = `${options.match ?? 'exact'} ${topic}`;
    this.#subscribing.set(key, (this.#subscribing.get(key) ?? 0) + 1);
    let settled = false;
    const settle = (): void => {
      if (!settled) this.#settle(key);
      settled = true;
    };
    try {
      return await this.#requests.request(Msg.SUBSCRIBE, 0, dict, topic, null, (id) => {
        const subscribed = this.#add(id, key, topic, handler);
        settle();
        return subscribed;
      });
    } finally {
      settle();
    }
  }

  has(subscribed: Subscribed): boolean {
    return this.#entries.get(subscribed.id)?.handlers.has(subscribed) ?? false;
  }

  async remove(subscribed: Subscribed): Promise<void> {
    const entry = this.#entries.get(subscribed.id);
    if (entry === undefined || !entry.handlers.delete(subscribed) || entry.handlers.size > 0) return;
    // The router counts one subscription for all SUBSCRIBEs of a session to a topic: an UNSUBSCRIBE now would
    // also end the one that is being made. `#settle` sends it if that fails.
    if (this.#subscribing.has(entry.key)) {
      this.#deserted.set(entry.key, subscribed.id);
      return;
    }
    await this.#unsubscribe(subscribed.id);
  }

  /** EVENT. One for no subscription of ours overlapped with its UNSUBSCRIBE and is ignored. */
  event(subscription: number, publication: number, raw: Dict, payload: Payload): void {
    const entry = this.#entries.get(subscription);
    if (entry === undefined) return;
    const details = eventDetails(entry.topic, subscription, publication, raw);
    for (const subscribed of [...entry.handlers]) {
      // An earlier handler of this event may have removed it.
      if (!entry.handlers.has(subscribed)) continue;
      // Decoded for each, so that no handler sees what another did to its arguments.
      const { args, kwargs } = unpack(payload);
      this.#deliver(subscribed, args, kwargs, details);
    }
  }

  /** UNSUBSCRIBED that we did not ask for [WAMP: Subscription Revocation]. */
  revoked(subscription: number): void {
    this.#drop(subscription);
  }

  /** The session is over. */
  end(): void {
    for (const subscription of [...this.#entries.keys()]) this.#drop(subscription);
  }

  #add(id: number, key: string, topic: string, handler: EventHandler): Subscribed {
    const subscribed = new Subscribed(this, id, topic, handler);
    const entry = this.#entries.get(id);
    if (entry === undefined) this.#entries.set(id, { key, topic, handlers: new Set([subscribed]) });
    else entry.handlers.add(subscribed);
    return subscribed;
  }

  #drop(subscription: number): void {
    this.#entries.get(subscription)?.handlers.clear();
    this.#entries.delete(subscription);
  }

  #settle(key: string): void {
    const others = (this.#subscribing.get(key) ?? 1) - 1;
    if (others > 0) {
      this.#subscribing.set(key, others);
      return;
    }
    this.#subscribing.delete(key);
    const deserted = this.#deserted.get(key);
    if (deserted === undefined) return;
    this.#deserted.delete(key);
    const entry = this.#entries.get(deserted);
    if (entry === undefined || entry.handlers.size > 0) return;
    this.#unsubscribe(deserted).catch((error: unknown) =>
      this.#line.report(error, `unsubscribing from ${entry.topic}`),
    );
  }

  async #unsubscribe(subscription: number): Promise<void> {
    this.#drop(subscription);
    try {
      await this.#requests.request(Msg.UNSUBSCRIBE, subscription, EMPTY, null, null, () => undefined);
    } catch (error) {
      // The session ended, or the router revoked it in the meantime: it is over, as wanted.
      if (!this.#line.open || (error instanceof WampError && error.uri === ERRORS.noSuchSubscription.uri)) return;
      throw error;
    }
  }

  #deliver({ handler, topic }: Subscribed, args: unknown[], kwargs: Dict, details: EventDetails): void {
    const report = (error: unknown): void => this.#line.report(error, `event handler of ${topic}`);
    try {
      const pending = handler(args, kwargs, details);
      if (pending instanceof Promise) pending.catch(report);
    } catch (error) {
      report(error);
    }
  }
}

function eventDetails(topic: string, subscription: number, publication: number, raw: Dict): EventDetails {
  const { topic: published, publisher, publisher_authid, publisher_authrole, retained } = raw;
  return {
    topic: typeof published === 'string' ? published : topic,
    publication,
    subscription,
    publisher: typeof publisher === 'number' ? publisher : undefined,
    publisherAuthid: typeof publisher_authid === 'string' ? publisher_authid : undefined,
    publisherAuthrole: typeof publisher_authrole === 'string' ? publisher_authrole : undefined,
    retained: retained === true,
    raw,
  };
}
