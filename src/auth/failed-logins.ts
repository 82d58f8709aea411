import type { Clock } from '../wamp/clock.ts';

const MINUTE = 60_000;
/** Addresses that are remembered; beyond it the one that failed longest ago is forgotten. */
const MOST_ADDRESSES = 10_000;

interface Failures {
  /** What is left of them: they wear off evenly. */
  count: number;
  at: number;
}

/**
 * Failed logins by address, so that nobody tries passwords without end. Each failure wears off; whoever has as many as
 * are allowed in a minute waits until one has. Others, from other addresses, notice nothing.
 */
export class FailedLogins {
  readonly #clock: Clock;
  readonly #byAddress = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#byAddress.size;
  }

  add(address: string, perMinute: number): void {
    const count = this.#count(address, perMinute) + 1;
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { count, at: this.#clock.now() });
    if (this.#byAddress.size <= MOST_ADDRESSES) return;
    const [longestAgo] = this.#byAddress.keys();
    if (longestAgo !== undefined) this.#byAddress.delete(longestAgo);
  }

  /** Whether that address has to wait. @param perMinute how many failures it may have; 0: any number */
  blocks(address: string, perMinute: number): boolean {
    return perMinute > 0 && this.#count(address, perMinute) > perMinute - 1;
  }

  #count(address: string, perMinute: number): number {
    const failures = this.#byAddress.get(address);
    if (failures === undefined) return 0;
    const worn = ((this.#clock.now() - failures.at) * perMinute) / MINUTE;
    return Math.max(0, failures.count - worn);
  }
}
