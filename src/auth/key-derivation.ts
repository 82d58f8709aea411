import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { ERRORS } from '../wamp/errors.ts';
import { AuthenticationError } from './authenticator.ts';
import { givenUp } from './denials.ts';
import { deny } from './outcome.ts';
import type { StepSignal } from './step-signal.ts';

const pbkdf2Async = promisify(pbkdf2);

/** How a key is derived from a secret: PBKDF2 with HMAC-SHA-256. */
export interface Salting {
  /** Taken as UTF-8, whatever it looks like. */
  readonly salt: string;
  readonly iterations: number;
  /** Bytes. */
  readonly keylen: number;
}

/**
 * Derivations under way at once: half of the threads that Node.js has for such work. Stops a flood of
 * logins from keeping file and name look-ups waiting.
 */
const CONCURRENCY = 2;

/** Derivations that wait for their turn. Stops a flood of logins from piling up. */
const WAITING = 100;

/** Derives keys off the main thread, few at a time; one value is shared by all transports of a worker. */
export class KeyDerivation {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /**
   * The derived key as base64 text, which is what WAMP-CRA takes as a key.
   * @throws AuthenticationError where too many wait already, or the signal was aborted before its turn came
   */
  async derive(
    secret: string | Uint8Array,
    { salt, iterations, keylen }: Salting,
    signal: StepSignal,
  ): Promise<string> {
    await this.#turn();
    try {
      if (signal.aborted) throw new AuthenticationError(givenUp());
      return (await pbkdf2Async(secret, salt, iterations, keylen, 'sha256')).toString('base64');
    } finally {
      this.#next();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < CONCURRENCY) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= WAITING) {
      throw new AuthenticationError(deny(ERRORS.authenticationFailed.uri, 'too many logins are being decided'));
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Whoever waits takes the place over; without one it is free. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
