import type { Socket } from 'node:net';
import type { Serializer } from '../src/serializers/serializer.ts';
import { FrameCutter } from './frame-cutter.ts';
import type { FrameTarget, LinkFraming } from './link-framing.ts';

/** What sits on a link. Whatever it throws ends the link. */
export interface LinkHandler {
  /** One message in `bytes[start, end)`, valid for this call only. */
  message(bytes: Buffer, start: number, end: number): void;
  /** The link has ended, unless by `drop`. Called once. */
  ended(reason: string): void;
}

/** What a link needs of its socket. */
export type LinkSocket = Pick<Socket, 'write' | 'writableLength' | 'remoteAddress' | 'destroy' | 'resetAndDestroy'>;

/** Of Node's pool: most links of a load of logins send no more. */
const FIRST_BUFFER = 1024;
const NOTHING = Buffer.alloc(0);

/** Links with something to write, flushed once per turn: a load generator that wrote each message by itself would measure itself. */
const dirty: Link[] = [];

function flushAll(): void {
  for (const link of dirty) link.flush();
  dirty.length = 0;
}

/** A connection to a router after its handshake: frames out, messages in, and nothing else. */
export class Link implements FrameTarget {
  readonly serializer: Serializer;
  readonly framing: LinkFraming;
  /** When the chunk in hand was read, by `performance.now()`. */
  readAt = 0;
  readonly #socket: LinkSocket;
  readonly #cutter: FrameCutter;
  #handler: LinkHandler;
  #buffer: Buffer = NOTHING;
  #used = 0;
  #open = true;

  /** @param createHandler makes what sits on it */
  constructor(
    socket: LinkSocket,
    serializer: Serializer,
    framing: LinkFraming,
    createHandler: (link: Link) => LinkHandler,
  ) {
    this.#socket = socket;
    this.serializer = serializer;
    this.framing = framing;
    this.#handler = createHandler(this);
    this.#cutter = new FrameCutter(framing, this);
  }

  set handler(handler: LinkHandler) {
    this.#handler = handler;
  }

  /** Sends one message. */
  send(message: Buffer): void {
    this.#append(this.framing.encode(message, this.serializer.text));
  }

  /** Makes room for a frame of `size` bytes, which is sent at the end of the turn; the caller writes it into `output` from the returned place. */
  reserve(size: number): number {
    if (this.#used === 0 && dirty.push(this) === 1) setImmediate(flushAll);
    const at = this.#used;
    if (at + size > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(FIRST_BUFFER, 2 * (at + size)));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    this.#used = at + size;
    return at;
  }

  get output(): Buffer {
    return this.#buffer;
  }

  flush(): void {
    const used = this.#used;
    this.#used = 0;
    if (used === 0 || !this.#open) return;
    this.#socket.write(this.#buffer.subarray(0, used));
    // What the system did not take at once, the socket still reads from.
    if (this.#socket.writableLength > 0) this.#buffer = NOTHING;
  }

  /** Bytes from the socket; they are the caller's again afterwards. */
  read(bytes: Buffer, start: number, end: number): void {
    if (!this.#open) return;
    this.readAt = performance.now();
    try {
      this.#cutter.push(bytes, start, end);
    } catch (error) {
      this.closed(error instanceof Error ? error.message : String(error));
    }
  }

  /** Resets the connection: no state of it is left in the system, so that ports do not run out. */
  drop(): void {
    this.#open = false;
    this.#used = 0;
    const isUnix = this.#socket.remoteAddress === undefined;
    if (isUnix) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  message(bytes: Buffer, start: number, end: number): void {
    this.#handler.message(bytes, start, end);
  }

  ping(pong: Buffer): void {
    this.#append(pong);
  }

  closed(reason: string): void {
    if (!this.#open) return;
    this.drop();
    this.#handler.ended(reason);
  }

  #append(frame: Buffer): void {
    const at = this.reserve(frame.length);
    frame.copy(this.#buffer, at);
  }
}
