import type { Clock, Timer } from '../wamp/clock.ts';
import type { Dict } from '../wamp/dict.ts';
import type { Action, Authorization } from './authorizer.ts';

/** What a decision is about. */
export interface Question {
  readonly authid: string;
  readonly action: Action;
  readonly uri: string;
  readonly options: Dict;
}

interface Entry {
  readonly authid: string;
  readonly slot: number;
  readonly uri: string;
  authorization: Authorization;
  /** On the clock, in milliseconds. */
  until: number;
  /** Whether it was asked for since the hand came by. */
  used: boolean;
  newer: Entry | null;
  older: Entry | null;
}

/** Decisions of one user, by `slotOf` and URI. */
type Decisions = (Map<string, Entry> | undefined)[];

/** Action and, where it matters, `match`: leave for one topic is none for all below it. */
function slotOf(action: Action, options: Dict): number {
  if (action === 'call') return 0;
  if (action === 'publish') return 1;
  const { match } = options;
  const policy = match === 'prefix' ? 1 : match === 'wildcard' ? 2 : 0;
  return (action === 'subscribe' ? 2 : 5) + policy;
}

/**
 * Decisions of one authorizer for one role that may be used again, by authid, action, `match` and URI:
 * Crossbar leaves the authid out, so that leave for one user is leave for all of the role (K24).
 *
 * To look one up is all that most messages do here, so that it does as little as can be: it notes that the decision was
 * used, and looks at no clock. A timer forgets what is too old; beyond `size` the next one is forgotten that was not used
 * since the hand came by last [Corbató 1968, "clock"].
 */
export class DecisionCache {
  readonly #size: number;
  readonly #lifetime: number;
  readonly #clock: Clock;
  readonly #users = new Map<string, Decisions>();
  #count = 0;
  // All entries, in the order in which they end.
  #newest: Entry | null = null;
  #oldest: Entry | null = null;
  /** Where to go on looking for one to be forgotten; null: at the oldest. */
  #hand: Entry | null = null;
  #timer: Timer | null = null;

  /** @param lifetime of a decision, in milliseconds */
  constructor(size: number, lifetime: number, clock: Clock) {
    this.#size = size;
    this.#lifetime = lifetime;
    this.#clock = clock;
  }

  get size(): number {
    return this.#count;
  }

  get(authid: string, action: Action, uri: string, options: Dict): Authorization | undefined {
    const entry = this.#users.get(authid)?.[slotOf(action, options)]?.get(uri);
    if (entry === undefined) return undefined;
    entry.used = true;
    return entry.authorization;
  }

  set({ authid, action, uri, options }: Question, authorization: Authorization): void {
    const slot = slotOf(action, options);
    const until = this.#clock.now() + this.#lifetime;
    const known = this.#users.get(authid)?.[slot]?.get(uri);
    if (known !== undefined) {
      this.#unlink(known);
      Object.assign(known, { authorization, until });
      this.#link(known);
      return;
    }
    // First: it may be the user's last, and takes what is kept for the user along.
    if (this.#count === this.#size) this.#forgetOne();
    const decisions = this.#users.get(authid) ?? [];
    this.#users.set(authid, decisions);
    const byUri = decisions[slot] ?? new Map<string, Entry>();
    decisions[slot] = byUri;
    const entry: Entry = { authid, slot, uri, authorization, until, used: false, newer: null, older: null };
    byUri.set(uri, entry);
    this.#link(entry);
    this.#count++;
    this.#arm();
  }

  clear(): void {
    this.#users.clear();
    this.#count = 0;
    this.#newest = null;
    this.#oldest = null;
    this.#hand = null;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(): void {
    if (this.#timer !== null || this.#oldest === null) return;
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = null;
      const now = this.#clock.now();
      while (this.#oldest !== null && this.#oldest.until <= now) this.#remove(this.#oldest);
      this.#arm();
    }, this.#oldest.until - this.#clock.now());
  }

  #forgetOne(): void {
    for (;;) {
      const entry = this.#hand ?? this.#oldest;
      if (entry === null) return;
      this.#hand = entry.newer;
      if (!entry.used) {
        this.#remove(entry);
        return;
      }
      entry.used = false;
    }
  }

  #remove(entry: Entry): void {
    const decisions = this.#users.get(entry.authid);
    const byUri = decisions?.[entry.slot];
    byUri?.delete(entry.uri);
    if (decisions?.every((each) => each === undefined || each.size === 0)) this.#users.delete(entry.authid);
    this.#unlink(entry);
    this.#count--;
  }

  #link(entry: Entry): void {
    entry.older = this.#newest;
    entry.newer = null;
    if (this.#newest !== null) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
  }

  #unlink(entry: Entry): void {
    if (this.#hand === entry) this.#hand = entry.newer;
    if (entry.newer === null) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    if (entry.older === null) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
  }
}
