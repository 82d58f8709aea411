import type { PeerInfo } from '../authorization/authorizer.ts';
import type { Payload } from '../serializers/payload.ts';
import type { Serializer } from '../serializers/serializer.ts';
import type { Dict } from '../wamp/dict.ts';
import type { Role } from './role.ts';
import type { Traffic } from './traffic.ts';

/**
 * How messages look on one kind of connection (serializer, batching, framing). Peers with the same
 * `MessageFormat` object take the same bytes, so that an event is encoded once for all of them.
 */
export interface MessageFormat {
  /** Dense number, for caches by format. */
  readonly index: number;
  readonly serializer: Serializer;
  /** One framed message, as `Peer.send` would write it; null where it is larger than any such connection carries. */
  encode(
    code: number,
    first: number,
    second: number,
    dict: Dict,
    text: string | null,
    payload: Payload | null,
  ): Buffer | null;
}

/** What realm, broker and dealer need of a session: never a socket, never a local connection. */
export interface Peer extends PeerInfo {
  readonly role: Role;
  readonly format: MessageFormat;
  /** Features the client announced, as `role.feature`, such as `callee.call_canceling`. */
  readonly features: ReadonlySet<string>;
  /** What goes in and out; null where nobody counts it. */
  readonly traffic: Traffic | null;
  /** Milliseconds in one unit of its `timeout` options: 1 as specified, 1000 for clients of Crossbar. */
  readonly timeoutUnit: number;
  /** Sends one message; the row of `code` says which of the arguments are written. Returns false where it is too large for the peer, and was not sent. */
  send(code: number, first: number, second: number, dict: Dict, text: string | null, payload: Payload | null): boolean;
  /** Sends a message that was encoded for `format`. Returns false where it is too large for the peer. */
  sendEncoded(frame: Buffer): boolean;
  /**
   * Whether so much waits to be taken by it that a request with a payload of `size` bytes had better be
   * refused: with too much waiting, its connection ends.
   */
  isCongested(size: number): boolean;
  /** Ends the session with GOODBYE. */
  goodbye(reason: string, message: string | null): void;
}
