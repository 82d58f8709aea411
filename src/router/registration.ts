import { type Payload, payloadFor } from '../serializers/payload.ts';
import type { IdSource } from '../wamp/ids.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Match } from '../wamp/uri.ts';
import type { Invocation } from './invocation.ts';
import { LastDecision } from './last-decision.ts';
import type { Member } from './member.ts';

/** [WAMP: Shared Registration] Which of several callees gets a call. */
export type InvocationPolicy = 'single' | 'first' | 'last' | 'roundrobin' | 'random';

/** A session that answers the calls of a registration. */
export class Callee {
  readonly member: Member;
  /** How many calls it takes at once. Crossbar: `concurrency`. */
  readonly concurrency: number;
  /** Whether it keeps the time of calls itself. [WAMP: Call Timeouts] */
  readonly forwardTimeout: boolean;
  /** Calls that it has not answered yet, and whose callers still wait. */
  active = 0;

  constructor(member: Member, concurrency: number, forwardTimeout: boolean) {
    this.member = member;
    this.concurrency = concurrency;
    this.forwardTimeout = forwardTimeout;
  }

  /** Why it cannot take a call now; null where it can. */
  refuses(call: Invocation, payload: Payload): NoCallee | null {
    if (call.needs?.some((feature) => !this.member.peer.features.has(feature))) return 'unable';
    if (this.active >= this.concurrency) return 'busy';
    if (this.member.invocations.size >= LIMITS.invocationsInFlight) return 'overloaded';
    return this.isCongested(payload) ? 'congested' : null;
  }

  /** Whether it does not keep up: else callers could end a callee's session, and one of them take over its procedures. */
  isCongested(payload: Payload): boolean {
    const { peer } = this.member;
    const { start, end } = payloadFor(payload, peer.format.serializer);
    return peer.isCongested(end - start);
  }
}

/**
 * Why a call finds no callee: each has as many calls as it takes, or as any session may have, of whichever
 * procedures; does not keep up with what it is sent; lacks a feature that the call needs; or has said that it is
 * unavailable.
 */
export type NoCallee = 'busy' | 'overloaded' | 'congested' | 'unable' | 'unavailable';

/** A procedure, or a pattern of procedures, that somebody registered. It ends with its last callee. */
export class Registration {
  readonly id: number;
  readonly uri: string;
  readonly match: Match;
  readonly invoke: InvocationPolicy;
  readonly created: Date;
  /** How many calls may wait for a callee. */
  readonly queueLimit: number;
  /** In the order of their registration. */
  readonly callees: Callee[] = [];
  /** About calling it. */
  readonly lastDecision = new LastDecision();
  /** Calls that wait, the oldest first. */
  readonly waiting = new Set<Invocation>();
  /** Where round-robin goes on. */
  #next = 0;

  constructor(
    id: number,
    uri: string,
    match: Match,
    invoke: InvocationPolicy,
    more: { created: Date; queueLimit: number },
  ) {
    this.id = id;
    this.uri = uri;
    this.match = match;
    this.invoke = invoke;
    this.created = more.created;
    this.queueLimit = more.queueLimit;
  }

  /** Takes a session off. Returns false where it is none of the callees. */
  remove(member: Member): boolean {
    const at = this.callees.findIndex((callee) => callee.member === member);
    if (at < 0) return false;
    this.callees.splice(at, 1);
    if (at < this.#next) this.#next -= 1;
    return true;
  }

  /** The callee for a call: by the policy, and as if those that it has tried were not there. */
  pick(call: Invocation, payload: Payload, ids: IdSource): Callee | NoCallee {
    const { callees, invoke } = this;
    if (invoke === 'roundrobin') return this.#pickFrom(this.#next, call, payload);
    if (invoke === 'random') return this.#pickFrom(ids.next() % callees.length, call, payload);
    // A stand-by is called when the one before it is gone, not when it is busy.
    const callee = invoke === 'last' ? this.#last(call.tried) : this.#first(call.tried);
    return callee === undefined ? 'unavailable' : (callee.refuses(call, payload) ?? callee);
  }

  #first(tried: ReadonlySet<Callee> | null): Callee | undefined {
    return tried === null ? this.callees[0] : this.callees.find((callee) => !tried.has(callee));
  }

  #last(tried: ReadonlySet<Callee> | null): Callee | undefined {
    return tried === null ? this.callees.at(-1) : this.callees.findLast((callee) => !tried.has(callee));
  }

  /** The first callee that takes the call, beginning with the one at `start`. */
  #pickFrom(start: number, call: Invocation, payload: Payload): Callee | NoCallee {
    const { callees } = this;
    let why: NoCallee = 'unavailable';
    for (let step = 0; step < callees.length; step++) {
      const at = (start + step) % callees.length;
      const callee = callees[at];
      if (callee === undefined || call.tried?.has(callee)) continue;
      const refusal = callee.refuses(call, payload);
      if (refusal === null) {
        this.#next = at + 1;
        return callee;
      }
      // A call may wait for a callee that is busy, so that counts for more than the others.
      if (why !== 'busy') why = refusal;
    }
    return why;
  }
}
