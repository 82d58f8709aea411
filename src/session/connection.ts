import type { TransportDetails } from '../wamp/transport-details.ts';

/**
 * How messages are put on one kind of wire: a header before each, of a length that depends on the
 * message's. Implementations hold no state of a connection, so that one framed message may be
 * written to many connections of the same framing.
 */
export interface Framing {
  /** The longest header, in bytes. */
  readonly maxHeader: number;
  /** The longest message that a header can announce, in bytes. */
  readonly maxMessage: number;
  headerLength(messageLength: number): number;
  /** Writes the header of a message of `messageLength` bytes at `at`. */
  writeHeader(out: Buffer, at: number, messageLength: number): void;
}

/** The framings of one transport, by whether messages are text. */
export interface Framings {
  readonly text: Framing;
  readonly binary: Framing;
}

/** Why a connection ends, in the transport's own terms. */
export type CloseReason =
  | 'normal'
  | 'protocol-error'
  | 'policy'
  | 'too-big'
  | 'overload'
  | 'shutdown'
  | 'internal-error';

/** What a session needs of the connection that carries it. Implemented in `transports/`. */
export interface Connection {
  readonly details: TransportDetails;
  /** The subprotocol's name without `wamp.2.`: `json`, `msgpack.batched` … */
  readonly framing: Framing;
  /** The largest message that the peer takes, in bytes (RawSocket announces it; else `Infinity`). */
  readonly maxSend: number;
  /** Bytes written but not yet taken by the operating system. */
  readonly pending: number;
  /**
   * Writes one or more whole frames. Returns true if the bytes were taken at once, so that the caller
   * may reuse the buffer; false if the connection keeps a reference to it.
   */
  write(frames: Buffer): boolean;
  /**
   * Reads no more from the peer until `resume`: it is left to wait. What has been read before may still
   * be received, which is no more than one read of the socket or one write in memory.
   */
  pause(): void;
  /** Reads on. Neither counts: one `resume` ends any number of `pause`. */
  resume(): void;
  /** Ends it properly after what was written: WebSocket closing handshake, RawSocket half close; destroyed after `LIMITS.closeTimeout`. */
  close(reason: CloseReason, text: string): void;
  /** Ends it at once. */
  destroy(): void;
}

/** What a transport needs of whoever sits on a connection: a session, a client, the echo of a testee. */
export interface Receiver {
  /**
   * The largest message accepted now, in bytes; small before WELCOME. The transport reads it whenever
   * a message's size becomes known (for compressed ones: inflated).
   */
  readonly maxReceive: number;
  /**
   * One whole message in `bytes[start, end)`, valid for this call only.
   * @param text whether it came as text (WebSocket)
   */
  receive(bytes: Buffer, start: number, end: number, text: boolean): void;
  /** The connection took bytes again after `pending` had grown. */
  drained(): void;
  /** The connection is gone; called once, nothing after it. */
  disconnected(): void;
}

/** Somebody who wants to connect. */
export interface Newcomer {
  /** The other end's; null: none, as of a Unix socket. */
  readonly address: string | null;
  /** Of a request over HTTP, by lower-case name; else null. */
  readonly headers: Readonly<Record<string, string>> | null;
}

/** A request over HTTP to open a connection. */
export interface Arrival {
  /** By lower-case name, several of one name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether cookies count for it: not for a page of a foreign origin (K19). */
  readonly cookiesCount: boolean;
}

/** How an arrival is let in. */
export interface Greeting {
  /** Headers of the answer, such as Set-Cookie, by name. They become `TransportDetails.headersSent`. */
  readonly headers: Readonly<Record<string, string>>;
  /** `TransportDetails.cookie` */
  readonly cookie: string | null;
  /** Who sits on the connection. */
  readonly accept: Accept;
}

export type Greet = (arrival: Arrival) => Greeting;

/** Makes the receiver of a new connection. `protocol` is the subprotocol: `wamp.2.json.batched`, …; '' where there is none (testee). */
export type Accept = (connection: Connection, protocol: string) => Receiver;
