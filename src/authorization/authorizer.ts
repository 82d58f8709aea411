import type { Dict } from '../wamp/dict.ts';

export type Action = 'call' | 'register' | 'publish' | 'subscribe';

/** A decision: may it, and does the other side learn who did it. */
export interface Authorization {
  readonly allow: boolean;
  /** call: the callee learns the caller; publish: subscribers learn the publisher. */
  readonly disclose: boolean;
  readonly cache: boolean;
}

/** Who asks: what an authorizer may know of a session. */
export interface PeerInfo {
  readonly session: number;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
  readonly authextra: Dict | null;
  readonly transport: Dict;
}

export interface Authorizer {
  /** @returns a promise only where it has to wait; then only that session's inbox waits. */
  authorize(peer: PeerInfo, action: Action, uri: string, options: Dict): Authorization | Promise<Authorization>;
}
