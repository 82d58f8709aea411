import type { Clock } from '../../wamp/clock.ts';
import type { Log } from '../../wamp/log.ts';
import { CallBudget, type CallShare } from '../call-budget.ts';
import { CircuitBreaker } from './circuit-breaker.ts';

/** What stands before the calls of one authenticator. */
export interface CallGate {
  readonly share: CallShare;
  readonly breaker: CircuitBreaker;
}

/** What stands before the calls of all authenticators of a worker, whichever transports ask them. */
export class CallGates {
  readonly #budget: CallBudget;
  readonly #waiting: CallBudget;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #gates = new Map<string, CallGate>();

  /** @param limit calls in flight, and logins that wait for an authenticator to come: `LIMITS.authenticatorCalls` */
  constructor(limit: number, clock: Clock, log: Log) {
    this.#budget = new CallBudget(limit);
    this.#waiting = new CallBudget(limit);
    this.#clock = clock;
    this.#log = log;
  }

  /** Calls in flight. */
  get inFlight(): number {
    return this.#budget.inFlight;
  }

  /** The gate of one authenticator: the same for the same name, so names must come from the configuration. */
  of(name: string): CallGate {
    const known = this.#gates.get(name);
    if (known !== undefined) return known;
    const breaker = new CircuitBreaker(this.#clock, this.#log.with({ authenticator: name }));
    const gate = { share: this.#budget.share(name), breaker };
    this.#gates.set(name, gate);
    return gate;
  }

  /** The places of logins that wait for this authenticator to come. */
  waiting(name: string): CallShare {
    return this.#waiting.share(name);
  }
}
