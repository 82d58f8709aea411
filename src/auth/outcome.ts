import type { Dict } from '../wamp/dict.ts';

/** The client is who it says: what the router will know it as. Whether realm and role exist is for the router to say. */
export interface Accept {
  readonly kind: 'accept';
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
  /** WELCOME.Details.authextra, before the router adds its own keys. */
  readonly authextra: Dict | null;
}

/** The client has to prove it: CHALLENGE. */
export interface Challenge {
  readonly kind: 'challenge';
  readonly authmethod: string;
  readonly extra: Dict;
}

/** The client stays out: ABORT with this URI and, if any, this text. Neither holds internals. */
export interface Deny {
  readonly kind: 'deny';
  readonly reason: string;
  readonly message: string | null;
}

export type Outcome = Accept | Challenge | Deny;

export function deny(reason: string, message: string | null = null): Deny {
  return { kind: 'deny', reason, message };
}
