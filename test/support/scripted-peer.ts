import assert from 'node:assert/strict';
import { decode, encode } from 'cborg';
import type { Accept, Connection, Receiver } from '../../src/session/connection.ts';
import { messageRow } from '../../src/wamp/message-table.ts';
import type { MessageName } from '../../src/wamp/messages.ts';

/** A WAMP message as the list that it is on the wire. */
export type WireMessage = readonly unknown[];

export const SCRIPTED_PROTOCOL = 'wamp.2.cbor';

/**
 * The other end of a connection, driven by a test: says what the test says and shows what came. It speaks
 * `wamp.2.cbor` through a library of its own, so that it neither needs nor believes the serializers under test.
 */
export class ScriptedPeer implements Receiver {
  readonly maxReceive: number = 16 * 1024 * 1024;
  /** All messages so far, read by `next` or not. */
  readonly received: WireMessage[] = [];
  /** Resolves when the connection is gone. */
  readonly disconnection: Promise<void>;
  #connection: Connection | null = null;
  #read = 0;
  #waiting: { resolve: (message: WireMessage) => void; reject: (error: Error) => void }[] = [];
  #gone: () => void = () => {};
  #isGone = false;

  constructor() {
    this.disconnection = new Promise((resolve) => {
      this.#gone = resolve;
    });
  }

  /** What the transport is given. */
  readonly accept: Accept = (connection, protocol) => {
    assert.equal(protocol, SCRIPTED_PROTOCOL, 'the scripted peer speaks CBOR only');
    this.#connection = connection;
    return this;
  };

  get connection(): Connection {
    assert(this.#connection !== null, 'the scripted peer is not connected');
    return this.#connection;
  }

  /** Sends messages, all in one write. */
  send(...messages: readonly WireMessage[]): void {
    this.sendRaw(...messages.map((message) => encode(message)));
  }

  /** Sends bytes that need not be messages, each framed as one, all in one write. */
  sendRaw(...messages: readonly Uint8Array[]): void {
    const { framing } = this.connection;
    const frames = messages.map((message) => {
      const header = Buffer.alloc(framing.headerLength(message.length));
      framing.writeHeader(header, 0, message.length);
      return Buffer.concat([header, message]);
    });
    this.connection.write(Buffer.concat(frames));
  }

  /** The next message that came; fails where the connection ends first. */
  next(): Promise<WireMessage> {
    const message = this.received[this.#read];
    if (message !== undefined) {
      this.#read += 1;
      return Promise.resolve(message);
    }
    if (this.#isGone) return Promise.reject(new Error('the connection is gone'));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** The elements after the code of the next message, which must be a `name`. */
  async expect(name: MessageName): Promise<WireMessage> {
    const message = await this.next();
    assert.equal(messageRow(Number(message[0]))?.name, name, `got ${JSON.stringify(message)}`);
    return message.slice(1);
  }

  /** How many messages came that `next` has not given out. */
  get unread(): number {
    return this.received.length - this.#read;
  }

  receive(bytes: Buffer, start: number, end: number): void {
    const message: unknown = decode(bytes.subarray(start, end));
    assert(Array.isArray(message));
    this.received.push(message);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return;
    this.#read += 1;
    waiting.resolve(message);
  }

  drained(): void {}

  disconnected(): void {
    this.#isGone = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the connection is gone'));
    this.#gone();
  }
}

/** Lets what is under way in this process arrive: several turns of the event loop. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
}
