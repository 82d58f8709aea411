/** Time, handed in, so that tests need no sleep. All times are milliseconds. */
export interface Clock {
  /** Monotonic; only differences mean something. */
  now(): number;
  /** The time of day, to be shown and stored; it may jump, so nothing is measured with it. */
  date(): Date;
  /** Calls `callback` once after `delay` ms; the timer does not keep the process alive. */
  setTimer(callback: () => void, delay: number): Timer;
}

export interface Timer {
  cancel(): void;
}
