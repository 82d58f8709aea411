import type { Clock } from '../../wamp/clock.ts';
import type { Log } from '../../wamp/log.ts';

/** Calls that are looked back on, and how many of them may go without an answer. */
const LOOK_BACK = 20;
const MOST_SILENT = 10;
/** How often a breaker that is open lets a login try, in milliseconds. */
const TRY_EVERY = 1_000;

/**
 * Keeps logins from waiting for an authenticator that does not answer: after 10 of the last 20 calls they are
 * refused at once, but for one a second. The first that is answered ends it.
 *
 * Silence alone counts. A refusal is an answer, and so is an error: else whoever knows a password that an
 * authenticator stumbles over could lock out everybody.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #log: Log;
  /** Of the last calls, whether each went without an answer. */
  readonly #silent: boolean[] = [];
  /** When the next login may try; null: all may. */
  #nextTry: number | null = null;

  /** @param log its lines should say which authenticator it is */
  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Whether a call may be made now. */
  admit(): boolean {
    if (this.#nextTry === null) return true;
    const now = this.#clock.now();
    if (now < this.#nextTry) return false;
    this.#nextTry = now + TRY_EVERY;
    return true;
  }

  answered(): void {
    if (this.#nextTry !== null) {
      this.#nextTry = null;
      this.#silent.length = 0;
      this.#log.info('the authenticator answers again');
    }
    this.#note(false);
  }

  unanswered(): void {
    this.#note(true);
    if (this.#nextTry !== null || this.#silent.filter(Boolean).length < MOST_SILENT) return;
    this.#nextTry = this.#clock.now() + TRY_EVERY;
    this.#log.error('an authenticator does not answer: logins that need it are refused at once until it does');
  }

  #note(silent: boolean): void {
    this.#silent.push(silent);
    if (this.#silent.length > LOOK_BACK) this.#silent.shift();
  }
}
