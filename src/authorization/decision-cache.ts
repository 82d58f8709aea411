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
  readonly slot: string;
  readonly uri: string;
  authorization: Authorization;
  /** On the clock, in milliseconds. */
  until: number;
  newer: Entry | null;
  older: Entry | null;
}

/** Decisions of one user, by `slotOf` and URI. */
type Decisions = Map<string, Map<string, Entry>>;

/** Action and, where it matters, `match`: leave for one topic is none for all below it. */
function slotOf(action: Action, options: Dict): string {
  const match = action === 'subscribe' || action === 'register' ? options['match'] : undefined;
  if (match === 'prefix') return action === 'subscribe' ? 'subscribe prefix' : 'register prefix';
  if (match === 'wildcard') return action === 'subscribe' ? 'subscribe wildcard' : 'register wildcard';
  return action;
}

/**
 * Decisions of one authorizer for one role that may be used again, by authid, action, `match` and URI:
 * Crossbar leaves the authid out, so that leave for one user is leave for all of the role (K24). Beyond
 * `size` the one that was not used for longest is forgotten. Looking up allocates nothing.
 */
export class DecisionCache {
  readonly #size: number;
  readonly #users = new Map<string, Decisions>();
  #count = 0;
  #newest: Entry | null = null;
  #oldest: Entry | null = null;

  constructor(size: number) {
    this.#size = size;
  }

  get size(): number {
    return this.#count;
  }

  /** @param now on the clock that `until` is of */
  get(authid: string, action: Action, uri: string, options: Dict, now: number): Authorization | undefined {
    const entry = this.#users.get(authid)?.get(slotOf(action, options))?.get(uri);
    if (entry === undefined) return undefined;
    if (entry.until <= now) {
      this.#remove(entry);
      return undefined;
    }
    if (entry !== this.#newest) {
      this.#unlink(entry);
      this.#link(entry);
    }
    return entry.authorization;
  }

  set({ authid, action, uri, options }: Question, authorization: Authorization, until: number): void {
    const slot = slotOf(action, options);
    const decisions = this.#users.get(authid) ?? new Map();
    this.#users.set(authid, decisions);
    const byUri = decisions.get(slot) ?? new Map<string, Entry>();
    decisions.set(slot, byUri);
    const known = byUri.get(uri);
    if (known !== undefined) {
      known.authorization = authorization;
      known.until = until;
      return;
    }
    const entry: Entry = { authid, slot, uri, authorization, until, newer: null, older: null };
    byUri.set(uri, entry);
    this.#link(entry);
    this.#count++;
    if (this.#count > this.#size && this.#oldest !== null) this.#remove(this.#oldest);
  }

  clear(): void {
    this.#users.clear();
    this.#count = 0;
    this.#newest = null;
    this.#oldest = null;
  }

  #remove(entry: Entry): void {
    const decisions = this.#users.get(entry.authid);
    const byUri = decisions?.get(entry.slot);
    byUri?.delete(entry.uri);
    if (byUri?.size === 0) decisions?.delete(entry.slot);
    if (decisions?.size === 0) this.#users.delete(entry.authid);
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
    if (entry.newer === null) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    if (entry.older === null) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
  }
}
