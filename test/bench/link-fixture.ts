import type { Socket } from 'node:net';
import { Link, type LinkHandler, type LinkSocket } from '../../bench/link.ts';
import type { LinkFraming } from '../../bench/link-framing.ts';
import type { Serializer } from '../../src/serializers/serializer.ts';

/** A socket that keeps what is written, and how it ended. */
export class RecordingSocket implements LinkSocket {
  readonly written: Buffer[] = [];
  readonly remoteAddress: string | undefined;
  /** What the system has not taken. */
  writableLength = 0;
  end: 'open' | 'destroyed' | 'reset' = 'open';

  constructor(remoteAddress?: string) {
    this.remoteAddress = remoteAddress;
  }

  write(bytes: unknown): boolean {
    this.written.push(this.writableLength > 0 ? (bytes as Buffer) : Buffer.from(bytes as Buffer));
    return this.writableLength === 0;
  }

  destroy(): Socket {
    this.end = 'destroyed';
    return this as unknown as Socket;
  }

  resetAndDestroy(): Socket {
    this.end = 'reset';
    return this as unknown as Socket;
  }
}

/** Keeps the messages as bytes of its own, and the reasons of ends. */
export class RecordingHandler implements LinkHandler {
  readonly messages: Buffer[] = [];
  readonly ends: string[] = [];

  message(bytes: Buffer, start: number, end: number): void {
    this.messages.push(Buffer.from(bytes.subarray(start, end)));
  }

  ended(reason: string): void {
    this.ends.push(reason);
  }
}

export interface LinkFixture {
  readonly link: Link;
  readonly socket: RecordingSocket;
  readonly handler: RecordingHandler;
}

export function createLink(serializer: Serializer, framing: LinkFraming, socket = new RecordingSocket()): LinkFixture {
  const handler = new RecordingHandler();
  return { link: new Link(socket, serializer, framing, () => handler), socket, handler };
}
