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

const NO_CALLEES: readonly Callee[] = [];
const NO_CALLS: ReadonlySet<Invocation> = new Set();

/** A procedure, or a pattern of procedures, that somebody registered. It ends with its last callee. */
export class Registration extends LastDecision {
  readonly id: number;
  readonly uri: string;
  readonly match: Match;
  readonly invoke: InvocationPolicy;
  readonly created: Date;
  /** How many calls may wait for a callee. */
  readonly queueLimit: number;
  /** The callee, where there is just one: most calls go to it without waiting for a list to come from memory. */
  #only: Callee | null = null;
  #callees: readonly Callee[] = NO_CALLEES;
  /** Null where no call has ever waited: few procedures have a queue. */
  #waiting: Set<Invocation> | null = null;
  /** Where round-robin goes on. */
  #next = 0;

  constructor(
    id: number,
    uri: string,
    match: Match,
    invoke: InvocationPolicy,
    more: { created: Date; queueLimit: number },
  ) {
    super();
    this.id = id;
    this.uri = uri;
    this.match = match;
    this.invoke = invoke;
    this.created = more.created;
    this.queueLimit = more.queueLimit;
  }

  /** In the order of their registration. The list does not change; there is another one after each change. */
  get callees(): readonly Callee[] {
    return this.#callees;
  }

  /** Whether there are several callees. */
  get isShared(): boolean {
    return this.#only === null && this.#callees.length > 1;
  }

  /** Calls that wait, the oldest first. */
  get waiting(): ReadonlySet<Invocation> {
    return this.#waiting ?? NO_CALLS;
  }

  add(callee: Callee): void {
    this.#setCallees([...this.#callees, callee]);
  }

  /** Takes a session off. Returns false where it is none of the callees. */
  remove(member: Member): boolean {
    const at = this.#callees.findIndex((callee) => callee.member === member);
    if (at < 0) return false;
    this.#setCallees(this.#callees.toSpliced(at, 1));
    if (at < this.#next) this.#next -= 1;
    return true;
  }

  enqueue(call: Invocation): void {
    this.#waiting ??= new Set();
    this.#waiting.add(call);
  }

  dequeue(call: Invocation): void {
    this.#waiting?.delete(call);
  }

  /** The callee for a call: by the policy, and as if those that it has tried were not there. */
  pick(call: Invocation, payload: Payload, ids: IdSource): Callee | NoCallee {
    const only = this.#only;
    if (only !== null && call.tried === null) {
      const refusal = only.refuses(call, payload);
      if (refusal !== null) return refusal;
      this.#next = 1;
      return only;
    }
    const { callees, invoke } = this;
    if (invoke === 'roundrobin') return this.#pickFrom(this.#next, call, payload);
    if (invoke === 'random') return this.#pickFrom(ids.next() % callees.length, call, payload);
    // A stand-by is called when the one before it is gone, not when it is busy.
    const callee = invoke === 'last' ? this.#last(call.tried) : this.#first(call.tried);
    return callee === undefined ? 'unavailable' : (callee.refuses(call, payload) ?? callee);
  }

  #setCallees(callees: readonly Callee[]): void {
    const [first = null] = callees;
    this.#callees = callees;
    this.#only = callees.length === 1 ? first : null;
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
