import type { Dict } from '../wamp/dict.ts';

/** In the order of the columns of a static permission. */
export const ACTIONS = ['call', 'register', 'publish', 'subscribe'] as const;

export type Action = (typeof ACTIONS)[number];

/** A decision: may it, and does the other side learn who did it. */
export interface Authorization {
  readonly allow: boolean;
  /** call: the callee learns the caller; publish: subscribers learn the publisher. */
  readonly disclose: boolean;
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
  authorize(peer: PeerInfo, action: Action, uri: string, options: Dict): Authorization;
}
