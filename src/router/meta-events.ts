import type { Broker } from './broker.ts';
import type { Member } from './member.ts';
import { sessionDetails } from './meta/session-details.ts';
import type { ServicePeer } from './service-peer.ts';

/**
 * The events of the meta API. Nothing is made that nobody has subscribed, and nothing is told of the router's
 * own sessions: an event that makes one of them act would make another event.
 */
export class MetaEvents {
  readonly #service: ServicePeer;
  readonly #broker: Broker;

  constructor(service: ServicePeer, broker: Broker) {
    this.#service = service;
    this.#broker = broker;
  }

  /** [WAMP: wamp.session.on_join] */
  joined({ peer, trusted }: Member): void {
    const topic = 'wamp.session.on_join';
    if (!trusted && this.#broker.has(topic)) this.#service.publish(topic, [sessionDetails(peer)]);
  }

  /** [WAMP: wamp.session.on_leave]. Crossbar tells the session's id alone. */
  left({ peer, trusted }: Member): void {
    const topic = 'wamp.session.on_leave';
    if (trusted || !this.#broker.has(topic)) return;
    this.#service.publish(topic, [peer.session, peer.authid, peer.authrole]);
  }
}
