import { connect, type OnReadOpts, type Socket } from 'node:net';
import type { RouterAddress } from '../src/client/router-url.ts';
import { Message } from '../src/serializers/message.ts';
import { serializerById } from '../src/serializers/registry.ts';
import type { Serializer, SerializerId } from '../src/serializers/serializer.ts';
import { Msg } from '../src/wamp/messages.ts';
import { answerTo, helloOf, type LoginAs, surprise } from './conversation.ts';
import { FrameCutter } from './frame-cutter.ts';
import type { FrameTarget } from './link-framing.ts';
import { headReader, MessageHead, type ReadHead } from './message-head.ts';
import { READ_BUFFER, type Way, wayTo } from './open-link.ts';

export interface LoginClientPorts {
  readonly address: RouterAddress;
  readonly serializer: SerializerId;
  readonly as: LoginAs;
  /** Told of each WELCOME: how many milliseconds it took from the beginning of the connection. */
  readonly welcomed: (took: number) => void;
  readonly fail: (reason: string) => void;
}

/**
 * Connects, logs in, goes, and comes again. All that it says is prepared once, and of what it hears it reads no more
 * than it has to: a client costs less than the router, which is what is measured.
 */
export class LoginClient implements FrameTarget {
  readonly #ports: LoginClientPorts;
  readonly #way: Way;
  readonly #serializer: Serializer;
  readonly #readHead: ReadHead;
  readonly #head = new MessageHead();
  readonly #hello: Buffer;
  readonly #onread: OnReadOpts;
  /** The answer to the handshake, where it comes in pieces. */
  #answer: Buffer | null = null;
  #cutter: FrameCutter | null = null;
  #socket: Socket | null = null;
  /** When the login in hand began, by `performance.now()`. */
  startedAt = 0;

  constructor(ports: LoginClientPorts) {
    const { address, serializer, as } = ports;
    this.#ports = ports;
    this.#way = wayTo(address, serializer);
    this.#serializer = serializerById(serializer);
    this.#readHead = headReader(this.#serializer.id);
    this.#hello = this.#frame(helloOf(this.#serializer, as));
    this.#onread = { buffer: READ_BUFFER, callback: (length) => this.#read(length) };
  }

  /** Logs in, again and again. */
  begin(): void {
    this.startedAt = performance.now();
    this.#answer = null;
    this.#cutter = null;
    const socket = connect({ ...this.#way.to, onread: this.#onread });
    this.#socket = socket;
    socket.on('error', this.#failed);
    socket.on('close', this.#closed);
    socket.write(this.#way.opening.request);
  }

  message(bytes: Buffer, start: number, end: number): void {
    const head = this.#head;
    this.#readHead(bytes, start, head);
    if (head.code === Msg.WELCOME) this.#again();
    else if (head.code === Msg.CHALLENGE) this.#prove(this.#message(bytes, start, end));
    else throw surprise(this.#message(bytes, start, end));
  }

  ping(pong: Buffer): void {
    this.#socket?.write(pong);
  }

  closed(reason: string): void {
    throw new Error(reason);
  }

  #again(): void {
    this.#ports.welcomed(performance.now() - this.startedAt);
    this.#drop();
    this.begin();
  }

  /** Resets the connection: no state of it is left in the system, so that ports do not run out. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.removeListener('close', this.#closed);
    if (this.#way.isUnix) socket?.destroy();
    else socket?.resetAndDestroy();
  }

  #prove({ dict }: Message): void {
    this.#socket?.write(this.#frame(answerTo(this.#serializer, this.#ports.as, dict)));
  }

  #frame(message: Buffer): Buffer {
    return this.#way.framing.encode(message, this.#serializer.text);
  }

  #message(bytes: Buffer, start: number, end: number): Message {
    const message = new Message(this.#serializer);
    this.#serializer.read(bytes, start, end, message);
    return message;
  }

  #read(length: number): boolean {
    try {
      if (this.#socket === null) return true;
      if (this.#cutter === null) this.#agree(length);
      else this.#cutter.push(READ_BUFFER, 0, length);
    } catch (error) {
      this.#failed(error as Error);
    }
    return true;
  }

  #agree(length: number): void {
    const chunk = READ_BUFFER.subarray(0, length);
    const answer = this.#answer === null ? chunk : Buffer.concat([this.#answer, chunk]);
    const used = this.#way.opening.answered(answer);
    if (used === 0) {
      this.#answer = Buffer.from(answer);
      return;
    }
    this.#cutter = new FrameCutter(this.#way.framing, this);
    this.#socket?.write(this.#hello);
    if (used < answer.length) this.#cutter.push(answer, used, answer.length);
  }

  readonly #failed = (error: Error): void => {
    this.#drop();
    this.#ports.fail(error.message);
  };

  readonly #closed = (): void => {
    this.#ports.fail('the router ended the connection');
  };
}
