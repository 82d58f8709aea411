import type { Dict } from '../wamp/dict.ts';

/** In the order of the columns of a static permission. */
export const ACTIONS = ['call', 'register', 'publish', 'subscribe'] as const;

export type Action = (typeof ACTIONS)[number];

/** A decision: may it, and does the other side learn who did it. */
export interface Authorization {
  readonly allow: boolean;
  /** call: the callee learns the caller; publish: subscribers learn the publisher. */
  readonly disclose: boolean;
  /** Only where nothing is allowed because nobody could decide: why, in words that a client may read. */
  readonly failure?: string;
}

/**
 * A decision that somebody else makes, and that the session has to wait for. Told from an
 * `Authorization` by `allow`, so that those who do not wait pay nothing for those who do.
 */
export interface PendingAuthorization {
  readonly allow: null;
  /** Never rejects: what goes wrong is a decision with a `failure`. */
  readonly decision: Promise<Authorization>;
  /** Nobody waits for it any more. */
  cancel(): void;
}

export const DENIED: Authorization = { allow: false, disclose: false };

/** Who asks: what an authorizer may know of a session. */
export interface PeerInfo {
  /** The session's id. */
  readonly session: number;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
  readonly authextra: Dict | null;
  /** `marshalTransportDetails` of its connection. */
  readonly transport: Dict;
}

export interface Authorizer {
  /** Whether the same call or publication is always decided alike, whoever asks: then the decision may be kept. Default: no. */
  readonly constant?: boolean;
  /** @param options of the message: `match` says what `uri` means for subscribe and register */
  authorize(peer: PeerInfo, action: Action, uri: string, options: Dict): Authorization | PendingAuthorization;
}
