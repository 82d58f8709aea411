/** Tells a step of a login that nobody waits for it any more: what an `AbortSignal` has that logins look at. */
export interface StepSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

const NONE: readonly (() => void)[] = [];

/** One that is ended by `abort`. An `AbortController` with its signal would be a twentieth of an anonymous login. */
export class StepEnd implements StepSignal {
  aborted = false;
  #listeners: readonly (() => void)[] = NONE;

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners = [...this.#listeners, listener];
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners = this.#listeners.filter((each) => each !== listener);
  }

  /** Tells each listener once. */
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    // One may remove another.
    for (const listener of this.#listeners) if (this.#listeners.includes(listener)) listener();
    this.#listeners = NONE;
  }
}
