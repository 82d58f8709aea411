import type { Dict } from '../wamp/dict.ts';
import type { Accept, Deny, Outcome } from './outcome.ts';

/** What a client said in HELLO, and what is known of it. */
export interface Hello {
  /** The realm asked for; null where it is left to the authenticator. */
  readonly realm: string | null;
  /** In the client's order; `["anonymous"]` where it offered none. */
  readonly authmethods: readonly string[];
  readonly authid: string | null;
  readonly authrole: string | null;
  /** Without the keys reserved for the router (K15). */
  readonly authextra: Dict | null;
  /** The id that the session will get. */
  readonly session: number;
  /** `marshalTransportDetails` of the connection. */
  readonly transport: Dict;
}

/**
 * How a client proves who it is. One value serves one login attempt; it knows nothing of what kind
 * of authenticator it asks.
 */
export interface AuthMethod {
  hello(hello: Hello, signal: AbortSignal): Promise<Outcome>;
  /** The answer to the one challenge that `hello` gave. */
  authenticate(signature: string, extra: Dict, signal: AbortSignal): Promise<Accept | Deny>;
}

/** Starts a login attempt with one configured authmethod. */
export type AuthMethodFactory = () => AuthMethod;
