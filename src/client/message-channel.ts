import { Message } from '../serializers/message.ts';
import type { Payload } from '../serializers/payload.ts';
import type { Serializer } from '../serializers/serializer.ts';
import type { CloseReason, Connection, Receiver } from '../session/connection.ts';
import { Inlet } from '../session/inlet.ts';
import { Outbox } from '../session/outbox.ts';
import type { Wire } from '../session/wire.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { ERRORS, ProtocolViolation } from '../wamp/errors.ts';
import { LIMITS } from '../wamp/limits.ts';
import { messageRow } from '../wamp/message-table.ts';
import { Msg } from '../wamp/messages.ts';
import { checkOptions } from '../wamp/options.ts';
import type { ClientPorts, JoinOptions } from './join-options.ts';

const MAX_PENDING = 64 * 1024 * 1024;

/** Who acts on the messages of a channel: first the attempt to join, then the session. */
export interface MessageListener {
  /** One message, valid for this call only. @throws ProtocolViolation where the router may not send it now */
  message(message: Message): void;
  /** The channel is of no more use, and being closed: the router broke the protocol, or does not read. */
  broken(uri: string, text: string): void;
  /** The connection is gone; the last call. */
  disconnected(): void;
}

/** Messages in and out of one connection, as the client's end of it. */
export class MessageChannel implements Receiver {
  listener: MessageListener;
  readonly maxReceive: number;
  readonly #connection: Connection;
  readonly #inlet: Inlet;
  readonly #outbox: Outbox;
  readonly #message: Message;
  /** Nothing is read or sent any more; only the end of the connection is awaited. */
  #over = false;

  constructor(
    connection: Connection,
    wire: Wire,
    listener: MessageListener,
    options: Pick<JoinOptions, 'maxPending' | 'maxReceive'>,
    ports: ClientPorts,
  ) {
    this.#connection = connection;
    this.listener = listener;
    this.maxReceive = options.maxReceive ?? LIMITS.message;
    this.#message = new Message(wire.serializer);
    this.#inlet = new Inlet(wire, (bytes, start, end) => this.#read(bytes, start, end));
    this.#outbox = new Outbox(connection, wire, {
      ...ports,
      limits: { outbox: options.maxPending ?? MAX_PENDING, outboxStall: LIMITS.outboxStall },
      onOverflow: (reason) => {
        this.destroy();
        this.listener.broken(ERRORS.networkFailure.uri, `the router was given up: ${reason}`);
      },
    });
  }

  get serializer(): Serializer {
    return this.#outbox.wire.serializer;
  }

  /**
   * Returns false where the message is larger than the router takes; it was not sent then.
   * @throws TypeError where `dict` cannot be serialized
   */
  send(code: number, first: number, second: number, dict: Dict, text: string | null, payload: Payload | null): boolean {
    return this.#over || this.#outbox.send(code, first, second, dict, text, payload);
  }

  /** ABORT, and the end of the connection. */
  abort(uri: string, text: string, reason: CloseReason): void {
    this.send(Msg.ABORT, 0, 0, text === '' ? EMPTY : { message: text }, uri, null);
    this.close(reason, uri);
  }

  /** Sends what waits, and ends the connection properly. */
  close(reason: CloseReason, text: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#outbox.flush();
    this.#outbox.close();
    this.#connection.close(reason, text);
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#over = true;
    this.#outbox.close();
    this.#connection.destroy();
  }

  receive(bytes: Buffer, start: number, end: number, text: boolean): void {
    if (this.#over) return;
    try {
      // Only WebSocket tells text from binary.
      if (text !== this.serializer.text && this.#connection.details.type === 'websocket') {
        throw new ProtocolViolation('text and binary messages mixed up');
      }
      this.#inlet.receive(bytes, start, end);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.abort(ERRORS.protocolViolation.uri, error.message, 'protocol-error');
      this.listener.broken(ERRORS.protocolViolation.uri, `the router broke the protocol: ${error.message}`);
    }
  }

  drained(): void {
    this.#outbox.drained();
  }

  disconnected(): void {
    this.#over = true;
    this.#outbox.close();
    this.listener.disconnected();
  }

  #read(bytes: Buffer, start: number, end: number): void {
    if (this.#over) return;
    const { wire } = this.#inlet;
    if (wire !== this.#outbox.wire) this.#outbox.wire = wire;
    wire.serializer.read(bytes, start, end, this.#message);
    const { code, dict } = this.#message;
    if (dict !== EMPTY) checkOptions(code, messageRow(code)?.name ?? '', dict);
    this.listener.message(this.#message);
  }
}
