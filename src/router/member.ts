import { LIMITS } from '../wamp/limits.ts';
import type { Invocation } from './dealer.ts';
import type { Peer } from './peer.ts';
import type { Registration } from './registration.ts';
import { RequestTable } from './request-table.ts';
import type { Subscription } from './subscription.ts';
import type { Testaments } from './testaments.ts';

/** What a session is told that asks for one subscription or registration too many. */
export const FULL = `a session may hold ${LIMITS.observations} subscriptions and registrations`;

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

  constructor(peer: Peer) {
    this.peer = peer;
  }

  /** Whether it holds as many subscriptions and registrations as it may. */
  get full(): boolean {
    return this.subscriptions.size + this.registrations.size >= LIMITS.observations;
  }

  get trusted(): boolean {
    return this.peer.authrole === 'trusted';
  }
}
