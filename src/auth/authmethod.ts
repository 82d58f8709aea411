import type { Dict } from '../wamp/dict.ts';
import type { TlsChannel } from '../wamp/tls-channel.ts';
import type { Authenticator } from './authenticator.ts';
import type { FindPrincipal } from './authenticators/static.ts';
import type { BindingRule } from './channel-binding.ts';
import type { Decoys } from './decoys.ts';
import type { KeyDerivation } from './key-derivation.ts';
import type { NodeKey } from './node-key.ts';
import type { Accept, Deny, Outcome } from './outcome.ts';
import type { AssignPrincipal } from './principal.ts';
import type { RandomBytes } from './serial-number.ts';
import type { StepSignal } from './step-signal.ts';

/** What a client said in HELLO, and what is known of it. */
export interface Hello {
  /** The realm asked for; null where it is left to the authenticator. */
  readonly realm: string | null;
  /** In the client's order; `["anonymous"]` where it offered none. */
  readonly authmethods: readonly string[];
  readonly authid: string | null;
  readonly authrole: string | null;
  /** As the client sent it; `Login` drops the keys reserved for the router (K15) before anyone else sees it. */
  readonly authextra: Dict | null;
  /** The id that the session will get. */
  readonly session: number;
  /** `marshalTransportDetails` of the connection. */
  readonly transport: Dict;
  /** The TLS session that the login may be bound to; null where there is none. */
  readonly channel: TlsChannel | null;
}

/**
 * How a client proves who it is. One value serves one login attempt; it knows nothing of what kind
 * of authenticator it asks.
 */
export interface AuthMethod {
  /** Whether it reads what a proxy says of its client: it alone gets HELLO.authextra with the keys that are for the router to write. */
  readonly believesProxy?: boolean;
  hello(hello: Hello, signal: StepSignal): Promise<Outcome>;
  /** The answer to the one challenge that `hello` gave; called at most once, and only after one. */
  authenticate(signature: string, extra: Dict, signal: StepSignal): Promise<Accept | Deny>;
}

/** Starts a login attempt with one configured authmethod. */
export type AuthMethodFactory = () => AuthMethod;

/** What every authmethod is given, whichever it is. */
export interface AuthMethodParts {
  readonly authenticator: Authenticator;
  /** Who its answer says that the client is. */
  readonly assign: AssignPrincipal;
  /** The role of clients for whom the authenticator names none, or null. */
  readonly defaultRole: string | null;
  readonly random: RandomBytes;
  readonly keyDerivation: KeyDerivation;
  readonly wallClock: WallClock;
  /** By which the router proves itself to clients that ask for it. */
  readonly nodeKey: NodeKey;
  /** Whether logins must be bound to their TLS session; of the authmethods that can be. */
  readonly channelBinding: BindingRule;
}

/** Milliseconds since 1970, UTC. */
export type WallClock = () => number;

/** What an authmethod's static configuration is compiled with. */
export interface StaticParts {
  readonly random: RandomBytes;
  readonly keyDerivation: KeyDerivation;
  readonly decoys: Decoys;
}

/**
 * One row of the registry in `policy.ts`: an authmethod, and how its static configuration is read.
 * `Static` is the shape of that configuration.
 */
export interface AuthMethodModule<Static> {
  readonly name: string;
  /** @throws TypeError where the configuration cannot be used; never quotes a secret */
  compileStatic(configured: Static, parts: StaticParts): FindPrincipal;
  start(parts: AuthMethodParts): AuthMethod;
}
