import type { Dict } from '../wamp/dict.ts';

/** The most that a client gets to read of why it stays out, in bytes of UTF-8. */
const MESSAGE_BYTES = 1024;

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
  /** The client's own connection, where it came through a proxy that is believed. */
  readonly transport?: Dict;
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
  /** At most 1 KiB of UTF-8. May be an authenticator's own words, which quote what the client sent: never log it. */
  readonly message: string | null;
  /** Further keys of ABORT.Details. */
  readonly details?: Readonly<Dict>;
}

export type Outcome = Accept | Challenge | Deny;

/** A Deny; a longer `message` is cut at 1 KiB, between characters. */
export function deny(reason: string, message: string | null = null): Deny {
  return { kind: 'deny', reason, message: message === null ? null : clip(message) };
}

function clip(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MESSAGE_BYTES));
  return read === text.length ? text : text.slice(0, read);
}
