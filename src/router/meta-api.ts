import type { Message } from '../serializers/message.ts';
import type { Clock } from '../wamp/clock.ts';
import { EMPTY } from '../wamp/dict.ts';
import type { Log } from '../wamp/log.ts';
import type { Member } from './member.ts';
import { observationMetaEvents } from './meta/observation-meta-events.ts';
import { META_PROCEDURES } from './meta/procedures.ts';
import { REGISTRATIONS } from './meta/registration-procedures.ts';
import { sessionDetails } from './meta/session-details.ts';
import { SUBSCRIPTIONS } from './meta/subscription-procedures.ts';
import type { ObservationEvents } from './observation-events.ts';
import type { RealmState } from './realm-state.ts';
import type { Registration } from './registration.ts';
import { ServicePeer } from './service-peer.ts';
import { SessionStats, type StatsOptions } from './session-stats.ts';
import type { Subscription } from './subscription.ts';

export interface MetaApiOptions {
  readonly stats: StatsOptions | null;
  /** Authid of the router's own session. */
  readonly authid: string | undefined;
}

export interface MetaApiPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly realm: RealmState;
  /** Routes a message of the router's own session. */
  readonly process: (member: Member, message: Message) => void;
}

/**
 * The meta API of a realm: the router's own session with its procedures, and the events. No event is made
 * that nobody would get, and none about the router's own sessions: one that makes such a session act would
 * make the next event.
 */
export class MetaApi {
  /** [WAMP: Registration Meta API] What the dealer tells. */
  readonly registrationEvents: ObservationEvents<Registration>;
  /** [WAMP: Subscription Meta API] What the broker tells. */
  readonly subscriptionEvents: ObservationEvents<Subscription>;
  readonly #realm: RealmState;
  readonly #service: ServicePeer;
  readonly #stats: SessionStats;

  constructor({ stats, authid = 'serviceagent' }: MetaApiOptions, { clock, log, realm, process }: MetaApiPorts) {
    this.#realm = realm;
    this.#service = new ServicePeer(authid, { realm, log, process });
    this.#stats = new SessionStats(stats, {
      clock,
      wanted: () => this.#isWanted('wamp.session.on_stats'),
      publish: (args) => this.#service.publish('wamp.session.on_stats', args),
    });
    const publish = this.#publish.bind(this);
    this.registrationEvents = observationMetaEvents(REGISTRATIONS, publish);
    this.subscriptionEvents = observationMetaEvents(SUBSCRIPTIONS, publish);
    this.#service.register(META_PROCEDURES);
  }

  /** Registrations of the router's own. */
  get registrations(): number {
    return this.#service.member.registrations.size;
  }

  /** [WAMP: wamp.session.on_join] */
  joined(member: Member): void {
    if (!member.trusted) this.#publish('wamp.session.on_join', () => [sessionDetails(member.peer)]);
    this.#stats.joined(member);
  }

  /** [WAMP: wamp.session.on_leave]. Crossbar tells the session's id alone. */
  left(member: Member): void {
    const { session, authid, authrole } = member.peer;
    if (!member.trusted) this.#publish('wamp.session.on_leave', () => [session, authid, authrole]);
    this.#stats.left(member, false);
  }

  /** It ended together with all others: nobody is told. [WAMP: wamp.session.kill_all] */
  forget(member: Member): void {
    this.#stats.left(member, true);
  }

  #publish(topic: string, args: () => readonly unknown[]): void {
    if (this.#isWanted(topic)) this.#service.publish(topic, args());
  }

  #isWanted(topic: string): boolean {
    return !this.#realm.broker.ignores(topic, EMPTY);
  }
}
