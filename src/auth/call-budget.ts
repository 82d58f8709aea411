/** How many calls of authenticators may be in flight; one value is shared by all transports of a worker. */
export class CallBudget {
  readonly #limit: number;
  #inFlight = 0;

  /** @param limit `LIMITS.authenticatorCalls` unless configured */
  constructor(limit: number) {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError('a call budget must be an integer of at least 1');
    this.#limit = limit;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes a place, or returns false where all are taken. Whoever took one releases it, once. */
  take(): boolean {
    if (this.#inFlight >= this.#limit) return false;
    this.#inFlight++;
    return true;
  }

  release(): void {
    this.#inFlight--;
  }
}
