import { type DialOptions, type DialPorts, dial } from '../client/dial.ts';
import { Message } from '../serializers/message.ts';
import type { Serializer } from '../serializers/serializer.ts';
import type { Accept, Connection, Receiver } from '../session/connection.ts';
import { Inlet } from '../session/inlet.ts';
import type { Wire } from '../session/wire.ts';
import { wireOf } from '../session/wire-of.ts';
import { connectLongPoll } from '../transports/longpoll-client.ts';
import { ProtocolViolation } from '../wamp/errors.ts';
import { LIMITS } from '../wamp/limits.ts';
import { Msg } from '../wamp/messages.ts';
import type { TlsChannel } from '../wamp/tls-channel.ts';
import { nameOnWire, type TriedSerializer, transportOf } from './tried-connection.ts';

/** What a peer waits for did not come. */
export class Missing extends Error {
  override readonly name = 'Missing';
}

/** A connection, and how messages look on it. */
interface Link {
  readonly connection: Connection;
  readonly serializer: Serializer;
  readonly inlet: Inlet;
}

interface Waiter {
  readonly ready: () => boolean;
  readonly resolve: () => void;
}

/** An id that no router has given out. */
const NO_SUCH_ID = 2 ** 53 - 17;

/** One connection to the router under test, on which any message can be sent, and which hides none that comes. */
export class RawPeer implements Receiver {
  readonly maxReceive: number = LIMITS.message;
  /** What came and was not taken. */
  readonly inbox: unknown[][] = [];
  /** Whether it is on a realm. */
  joined = false;
  readonly #ports: DialPorts;
  readonly #pongs = new Set<string>();
  #link: Link | null = null;
  #waiters: Waiter[] = [];
  #requests = 0;
  #gone = false;
  #fault: string | null = null;

  private constructor(ports: DialPorts) {
    this.#ports = ports;
  }

  /** @throws EndpointError where the connection cannot be made */
  static async connect(
    url: string,
    serializer: TriedSerializer,
    ports: DialPorts,
    timeout: number,
    more: Pick<DialOptions, 'headers' | 'cookies' | 'tls'> = {},
  ): Promise<RawPeer> {
    const peer = new RawPeer(ports);
    const onWire = nameOnWire(serializer);
    const accept: Accept = (connection) => {
      peer.#link = peer.#linkOn(connection, serializer);
      return peer;
    };
    if (transportOf(url) === 'longpoll') {
      const protocols = [`wamp.2.${onWire}`];
      await connectLongPoll({ url, protocols, connectTimeout: timeout, clock: ports.clock }, accept);
    } else {
      await dial({ ...more, url, serializers: [onWire], connectTimeout: timeout }, ports, accept);
    }
    return peer;
  }

  /** The TLS session that a login may be bound to, or null. */
  get channel(): TlsChannel | null {
    return this.#link?.connection.details.channel ?? null;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** What the router did that is no WAMP at all, or null. */
  get fault(): string | null {
    return this.#fault;
  }

  readonly nextRequest = (): number => {
    this.#requests++;
    return this.#requests;
  };

  send(message: readonly unknown[]): void {
    if (message[0] === Msg.GOODBYE || message[0] === Msg.ABORT) this.joined = false;
    // A session's request ids begin with 1. [WAMP: IDs]
    if (message[0] === Msg.HELLO) this.#requests = 0;
    if (this.#link !== null) this.sendBytes(this.#link.serializer.encode(message));
  }

  /** Sends bytes that need not be a message, framed as one; nowhere, where the router has ended the connection. */
  sendBytes(bytes: Buffer): void {
    if (this.#gone || this.#link === null) return;
    const { connection, inlet } = this.#link;
    connection.write(framed(bytes, inlet.wire));
  }

  /** Waits until something has come, or nothing can come any more; no longer than that. */
  async stirs(timeout: number): Promise<void> {
    await this.#until(() => this.inbox.length > 0 || this.#gone || this.#fault !== null, timeout);
  }

  /** The next message. @throws Missing where none comes in time */
  async next(timeout: number): Promise<unknown[]> {
    await this.stirs(timeout);
    const message = this.inbox.shift();
    if (message !== undefined) return message;
    throw new Missing(
      this.#fault ?? (this.#gone ? 'the router ended the connection' : `nothing came in ${timeout} ms`),
    );
  }

  /** Waits for the end of the connection. @throws Missing where it does not come in time */
  async ended(timeout: number): Promise<void> {
    await this.#until(() => this.#gone, timeout);
    if (!this.#gone) throw new Missing(`the router did not end the connection in ${timeout} ms`);
  }

  /**
   * Waits until all that was sent before has been processed, by broker and dealer: two requests that change nothing
   * and are always answered.
   * @throws Missing where they are not
   */
  async barrier(timeout: number): Promise<void> {
    if (!this.joined || this.#gone) return;
    const pings = [Msg.UNSUBSCRIBE, Msg.UNREGISTER].map((code) => {
      const request = this.nextRequest();
      const pong = `${code} ${request}`;
      this.#pongs.add(pong);
      this.send([code, request, NO_SUCH_ID]);
      return pong;
    });
    const over = (): boolean => !pings.some((pong) => this.#pongs.has(pong)) || !this.joined || this.#gone;
    await this.#until(over, timeout);
    if (!over()) throw new Missing('UNSUBSCRIBE and UNREGISTER of an unknown id are not answered');
  }

  /** Ends the connection without a word. Long-poll has no connection to cut: the transport is closed, and no session left. */
  cut(): void {
    this.joined = false;
    const connection = this.#link?.connection;
    if (connection?.details.type === 'longpoll') connection.close('normal', '');
    else connection?.destroy();
  }

  receive(bytes: Buffer, start: number, end: number, text: boolean): void {
    try {
      if (this.#link === null) return;
      const { connection, serializer, inlet } = this.#link;
      if (connection.details.type === 'websocket' && text !== serializer.text) {
        throw new ProtocolViolation(`a ${text ? 'text' : 'binary'} message of ${serializer.id}`);
      }
      inlet.receive(bytes, start, end);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#fault ??= `the router sent what is no WAMP message: ${error.message}`;
    }
    this.#wake();
  }

  drained(): void {}

  disconnected(): void {
    this.#gone = true;
    this.joined = false;
    this.#wake();
  }

  #linkOn(connection: Connection, name: TriedSerializer): Link {
    const wire = wireOf(`wamp.2.${name}`, connection.framing);
    const { serializer } = wire;
    const message = new Message(serializer);
    const inlet = new Inlet(wire, (bytes, start, end) => {
      // Checks the bytes, which `decode` relies on.
      serializer.read(bytes, start, end, message);
      this.#take(serializer.decode(bytes, start, end) as unknown[]);
    });
    return { connection, serializer, inlet };
  }

  #take(message: unknown[]): void {
    const [code, request, second] = message;
    if (code === Msg.ERROR && this.#pongs.delete(`${request} ${second}`)) return;
    if (code === Msg.WELCOME) this.joined = true;
    if (code === Msg.ABORT || code === Msg.GOODBYE) this.joined = false;
    this.inbox.push(message);
  }

  #until(ready: () => boolean, timeout: number): Promise<void> {
    if (ready()) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter: Waiter = {
        ready,
        resolve: () => {
          timer.cancel();
          resolve();
        },
      };
      const timer = this.#ports.clock.setTimer(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        resolve();
      }, timeout);
      this.#waiters.push(waiter);
    });
  }

  #wake(): void {
    const ready = this.#waiters.filter((waiter) => waiter.ready());
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  }
}

/** One message, alone in its batch where the subprotocol batches, in its frame. */
function framed(bytes: Buffer, { batching, framing }: Wire): Buffer {
  const { prefixLength, suffix } = batching;
  const prefix = Buffer.alloc(prefixLength);
  batching.writePrefix(prefix, 0, bytes.length);
  const body = Buffer.concat([prefix, bytes, Buffer.from(suffix === null ? [] : [suffix])]);
  const header = Buffer.alloc(framing.headerLength(body.length));
  framing.writeHeader(header, 0, body.length);
  return Buffer.concat([header, body]);
}
