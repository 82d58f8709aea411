import type { Dict } from '../wamp/dict.ts';

/** What a cookie stands for: a login that has been proved once. */
export interface CookieLogin {
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  /** How it was proved; a session that the cookie brings back is shown with it. */
  readonly authmethod: string;
  /** Without the router's own keys. */
  readonly authextra: Dict | null;
}

export interface CookieRecord {
  /** The cookie's value. Whoever has it is let in: it is never logged. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** When `login` changed last, or null. */
  readonly modified: number | null;
  /** Seconds from `created` for which it counts. */
  readonly maxAge: number;
  /** null: it tells one browser from another, and nothing more. */
  readonly login: CookieLogin | null;
}

/**
 * Where cookies are kept. Implemented in `stores/`: each of them is bounded, and drops the oldest when it
 * is full, first those without a login.
 */
export interface CookieStore {
  /** Whether `put` can work. */
  readonly writable: boolean;
  /** To be awaited before anything else. @throws Error one sentence: what is wrong with the store, and what to do */
  open(): Promise<void>;
  /** The record of that id, whatever its age. */
  get(id: string): CookieRecord | null;
  /** `get` sees it at once; resolves when it survives a crash, rejects where it would not. Never throws. */
  put(record: CookieRecord): Promise<void>;
  /** As `put`. */
  delete(id: string): Promise<void>;
  /** Writes what is left to be written. */
  close(): Promise<void>;
}
