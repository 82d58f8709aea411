import type { Message } from '../serializers/message.ts';
import type { Dict } from '../wamp/dict.ts';
import { EMPTY } from '../wamp/dict.ts';
import { ERRORS } from '../wamp/errors.ts';
import type { IdSource } from '../wamp/ids.ts';
import { Msg } from '../wamp/messages.ts';
import { audience } from './audience.ts';
import { disclose, passThrough } from './disclosure.ts';
import { FULL, type Member } from './member.ts';
import { replyError } from './reply.ts';
import { Subscription } from './subscription.ts';

/** Routes publications to subscribers. Synchronous; whether it is allowed was decided before. [WAMP: Broker] */
export class Broker {
  readonly #ids: IdSource;
  readonly #byTopic = new Map<string, Subscription>();
  /** EVENT frames of the publication in hand, by `MessageFormat.index`: encoded once for all who take the same bytes. */
  readonly #frames: (Buffer | null | undefined)[] = [];

  constructor(ids: IdSource) {
    this.#ids = ids;
  }

  /** Subscriptions that exist; 0 when nothing is left behind. */
  get size(): number {
    return this.#byTopic.size;
  }

  /** Whether somebody has subscribed it. */
  has(topic: string): boolean {
    return this.#byTopic.has(topic);
  }

  subscribe(member: Member, message: Message, topic: string): void {
    const { peer } = member;
    if ((message.dict['match'] ?? 'exact') !== 'exact') {
      const text = 'pattern-based subscription is not available on this router';
      replyError(peer, Msg.SUBSCRIBE, message.first, ERRORS.optionNotAllowed.uri, text);
      return;
    }
    let subscription = this.#byTopic.get(topic);
    if (subscription === undefined || !subscription.subscribers.has(member)) {
      if (member.full) {
        replyError(peer, Msg.SUBSCRIBE, message.first, ERRORS.notAuthorized.uri, FULL);
        return;
      }
      if (subscription === undefined) {
        subscription = new Subscription(this.#ids.next(), topic);
        this.#byTopic.set(topic, subscription);
      }
      subscription.subscribers.add(member);
      member.subscriptions.set(subscription.id, subscription);
    }
    peer.send(Msg.SUBSCRIBED, message.first, subscription.id, EMPTY, null, null);
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
  }

  publish(member: Member, message: Message, topic: string, disclosed: boolean): void {
    const options = message.dict;
    const publication = this.#ids.next();
    if (options['acknowledge'] === true) {
      member.peer.send(Msg.PUBLISHED, message.first, publication, EMPTY, null, null);
    }
    const subscription = this.#byTopic.get(topic);
    if (subscription === undefined) return;
    let details = passThrough(options);
    if (disclosed) details = disclose(details, 'publisher', member.peer);
    this.#dispatch(subscription, publication, details, message, member);
  }

  /** Ends all that a session held. */
  leave(member: Member): void {
    for (const subscription of member.subscriptions.values()) this.#remove(member, subscription);
  }

  #dispatch(subscription: Subscription, publication: number, details: Dict, message: Message, publisher: Member): void {
    const options = message.dict;
    const receives = options === EMPTY ? null : audience(options);
    const excluded = options['exclude_me'] === false ? null : publisher;
    const frames = this.#frames;
    frames.length = 0;
    for (const subscriber of subscription.subscribers) {
      if (subscriber === excluded) continue;
      const { peer } = subscriber;
      if (receives !== null && !receives(peer)) continue;
      const { format } = peer;
      let frame = frames[format.index];
      if (frame === undefined) {
        frame = format.encode(Msg.EVENT, subscription.id, publication, details, null, message);
        frames[format.index] = frame;
      }
      if (frame !== null) peer.sendEncoded(frame);
    }
    frames.length = 0;
  }

  #remove(member: Member, subscription: Subscription): void {
    member.subscriptions.delete(subscription.id);
    subscription.subscribers.delete(member);
    if (subscription.subscribers.size === 0) this.#byTopic.delete(subscription.topic);
  }
}
