import type { Accept, Connection, Receiver } from '../session/connection.ts';
import { WebSocketConnection } from './websocket-connection.ts';
import type { WebSocketOptions } from './websocket-options.ts';

/** What the Autobahn|Testsuite sends at most: 16 MiB in one message, one message in 65 536 fragments. */
const MAX_MESSAGE = 16 * 1024 * 1024;
const MAX_FRAGMENTS = 131_072;
/** Bytes that a client may leave unread. */
const MAX_PENDING = 4 * MAX_MESSAGE;

/** Options under which a testee passes the Autobahn|Testsuite, to be laid over those configured. */
export const TESTEE_OPTIONS: WebSocketOptions = { maxFragments: MAX_FRAGMENTS, maxMessageSize: MAX_MESSAGE };

/** Sends every message back as it came. Crossbar: worker type `websocket-testee`. Its listener has no subprotocols. */
export const acceptTestee: Accept = (connection) => new Echo(connection);

class Echo implements Receiver {
  readonly maxReceive = MAX_MESSAGE;
  readonly #connection: WebSocketConnection;

  constructor(connection: Connection) {
    if (!(connection instanceof WebSocketConnection)) throw new TypeError('a testee echoes WebSocket messages');
    this.#connection = connection;
  }

  receive(bytes: Buffer, start: number, end: number, text: boolean): void {
    this.#connection.sendMessage(bytes.subarray(start, end), text);
    if (this.#connection.pending > MAX_PENDING) this.#connection.destroy();
  }

  drained(): void {}

  disconnected(): void {}
}
