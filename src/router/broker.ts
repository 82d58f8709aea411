import type { Message } from '../serializers/message.ts';
import { copyPayload } from '../serializers/payload.ts';
import type { Clock } from '../wamp/clock.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { ERRORS } from '../wamp/errors.ts';
import type { IdSource } from '../wamp/ids.ts';
import { LIMITS } from '../wamp/limits.ts';
import { Msg } from '../wamp/messages.ts';
import type { Match } from '../wamp/uri.ts';
import { type Audience, audience, choosesSessions, lastingLists } from './audience.ts';
import { disclose, passThrough } from './disclosure.ts';
import type { EventHistory, EventLog, PastEvent } from './event-history.ts';
import { FULL, type Member } from './member.ts';
import type { ObservationEvents } from './observation-events.ts';
import { replyError } from './reply.ts';
import { RetainedEvents } from './retained-events.ts';
import { Subscription } from './subscription.ts';
import type { TrustLevels } from './trust-levels.ts';
import { NO_ROOM, UriIndex } from './uri-index.ts';

export interface BrokerPorts {
  readonly ids: IdSource;
  readonly clock: Clock;
  /** Null: no event is kept. */
  readonly history?: EventHistory | null;
  readonly trust: TrustLevels;
}

type Frames = (Buffer | null | undefined)[];

/** What a publisher is told whose event went to its subscribers, and not into the history. */
const NOT_KEPT = 'the event was published, but could not be kept in the event history';
const NONE: readonly Subscription[] = [];
const NO_LOGS: readonly EventLog[] = [];

/** Routes publications to subscribers. Synchronous; whether it is allowed was decided before. [WAMP: Broker] */
export class Broker {
  /** Told of what comes and goes; null: nobody is. */
  events: ObservationEvents<Subscription> | null = null;
  readonly #ids: IdSource;
  readonly #clock: Clock;
  readonly #index = new UriIndex<Subscription>();
  readonly #byId = new Map<number, Subscription>();
  readonly #retained = new RetainedEvents();
  readonly #trust: TrustLevels;
  /** EVENT frames of the publication in hand, by `MessageFormat.index`: encoded once for all who take the same bytes. */
  #frames: Frames | null = [];

  constructor({ ids, clock, history = null, trust }: BrokerPorts) {
    this.#ids = ids;
    this.#clock = clock;
    this.#trust = trust;
    // From the start, so that nothing is missed before the first subscriber comes. Crossbar does the same.
    for (const log of history?.logs ?? []) {
      this.#add(new Subscription(ids.next(), log.match, log.uri, clock.date(), log));
    }
  }

  /** Subscriptions that exist; 0 when nothing is left behind. */
  get size(): number {
    return this.#byId.size;
  }

  /** The subscription of that very topic. */
  exact(topic: string): Subscription | undefined {
    return this.#index.exact(topic);
  }

  /** Whether a publication would reach nobody, be kept nowhere and be answered by nothing. Crossbar asks no authorizer about such. */
  ignores(topic: string, options: Dict): boolean {
    if (options['acknowledge'] === true || options['retain'] === true) return false;
    return this.#index.exact(topic) === undefined && this.#patterns(topic).length === 0;
  }

  /** What is subscribed, by matching policy and topic. */
  get subscriptions(): Pick<UriIndex<Subscription>, 'get' | 'entries' | 'exact' | 'patterns'> {
    return this.#index;
  }

  byId(id: number): Subscription | undefined {
    return this.#byId.get(id);
  }

  subscribe(member: Member, message: Message, topic: string): void {
    const { peer } = member;
    const match = (message.dict['match'] ?? 'exact') as Match;
    let subscription = this.#index.get(match, topic);
    const isNew = subscription === undefined || !subscription.has(member);
    const isFirst = subscription === undefined;
    if (isNew && member.full) {
      replyError(peer, Msg.SUBSCRIBE, message.first, ERRORS.notAuthorized.uri, FULL);
      return;
    }
    if (isFirst && !this.#index.hasRoom(match, topic)) {
      replyError(peer, Msg.SUBSCRIBE, message.first, ERRORS.notAuthorized.uri, NO_ROOM);
      return;
    }
    const wantsRetained = message.dict['get_retained'] === true;
    if (subscription === undefined) {
      subscription = this.#add(new Subscription(this.#ids.next(), match, topic, this.#clock.date()));
    }
    subscription.add(member);
    member.subscriptions.set(subscription.id, subscription);
    peer.send(Msg.SUBSCRIBED, message.first, subscription.id, EMPTY, null, null);
    if (isFirst) this.events?.created(member, subscription);
    if (isNew) this.events?.added(member, subscription);
    if (wantsRetained) this.#sendRetained(member, subscription);
  }

  unsubscribe(member: Member, message: Message): void {
    const subscription = member.subscriptions.get(message.second);
    if (subscription === undefined) {
      const text = `no subscription with ID ${message.second} exists on this session`;
      replyError(member.peer, Msg.UNSUBSCRIBE, message.first, ERRORS.noSuchSubscription.uri, text);
      return;
    }
    this.#remove(member, subscription);
    member.peer.send(Msg.UNSUBSCRIBED, message.first, 0, EMPTY, null, null);
    this.#tellRemoved(member, subscription);
  }

  /**
   * Takes a subscription away from a session. It is told where it announced that it understands that.
   * [WAMP: Subscription Revocation]
   * @returns whether it had the subscription
   */
  revoke(member: Member, subscription: Subscription, reason: string | null): boolean {
    if (!subscription.has(member)) return false;
    this.#remove(member, subscription);
    if (member.peer.features.has('subscriber.subscription_revocation')) {
      const details = { subscription: subscription.id, ...(reason !== null && { reason }) };
      member.peer.send(Msg.UNSUBSCRIBED, 0, 0, details, null, null);
    }
    this.#tellRemoved(member, subscription);
    return true;
  }

  publish(publisher: Member, message: Message, topic: string, disclosed: boolean): void {
    const options = message.dict;
    const exact = this.#index.exact(topic);
    const patterns = this.#patterns(topic);
    const publication = this.#ids.next();
    const trustlevel = this.#trust.of(publisher.peer.role);
    let details = passThrough(options);
    if (trustlevel !== undefined) details = { ...details, trustlevel };
    const logs = logsOf(exact, patterns);
    let kept: Promise<unknown> | null = null;
    // Chosen by session: whether one that asks later would have been among them, nobody can say.
    if (logs.length > 0 && !choosesSessions(options)) {
      const time = this.#clock.date().getTime();
      kept = keep(logs, { time, publication, topic, details, disclosed, ...copyOf(message, publisher) }, options);
    }
    if (options['acknowledge'] === true) acknowledge(publisher, message.first, publication, kept);
    if (disclosed) details = disclose(details, 'publisher', publisher.peer);
    if (options['retain'] === true) this.#retained.keep(topic, publication, details, message, publisher.peer);
    const receives = audience(options);
    if (exact !== undefined) this.#dispatch(exact, publication, details, message, publisher, receives);
    if (patterns.length === 0) return;
    details = { ...details, topic };
    for (const subscription of patterns) {
      this.#dispatch(subscription, publication, details, message, publisher, receives);
    }
  }

  /** Ends all that a session held. */
  leave(member: Member): void {
    for (const subscription of member.subscriptions.values()) {
      this.#remove(member, subscription);
      this.#tellRemoved(member, subscription);
    }
  }

  #patterns(topic: string): readonly Subscription[] {
    return this.#index.hasPatterns ? this.#index.patterns(topic) : NONE;
  }

  #dispatch(
    subscription: Subscription,
    publication: number,
    details: Dict,
    message: Message,
    publisher: Member,
    receives: Audience | null,
  ): void {
    const excluded = message.dict['exclude_me'] === false ? null : publisher;
    // An event may end a session, and so lead to another event before this one has gone to all.
    const frames = this.#frames ?? [];
    this.#frames = null;
    const send = (subscriber: Member): void => {
      if (subscriber === excluded) return;
      const { peer } = subscriber;
      if (receives !== null && !receives(peer)) return;
      const { format } = peer;
      let frame = frames[format.index];
      if (frame === undefined) {
        frame = format.encode(Msg.EVENT, subscription.id, publication, details, null, message);
        frames[format.index] = frame;
      }
      if (frame !== null) peer.sendEncoded(frame);
    };
    if (subscription.only !== null) send(subscription.only);
    else for (const subscriber of subscription.subscribers) send(subscriber);
    frames.length = 0;
    this.#frames = frames;
  }

  /** [WAMP: Event Retention] Best effort: what a slow client does not take now it does not get. */
  #sendRetained({ peer }: Member, { id, match, topic }: Subscription): void {
    let left: number = LIMITS.retainedPerSubscribe;
    for (const event of this.#retained.for(match, topic, peer)) {
      const { payload, publication } = event;
      if (left-- === 0 || peer.isCongested(payload.end - payload.start)) return;
      const details: Dict = { ...event.details, retained: true };
      if (match !== 'exact') details['topic'] = event.topic;
      peer.send(Msg.EVENT, id, publication, details, null, payload);
      // Kept in the publisher's serializer alone: the bound on what is kept counts no other.
      payload.transcoded = null;
    }
  }

  #add(subscription: Subscription): Subscription {
    this.#index.set(subscription.match, subscription.topic, subscription);
    this.#byId.set(subscription.id, subscription);
    return subscription;
  }

  #remove(member: Member, subscription: Subscription): void {
    member.subscriptions.delete(subscription.id);
    subscription.delete(member);
    if (!subscription.isEmpty || subscription.log !== null) return;
    this.#index.delete(subscription.match, subscription.topic);
    this.#byId.delete(subscription.id);
  }

  #tellRemoved(member: Member, subscription: Subscription): void {
    this.events?.removed(member, subscription);
    if (!this.#byId.has(subscription.id)) this.events?.deleted(member, subscription);
  }
}

function logsOf(exact: Subscription | undefined, patterns: readonly Subscription[]): readonly EventLog[] {
  const log = exact === undefined ? null : exact.log;
  if (log === null && patterns.length === 0) return NO_LOGS;
  return [log, ...patterns.map((pattern) => pattern.log)].filter((each) => each !== null);
}

/** Of a publication, what its history keeps beyond the turn. */
function copyOf(
  message: Message,
  { peer }: Member,
): Pick<PastEvent, 'session' | 'authid' | 'authrole' | 'lists' | 'payload'> {
  const { session, authid, authrole } = peer;
  return { session, authid, authrole, lists: lastingLists(message.dict), payload: copyPayload(message) };
}

/** [WAMP: Event History] Null where it is kept already; else resolves when it is. */
function keep(logs: readonly EventLog[], event: PastEvent, options: Dict): Promise<unknown> | null {
  const awaited = options['acknowledge'] === true;
  const writing = logs.map((log) => log.append(event, awaited)).filter((written) => written !== null);
  return writing.length === 0 ? null : Promise.all(writing);
}

/** PUBLISHED says that an event is kept, where it is to be: it may come later than the event itself. */
function acknowledge(publisher: Member, request: number, publication: number, kept: Promise<unknown> | null): void {
  const { peer } = publisher;
  const tell = (): void => {
    peer.send(Msg.PUBLISHED, request, publication, EMPTY, null, null);
  };
  if (kept === null) {
    tell();
    return;
  }
  kept.then(
    () => publisher.present && tell(),
    () => publisher.present && replyError(peer, Msg.PUBLISH, request, ERRORS.runtimeError.uri, NOT_KEPT),
  );
}
