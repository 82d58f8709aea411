import { LIMITS } from '../wamp/limits.ts';
import type { Invocation } from './invocation.ts';
import type { Peer } from './peer.ts';
import type { Registration } from './registration.ts';
import { RequestTable } from './request-table.ts';
import type { StatsPeriod } from './session-stats.ts';
import type { Subscription } from './subscription.ts';
import type { Testaments } from './testaments.ts';

/** What a session is told that asks for one subscription or registration too many. */
export const FULL = `a session may hold ${LIMITS.observations} subscriptions and registrations`;

/** How many calls that were broken off are remembered: what is on its way when a call ends arrives soon. */
const BROKEN = 1_000;

/** A session on a realm: its peer, and what broker and dealer keep for it. */
export class Member {
  readonly peer: Peer;
  readonly subscriptions = new Map<number, Subscription>();
  readonly registrations = new Map<number, Registration>();
  /** Calls that it made and that are not answered yet, by its request id. */
  readonly calls = new RequestTable<Invocation>();
  /** Invocations that it received and has not answered yet, by the id the router gave. */
  readonly invocations = new RequestTable<Invocation>();
  /** [WAMP: IDs] ids of requests that the router makes are of session scope: 1, 2, 3 … */
  lastInvocation = 0;
  /** What it wants published when it has ended. */
  testaments: Testaments | null = null;
  /** False when it has left the realm. Its connection may carry another session by then: nothing may be sent to it. */
  present = true;
  /** What `SessionStats` counts of it now; null: nothing. */
  period: StatsPeriod | null = null;
  /** Bytes of its calls that are kept beyond their turn. */
  held = 0;
  /** Calls in several parts that ended before their last one came. */
  #broken: Set<number> | null = null;

  constructor(peer: Peer) {
    this.peer = peer;
  }

  /** A call in several parts is over; the parts that are still on their way are to be ignored. */
  breakOff(request: number): void {
    this.#broken ??= new Set();
    this.#broken.add(request);
    if (this.#broken.size <= BROKEN) return;
    for (const oldest of this.#broken) {
      this.#broken.delete(oldest);
      return;
    }
  }

  /** Whether a CALL is a late part of a call that is over. @param last whether no part follows it */
  isLate(request: number, last: boolean): boolean {
    if (!this.#broken?.has(request)) return false;
    if (last) this.#broken.delete(request);
    return true;
  }

  /** Whether it holds as many subscriptions and registrations as it may. */
  get full(): boolean {
    return this.subscriptions.size + this.registrations.size >= LIMITS.observations;
  }

  get trusted(): boolean {
    return this.peer.authrole === 'trusted';
  }
}
