import type { Flusher } from '../session/flusher.ts';
import type { Clock } from '../wamp/clock.ts';
import type { Dict } from '../wamp/dict.ts';
import type { ChallengeAnswer, ClientAuth } from './client-auth.ts';
import type { ErrorReporter } from './session-line.ts';

/** One message of a login, to be shown to people: its secrets are masked. */
export interface LoginMessage {
  readonly sent: boolean;
  /** `HELLO`, `CHALLENGE`, `AUTHENTICATE`, `WELCOME` or `ABORT`. */
  readonly name: string;
  /** The elements after its code. */
  readonly elements: readonly unknown[];
}

/** Whom a client says it is, and how its session is to behave. */
export interface JoinOptions {
  /** The realm to join; null leaves it to the router's authenticator. */
  readonly realm: string | null;
  /**
   * How the client proves itself, the most wanted first: `ticket(…)`, `wampcra(…)`, `scram(…)`, `cryptosign(…)`,
   * `tls()`, `cookie(…)`, `anonymous()`.
   */
  readonly auth?: ClientAuth | readonly ClientAuth[];
  /** Names of authmethods, where `onChallenge` answers. Default: those of `auth`; `['ticket']` where there is a `ticket`; else none is named. */
  readonly authmethods?: readonly string[];
  readonly authid?: string;
  readonly authrole?: string;
  /** What the authmethod or the authenticator wants to know besides. */
  readonly authextra?: Readonly<Dict>;
  /** Short for `auth: ticket(…)`. */
  readonly ticket?: string;
  /** Answers CHALLENGE `[method, extra]` instead of `auth`. What it throws ends the login. */
  readonly onChallenge?: (method: string, extra: Dict) => ChallengeAnswer | Promise<ChallengeAnswer>;
  /** Told of each message of the login. */
  readonly onLoginMessage?: (message: LoginMessage) => void;
  /** Ends the attempt to join; after WELCOME it has no effect. */
  readonly signal?: AbortSignal;
  /** Milliseconds from HELLO to WELCOME; default 20 000: longer than a router takes to refuse, so that its reason arrives. */
  readonly joinTimeout?: number;
  /** Requests, calls and invocations in flight, each counted by itself; default `LIMITS.callsInFlight`. */
  readonly maxInFlight?: number;
  /** Bytes that may wait to be sent; a router that lets more pile up counts as lost. Default 64 MiB. */
  readonly maxPending?: number;
  /** The largest message taken from the router, in bytes; default `LIMITS.message`. */
  readonly maxReceive?: number;
  /** Default: a warning of the process (`process.emitWarning`). */
  readonly onError?: ErrorReporter;
}

/** What a client session is handed. */
export interface ClientPorts {
  readonly clock: Clock;
  readonly flusher: Flusher;
}

/** How a session ended. */
export interface SessionEnd {
  /**
   * The URI given by the side that ended it; `wamp.error.network_failure` where the connection was lost,
   * `wamp.error.protocol_violation` where the router broke the protocol.
   */
  readonly reason: string;
  readonly message: string | null;
}
