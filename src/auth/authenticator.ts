import type { Dict } from '../wamp/dict.ts';
import type { Hello } from './authmethod.ts';
import type { Deny } from './outcome.ts';
import type { StepSignal } from './step-signal.ts';

/**
 * `details` of an authenticator's call: these keys, and what the authmethod adds (ticket: `ticket`).
 * Crossbar: "Positional arguments and `details`".
 */
export interface AuthDetails extends Dict {
  readonly transport: Dict;
  readonly session: number;
  readonly authmethod: string;
  readonly authextra: Dict | null;
}

/**
 * Who says who the client is: a table in the configuration (static), a WAMP procedure (dynamic), a
 * module's function (function).
 */
export interface Authenticator {
  /** WELCOME.Details.authprovider. */
  readonly provider: 'static' | 'dynamic' | 'function';

  /**
   * Why a client that asks for `realm` need not even be challenged, or null: an authmethod that asks the
   * authenticator only after its challenge looks here first, so that no credential is sent in vain.
   */
  unavailable(realm: string | null): Deny | null;

  /**
   * @param signal ends the call: nothing is left behind, and the promise rejects
   * @returns the answer as it came: hostile input, to be checked by `principal.ts` and by nothing else
   * @throws AuthenticationError where the client is to be denied, for a known reason
   * @throws Error where it failed otherwise; the client is denied and learns nothing of it
   */
  authenticate(realm: string | null, authid: string | null, details: AuthDetails, signal: StepSignal): Promise<unknown>;
}

/**
 * A refusal for a known reason. What the client reads is in `deny`; `message` is what the log may hold of
 * it, so never an authenticator's own words: they often quote the ticket.
 */
export class AuthenticationError extends Error {
  readonly deny: Deny;

  constructor(deny: Deny, message: string = deny.message ?? deny.reason, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthenticationError';
    this.deny = deny;
  }
}

/** The `details` of a call for one client; `more` are the keys of the authmethod's own. */
export function authDetails(hello: Hello, authmethod: string, more?: Dict): AuthDetails {
  const { transport, session, authextra } = hello;
  return { transport, session, authmethod, authextra, ...more };
}
