import type { Dict } from '../wamp/dict.ts';
import type { TlsChannel } from '../wamp/tls-channel.ts';

/** The answer to a CHALLENGE: the signature, or the signature with AUTHENTICATE.Extra. */
export type ChallengeAnswer = string | { readonly signature: string; readonly extra?: Readonly<Dict> };

/** How a client proves who it is: one authmethod with what it needs. One value serves any number of logins. */
export interface ClientAuth {
  /** As HELLO.Details.authmethods names it. */
  readonly method: string;
  /** Cookies, for the request that opens a WebSocket. */
  readonly cookies?: ClientCookies;
  /** Begins one login. @throws ProofError where it cannot be had on this connection */
  begin(login: ClientLogin): ClientProof;
}

/** What one login is made of. */
export interface ClientLogin {
  readonly authid: string | null;
  /** The TLS session that the login may be bound to; null where there is none. */
  readonly channel: TlsChannel | null;
}

/** One login by one authmethod. */
export interface ClientProof {
  /** What HELLO.Details.authextra has to hold for it. */
  readonly authextra?: Readonly<Dict>;
  /** Answers CHALLENGE.Extra. @throws ProofError where the client must not answer it */
  answer(extra: Dict): ChallengeAnswer | Promise<ChallengeAnswer>;
  /** Checks WELCOME.Details.authextra. @throws ProofError where the router has not proved itself as it must */
  checkRouter?(authextra: Dict): void;
}

/** The cookies that a client keeps from one connection to the next. */
export interface ClientCookies {
  /** The header `Cookie`, or null where there is none to send. */
  header(): string | null;
  /** Takes the values of Set-Cookie headers. */
  take(setCookies: readonly string[]): void;
}

/** Why a client does not go on with a login, in one sentence that quotes no secret. */
export class ProofError extends Error {
  override readonly name = 'ProofError';
}

/** For authmethods that have no challenge. */
export function unexpectedChallenge(method: string): never {
  throw new ProofError(`the router challenges a login by ${method}`);
}
