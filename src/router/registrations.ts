import type { Message } from '../serializers/message.ts';
import type { Clock } from '../wamp/clock.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { ERRORS } from '../wamp/errors.ts';
import type { IdSource } from '../wamp/ids.ts';
import { Msg } from '../wamp/messages.ts';
import type { Match } from '../wamp/uri.ts';
import { FULL, type Member } from './member.ts';
import type { ObservationEvents } from './observation-events.ts';
import { Callee, type InvocationPolicy, Registration } from './registration.ts';
import { replyError } from './reply.ts';
import type { ReservedProcedures } from './reserved-procedures.ts';
import { NO_ROOM, UriIndex } from './uri-index.ts';

/** Calls that may wait for a callee, by registered procedure. Crossbar: `call-queue` of a realm's store. */
export interface CallQueue {
  readonly uri: string;
  readonly match: Match;
  readonly limit: number;
}

export interface RegistrationsPorts {
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly reserved: ReservedProcedures;
  readonly callQueues: readonly CallQueue[];
  /** Told when a registration gained or lost a callee, or its last one: calls may wait for it. */
  readonly onChange: (registration: Registration) => void;
}

interface Refusal {
  readonly uri: string;
  readonly text: string;
}

/** Who answers which procedures. [WAMP: Registering and Unregistering] */
export class Registrations {
  /** Told of what comes and goes; null: nobody is. */
  events: ObservationEvents<Registration> | null = null;
  readonly #ports: RegistrationsPorts;
  readonly #index = new UriIndex<Registration>();
  readonly #byId = new Map<number, Registration>();
  readonly #queues = new UriIndex<CallQueue>();
  /** A callee that is being answered: nobody has been told that it came, so nobody is told that it went. */
  #unannounced: { readonly member: Member; readonly registration: Registration } | null = null;

  constructor(ports: RegistrationsPorts) {
    this.#ports = ports;
    for (const queue of ports.callQueues) this.#queues.set(queue.match, queue.uri, queue);
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The registration of that very procedure. */
  exact(procedure: string): Registration | undefined {
    return this.#index.exact(procedure);
  }

  get(id: number): Registration | undefined {
    return this.#byId.get(id);
  }

  /** The registration of this very procedure or pattern. */
  lookUp(match: Match, uri: string): Registration | undefined {
    return this.#index.get(match, uri);
  }

  list(match: Match): Iterable<Registration> {
    return this.#index.entries(match);
  }

  /**
   * The registration that a call is routed to. No pattern ever gets what belongs to the router itself or to an
   * authenticator, whoever holds the pattern (K27).
   */
  resolve(procedure: string): Registration | undefined {
    const exact = this.#index.exact(procedure);
    if (exact !== undefined || !this.#index.hasPatterns) return exact;
    if (this.#ports.reserved.isExactOnly(procedure)) return undefined;
    return this.#index.best(procedure);
  }

  register(member: Member, message: Message, uri: string): void {
    const options = message.dict;
    const match = (options['match'] ?? 'exact') as Match;
    const invoke = (options['invoke'] ?? 'single') as InvocationPolicy;
    const existing = this.#index.get(match, uri);
    const force = options['force_reregister'] === true;
    const refusal = this.#refuse(member, match, uri, existing) ?? (force ? null : refuseToShare(existing, invoke));
    if (refusal !== null) {
      replyError(member.peer, Msg.REGISTER, message.first, refusal.uri, refusal.text);
      return;
    }
    if (existing !== undefined && force) this.#revokeAll(existing);
    // Telling those that lost it may have ended this session too.
    if (!member.present) return;
    const shared = this.#index.get(match, uri);
    const registration = shared ?? this.#create(match, uri, invoke);
    if (shared?.callees.some((callee) => callee.member === member)) {
      member.peer.send(Msg.REGISTERED, message.first, registration.id, EMPTY, null, null);
      return;
    }
    registration.add(newCallee(member, options));
    member.registrations.set(registration.id, registration);
    this.#announce(member, registration, message.first, shared === undefined);
  }

  unregister(member: Member, message: Message): void {
    const registration = member.registrations.get(message.second);
    if (registration === undefined) {
      const text = `no registration with ID ${message.second} exists on this session`;
      replyError(member.peer, Msg.UNREGISTER, message.first, ERRORS.noSuchRegistration.uri, text);
      return;
    }
    this.#detach(member, registration);
    member.peer.send(Msg.UNREGISTERED, message.first, 0, EMPTY, null, null);
    this.#detached(member, registration);
  }

  /**
   * Takes a session off a registration. [WAMP: Registration Revocation]
   * @returns false where the session is none of its callees
   */
  removeCallee(id: number, session: number, reason: string | null): boolean {
    const registration = this.#byId.get(id);
    const callee = registration?.callees.find(({ member }) => member.peer.session === session);
    if (registration === undefined || callee === undefined) return false;
    this.#revoke(callee.member, registration, reason);
    return true;
  }

  leave(member: Member): void {
    for (const registration of member.registrations.values()) {
      this.#detach(member, registration);
      this.#detached(member, registration);
    }
  }

  #refuse(member: Member, match: Match, uri: string, existing: Registration | undefined): Refusal | null {
    const { reserved } = this.#ports;
    const { authrole } = member.peer;
    const holders = existing?.callees.map((callee) => callee.member.peer.authrole) ?? [];
    if (match === 'exact' && !reserved.mayRegister(uri, authrole, holders)) {
      return {
        uri: ERRORS.notAuthorized.uri,
        text: `procedure <${uri}> is reserved for an authenticator or authorizer`,
      };
    }
    if (member.full) return { uri: ERRORS.notAuthorized.uri, text: FULL };
    if (existing === undefined && !this.#index.hasRoom(match, uri)) {
      return { uri: ERRORS.notAuthorized.uri, text: NO_ROOM };
    }
    return null;
  }

  #create(match: Match, uri: string, invoke: InvocationPolicy): Registration {
    const { ids, clock } = this.#ports;
    const queue = this.#queues.get(match, uri) ?? this.#queues.best(uri);
    const more = { created: clock.date(), queueLimit: queue?.limit ?? 0 };
    const registration = new Registration(ids.next(), uri, match, invoke, more);
    this.#index.set(match, uri, registration);
    this.#byId.set(registration.id, registration);
    return registration;
  }

  /** REGISTERED, then whoever wants to know: the answer may end the session. */
  #announce(member: Member, registration: Registration, request: number, isNew: boolean): void {
    const { events } = this;
    this.#unannounced = { member, registration };
    member.peer.send(Msg.REGISTERED, request, registration.id, EMPTY, null, null);
    this.#unannounced = null;
    if (!member.registrations.has(registration.id)) return;
    if (isNew) events?.created(member, registration);
    events?.added(member, registration);
    this.#ports.onChange(registration);
  }

  /** `force_reregister`: all callees so far are told, where they understand it. */
  #revokeAll(registration: Registration): void {
    for (const { member } of [...registration.callees]) this.#revoke(member, registration, 'wamp.error.unregistered');
  }

  #revoke(member: Member, registration: Registration, reason: string | null): void {
    this.#detach(member, registration);
    if (member.peer.features.has('callee.registration_revocation')) {
      const details = { registration: registration.id, ...(reason !== null && { reason }) };
      member.peer.send(Msg.UNREGISTERED, 0, 0, details, null, null);
    }
    this.#detached(member, registration);
  }

  #detach(member: Member, registration: Registration): void {
    registration.remove(member);
    member.registrations.delete(registration.id);
    if (registration.callees.length > 0) return;
    this.#index.delete(registration.match, registration.uri);
    this.#byId.delete(registration.id);
  }

  #detached(member: Member, registration: Registration): void {
    const { events } = this;
    const unknown = this.#unannounced;
    if (unknown?.member !== member || unknown.registration !== registration) {
      events?.removed(member, registration);
      if (registration.callees.length === 0) events?.deleted(member, registration);
    }
    this.#ports.onChange(registration);
  }
}

function newCallee(member: Member, options: Dict): Callee {
  const concurrency = (options['concurrency'] ?? Number.POSITIVE_INFINITY) as number;
  const forwardTimeout = options['forward_timeout'] === true && member.peer.features.has('callee.call_timeout');
  return new Callee(member, concurrency, forwardTimeout);
}

/** [WAMP: Shared Registration] Who comes later must want the policy of who came first, and `single` is alone. Texts: Crossbar. */
function refuseToShare(existing: Registration | undefined, invoke: string): Refusal | null {
  if (existing === undefined) return null;
  if (existing.invoke === 'single') {
    const text = `register for already registered procedure '${existing.uri}'`;
    return { uri: ERRORS.procedureAlreadyExists.uri, text };
  }
  if (existing.invoke === invoke) return null;
  const text = `register for already registered procedure '${existing.uri}' with conflicting invocation policy (has ${existing.invoke} and ${invoke} was requested)`;
  return { uri: ERRORS.procedureExistsWithDifferentPolicy.uri, text };
}
