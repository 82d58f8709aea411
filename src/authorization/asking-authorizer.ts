import type { Clock } from '../wamp/clock.ts';
import type { Dict } from '../wamp/dict.ts';
import { ERRORS, WampError } from '../wamp/errors.ts';
import { failureReport } from '../wamp/failure-report.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import { failed, readAnswer } from './answer.ts';
import type { Action, Authorization, Authorizer, PeerInfo, PendingAuthorization } from './authorizer.ts';
import { DecisionCache, type Question } from './decision-cache.ts';

/**
 * Asks whoever decides: `session` is a dictionary of who asks. Gives the answer or a promise of it.
 * `signal` is aborted when nobody waits for it any more.
 */
export type Ask = (session: Dict, uri: string, action: Action, options: Dict, signal: AbortSignal) => unknown;

export interface AskingAuthorizerPorts {
  readonly clock: Clock;
  /** Its lines say who asks whom. */
  readonly log: Log;
  readonly ask: Ask;
  /** `authorizer-timeout`: milliseconds that one decision may take. */
  readonly timeout: number;
  /** Which authorizer is there now, as a number; null: none. With another one, nothing that was remembered counts. */
  readonly incumbent: () => number | null;
}

/** What clients read where nobody decided. No words of the authorizer: they may tell internals. */
const FAILURES = {
  absent: 'no authorizer is available',
  late: 'the authorizer did not answer in time',
  silent: 'the authorizer does not answer',
  busy: 'too many decisions are awaited',
  raised: 'the authorizer failed',
  gone: 'the session ended',
} as const;

/** A failing authorizer is told of in the log once in so many milliseconds. */
const REPORT_INTERVAL = 1_000;

/**
 * A role's permissions, decided by somebody who is asked: a WAMP procedure, or a function. What they may
 * answer: `readAnswer`. Crossbar: "Dynamic authorizer".
 *
 * Whatever goes wrong, nothing is allowed. An authorizer that let a deadline pass is asked one thing at a
 * time until it answers again, and all else fails at once: nobody waits in a queue for a dead one.
 */
export class AskingAuthorizer implements Authorizer {
  readonly #ports: AskingAuthorizerPorts;
  readonly #cache: DecisionCache;
  #incumbent: number | null = null;
  #awaited = 0;
  #silent = false;
  #reportAt = Number.NEGATIVE_INFINITY;
  #unreported = 0;

  constructor(ports: AskingAuthorizerPorts) {
    this.#ports = ports;
    this.#cache = new DecisionCache(LIMITS.authorizerCache, LIMITS.authorizerCacheTime, ports.clock);
  }

  /** Decisions that are awaited, and remembered. */
  get counts(): { awaited: number; remembered: number } {
    return { awaited: this.#awaited, remembered: this.#cache.size };
  }

  authorize(peer: PeerInfo, action: Action, uri: string, options: Dict): Authorization | PendingAuthorization {
    // One that went away and has not come back is no reason to forget what it said.
    const present = this.#ports.incumbent();
    if (present !== null && present !== this.#incumbent) {
      this.#incumbent = present;
      this.#cache.clear();
    }
    const { authid } = peer;
    if (this.#cache.size > 0) {
      const known = this.#cache.get(authid, action, uri, options);
      if (known !== undefined) return known;
    }
    return this.#ask(peer, { authid, action, uri, options });
  }

  #ask(peer: PeerInfo, question: Question): Authorization | PendingAuthorization {
    if (this.#awaited >= LIMITS.authorizerCalls) return this.#fail(FAILURES.busy);
    if (this.#silent && this.#awaited > 0) return this.#fail(FAILURES.silent);
    const asked = this.#incumbent;
    const control = new AbortController();
    const { uri, action, options } = question;
    let answer: unknown;
    try {
      answer = this.#ports.ask(sessionOf(peer), uri, action, options, control.signal);
    } catch (error) {
      return this.#raised(error);
    }
    if (!isPromise(answer)) return this.#read(answer, question, asked);
    return this.#await(answer, control, (value) => this.#read(value, question, asked));
  }

  /** Ends with the answer, with the deadline, or when nobody waits any more; then no timer is left. */
  #await(
    answer: PromiseLike<unknown>,
    control: AbortController,
    read: (value: unknown) => Authorization,
  ): PendingAuthorization {
    const { clock, timeout } = this.#ports;
    let resolve: (authorization: Authorization) => void = () => {};
    const decision = new Promise<Authorization>((given) => {
      resolve = given;
    });
    this.#awaited++;
    let open = true;
    const end = (decide: () => Authorization): void => {
      if (!open) return;
      open = false;
      timer.cancel();
      this.#awaited--;
      resolve(decide());
    };
    const timer = clock.setTimer(() => {
      this.#silent = true;
      end(() => this.#fail(FAILURES.late));
      control.abort();
    }, timeout);
    const answered = (decide: () => Authorization): void => {
      if (open) this.#silent = false;
      end(decide);
    };
    // What is no promise of the language's own may do anything in its `then`.
    Promise.resolve(answer).then(
      (value) => answered(() => read(value)),
      (error: unknown) => answered(() => this.#raised(error)),
    );
    const cancel = (): void => {
      end(() => failed(FAILURES.gone));
      control.abort();
    };
    return { allow: null, decision, cancel };
  }

  #read(value: unknown, question: Question, asked: number | null): Authorization {
    const { authorization, cache } = readAnswer(value);
    if (authorization.failure !== undefined) return this.#fail(authorization.failure);
    // An answer of one who has been replaced meanwhile still counts, but only this once.
    if (cache && asked === this.#incumbent) this.#cache.set(question, authorization);
    return authorization;
  }

  #raised(error: unknown): Authorization {
    const uri = error instanceof WampError ? error.uri : null;
    const isAbsent = uri === ERRORS.noSuchProcedure.uri || uri === ERRORS.canceled.uri;
    return this.#fail(
      isAbsent ? FAILURES.absent : FAILURES.raised,
      uri === null ? failureReport(error) : { raised: uri },
    );
  }

  #fail(failure: string, more: Dict = {}): Authorization {
    const now = this.#ports.clock.now();
    if (now - this.#reportAt < REPORT_INTERVAL) this.#unreported++;
    else {
      this.#ports.log.warn('a decision could not be made, nothing was allowed', {
        reason: failure,
        ...more,
        ...(this.#unreported > 0 && { moreBefore: this.#unreported }),
      });
      this.#reportAt = now;
      this.#unreported = 0;
    }
    return failed(failure);
  }
}

/** Crossbar 1b.3; and `realm`, which its documentation lists. */
function sessionOf(peer: PeerInfo): Dict {
  const { session, realm, authid, authrole, authmethod, authprovider, authextra, transport } = peer;
  return { session, realm, authid, authrole, authmethod, authprovider, authextra, transport };
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
