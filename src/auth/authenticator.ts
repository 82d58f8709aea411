import type { Dict } from '../wamp/dict.ts';

/** `details` of an authenticator's call. Keys per authmethod: `crossbar` 1.11; the page "The dynamic authenticator" lists them. */
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
   * @returns the answer as it came: hostile input, to be checked by `principal.ts` and by nothing else
   * @throws WampError an error of the authenticator's own, for the client to see
   * @throws AuthenticationError where it failed otherwise
   */
  authenticate(
    realm: string | null,
    authid: string | null,
    details: AuthDetails,
    signal: AbortSignal,
  ): Promise<unknown>;
}
