import type { Dict } from '../../wamp/dict.ts';
import type { AuthDetails, Authenticator } from '../authenticator.ts';

/**
 * Finds who a client is in an authmethod's static configuration: a dictionary in the shape that dynamic
 * authenticators answer in.
 *
 * @throws AuthenticationError where the client is nobody there; it must not tell an unknown authid from a
 *   wrong credential, neither by its text nor by the time it takes
 */
export interface FindPrincipal {
  (authid: string | null, details: AuthDetails): Readonly<Dict>;
  /** What takes too long for a login, done ahead of the first one. */
  readonly prepare?: () => Promise<void>;
}

/** Whose clients get their own `authextra` back in WELCOME, as Crossbar has it; of the others it serves the proof alone. */
const ECHOING: ReadonlySet<string> = new Set(['anonymous', 'ticket']);

/** Clients are listed in the configuration. */
export class StaticAuthenticator implements Authenticator {
  readonly provider = 'static';
  readonly #find: FindPrincipal;

  constructor(find: FindPrincipal) {
    this.#find = find;
  }

  async prepare(): Promise<void> {
    await this.#find.prepare?.();
  }

  unavailable(): null {
    return null;
  }

  async authenticate(_realm: string | null, authid: string | null, details: AuthDetails): Promise<Readonly<Dict>> {
    const answer = this.#find(authid, details);
    if (details.authextra === null || !ECHOING.has(details.authmethod)) return answer;
    return { ...answer, extra: details.authextra };
  }
}
