/**
 * How many calls of authenticators may be in flight; one value is shared by all transports of a worker. Half of the
 * places are kept apart in equal shares, so that an authenticator that is slow or busy cannot take the places of all
 * others; the other half goes to whoever comes first.
 */
export class CallBudget {
  readonly #limit: number;
  readonly #shares = new Map<string, CallShare>();
  #inFlight = 0;

  /** @param limit `LIMITS.authenticatorCalls` unless configured */
  constructor(limit: number) {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError('a call budget must be an integer of at least 1');
    this.#limit = limit;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** The share of one authenticator: the same for the same name. */
  share(name: string): CallShare {
    const known = this.#shares.get(name);
    if (known !== undefined) return known;
    const share = new CallShare(
      (own) => this.#take(own),
      () => this.#inFlight--,
    );
    this.#shares.set(name, share);
    return share;
  }

  #take(own: CallShare): boolean {
    if (this.#inFlight >= this.#limit) return false;
    const kept = Math.max(1, Math.floor(this.#limit / 2 / this.#shares.size));
    if (own.inFlight >= kept) {
      let beyond = 0;
      for (const share of this.#shares.values()) beyond += Math.max(0, share.inFlight - kept);
      if (beyond >= this.#limit - kept * this.#shares.size) return false;
    }
    this.#inFlight++;
    return true;
  }
}

/** The places of one authenticator. */
export class CallShare {
  readonly #takePlace: (own: CallShare) => boolean;
  readonly #releasePlace: () => void;
  #inFlight = 0;

  constructor(takePlace: (own: CallShare) => boolean, releasePlace: () => void) {
    this.#takePlace = takePlace;
    this.#releasePlace = releasePlace;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes a place, or returns false where there is none for this authenticator. Whoever took one releases it, once. */
  take(): boolean {
    if (!this.#takePlace(this)) return false;
    this.#inFlight++;
    return true;
  }

  release(): void {
    this.#inFlight--;
    this.#releasePlace();
  }
}
