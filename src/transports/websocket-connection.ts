import { isUtf8 } from 'node:buffer';
import type { Duplex } from 'node:stream';
import type { CloseReason, Connection, Framing, Receiver } from '../session/connection.ts';
import { LENGTH_FRAMING } from '../session/length-framing.ts';
import type { Clock, Timer } from '../wamp/clock.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import type { TransportDetails } from '../wamp/transport-details.ts';
import { endSocket } from './end-socket.ts';
import { readShared } from './shared-reads.ts';
import { CLOSE_CODE, closePayload, FrameError } from './websocket-close.ts';
import type { DeflateCodec } from './websocket-deflate.ts';
import {
  encodeFrame,
  type FrameHandler,
  FrameParser,
  type FrameRules,
  OPCODE,
  WEBSOCKET_FRAMINGS,
} from './websocket-framing.ts';
import { Keepalive, type KeepalivePorts, type KeepaliveSettings } from './websocket-keepalive.ts';
import { FrameSender, type SenderSettings } from './websocket-sender.ts';

/** Times are milliseconds, sizes bytes. */
export interface ConnectionSettings extends KeepaliveSettings {
  readonly closeHandshakeTimeout: number;
  readonly maxMessageSize: number;
  readonly maxFragments: number;
  readonly failByDrop: boolean;
  readonly echoCloseCodeReason: boolean;
  readonly rules: FrameRules;
  /** How frames are made; null: they come ready-made (`WEBSOCKET_FRAMINGS`). */
  readonly sender: SenderSettings | null;
  readonly inflater: DeflateCodec | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** Frames of one message before WELCOME: nobody sends HELLO in more. */
const FRAGMENTS_BEFORE_WELCOME = 64;

/**
 * - `open` messages go both ways
 * - `closing` our close frame is out, or waits behind messages; the peer's is awaited
 * - `ended` nothing is sent or read any more; the end of the TCP connection is awaited
 */
type State = 'open' | 'closing' | 'ended';

/** One WebSocket after its handshake: frames in, frames out, pings, and the way to an end. [RFC 6455] */
export class WebSocketConnection implements Connection {
  // What parser and keepalive see of a connection. As objects of closures they would take a kilobyte of each.
  static readonly #Frames = class implements FrameHandler {
    readonly #connection: WebSocketConnection;

    constructor(connection: WebSocketConnection) {
      this.#connection = connection;
    }

    get maxMessage(): number {
      return this.#connection.#maxMessage();
    }

    get maxFragments(): number {
      return this.#connection.#maxFragments();
    }

    message(bytes: Buffer, start: number, end: number, text: boolean, compressed: boolean): void {
      if (compressed) this.#connection.#inflate(Buffer.from(bytes.subarray(start, end)), text);
      else this.#connection.#deliver(bytes, start, end, text);
    }

    ping(bytes: Buffer, start: number, end: number): void {
      this.#connection.#pinged(bytes, start, end);
    }

    pong(bytes: Buffer, start: number, end: number): void {
      this.#connection.#keepalive.pong(bytes, start, end);
    }

    close(code: number | null, reason: string): void {
      this.#connection.#peerCloses(code, reason);
    }
  };

  static readonly #Peer = class implements KeepalivePorts {
    readonly #connection: WebSocketConnection;

    constructor(connection: WebSocketConnection) {
      this.#connection = connection;
    }

    ping(payload: Buffer): void {
      this.#connection.#ping(payload);
    }

    drop(): void {
      this.#connection.#drop();
    }
  };

  readonly details: TransportDetails;
  readonly framing: Framing;
  readonly maxSend: number = Number.POSITIVE_INFINITY;
  readonly #socket: Duplex;
  readonly #settings: ConnectionSettings;
  readonly #text: boolean;
  readonly #parser: FrameParser;
  readonly #sender: FrameSender | null;
  readonly #keepalive: Keepalive;
  #receiver: Receiver | null = null;
  #state: State = 'open';
  #closeSent = false;
  #peerClosed = false;
  /** Bytes were left in the socket by the last write. */
  #lagging = false;
  /** Pongs of the chunk that is being read: they go out in one write. */
  #pongs: Buffer[] | null = null;
  /** The latest ping that could not be answered yet: there is at most one, so that a flood costs nothing. */
  #unanswered: Buffer | null = null;
  #endTimer: Timer | null = null;
  /** Whether the receiver wants nothing more for now. */
  #paused = false;

  /** @param text whether `write` carries text messages */
  constructor(socket: Duplex, details: TransportDetails, text: boolean, settings: ConnectionSettings) {
    this.#socket = socket;
    this.details = details;
    this.#settings = settings;
    this.#text = text;
    this.#sender =
      settings.sender === null
        ? null
        : new FrameSender(settings.sender, {
            emit: (frames) => this.#put(frames),
            fail: (error) => this.#failed(error),
          });
    this.framing = this.#sender === null ? WEBSOCKET_FRAMINGS[text ? 'text' : 'binary'] : LENGTH_FRAMING;
    this.#parser = new FrameParser(new WebSocketConnection.#Frames(this), settings.rules);
    this.#keepalive = new Keepalive(settings, settings.clock, new WebSocketConnection.#Peer(this));
  }

  get pending(): number {
    return this.#socket.writableLength + (this.#sender?.pending ?? 0);
  }

  /** Begins to read. @param head what came behind the handshake */
  start(receiver: Receiver, head: Buffer): void {
    this.#receiver = receiver;
    const socket = this.#socket;
    if (!readShared(socket, this.#read)) socket.on('data', (chunk) => this.#read(chunk.length, chunk));
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#gone());
    if (socket.destroyed) {
      this.#gone();
      return;
    }
    this.#keepalive.start();
    if (head.length > 0) this.#read(head.length, head);
  }

  write(frames: Buffer): boolean {
    return this.#send(frames, this.#text);
  }

  /** Sends one message as text or binary, whatever the subprotocol. */
  sendMessage(message: Buffer, text: boolean): void {
    const framing = this.#sender === null ? WEBSOCKET_FRAMINGS[text ? 'text' : 'binary'] : LENGTH_FRAMING;
    const header = framing.headerLength(message.length);
    const frame = Buffer.allocUnsafe(header + message.length);
    framing.writeHeader(frame, 0, message.length);
    message.copy(frame, header);
    this.#send(frame, text);
  }

  pause(): void {
    if (this.#state !== 'open') return;
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#parser.held) this.#socket.resume();
  }

  close(reason: CloseReason, text: string): void {
    if (this.#state !== 'open') return;
    this.#beginClose(closePayload(CLOSE_CODE[reason], text));
  }

  destroy(): void {
    this.#state = 'ended';
    this.#pongs = null;
    this.#parser.stop();
    // The answer to the handshake may still wait (`writeAtTurnEnd`).
    this.#socket.uncork();
    this.#socket.destroy();
  }

  #send(frames: Buffer, text: boolean): boolean {
    if (this.#state !== 'open') return true;
    if (this.#pongs !== null) this.#putPongs(this.#pongs);
    if (this.#sender === null) {
      this.#put(frames);
      return !this.#lagging;
    }
    const copied = this.#sender.write(frames, text);
    if (this.pending === 0) return copied;
    this.#lagging = true;
    return false;
  }

  readonly #read = (end: number, chunk: Buffer): void => {
    // Octets after the end are read and dropped: unread ones would make the kernel reset the
    // connection, and the peer might never see our close frame.
    if (this.#state === 'ended') return;
    this.#keepalive.received();
    try {
      this.#parser.push(chunk, end);
    } catch (error) {
      this.#failed(error);
    }
    if (this.#pongs !== null) this.#putPongs(this.#pongs);
  };

  #maxMessage(): number {
    return Math.min(this.#receiver === null ? 0 : this.#receiver.maxReceive, this.#settings.maxMessageSize);
  }

  #maxFragments(): number {
    const { maxFragments } = this.#settings;
    const beforeWelcome = (this.#receiver?.maxReceive ?? 0) <= LIMITS.messageBeforeWelcome;
    return beforeWelcome ? Math.min(maxFragments, FRAGMENTS_BEFORE_WELCOME) : maxFragments;
  }

  #ping(payload: Buffer): void {
    // Where nobody waits for pongs, pings would pile up before a peer that does not read.
    if (!this.#lagging || this.#settings.autoPingTimeout > 0) this.#put(this.#control(OPCODE.ping, payload));
  }

  #drop(): void {
    this.#settings.log.debug('a peer did not answer a ping', { peer: this.details.peer });
    this.destroy();
  }

  #deliver(bytes: Buffer, start: number, end: number, text: boolean): void {
    if (this.#state === 'open') this.#receiver?.receive(bytes, start, end, text);
  }

  /** Inflates a message, and lets everything behind it wait: the peer too, as nothing is read meanwhile. */
  #inflate(message: Buffer, text: boolean): void {
    const { inflater, rules } = this.#settings;
    if (inflater === null || this.#state !== 'open') return;
    this.#parser.hold();
    this.#socket.pause();
    const limit = this.#maxMessage();
    inflater.process(message, limit, (failure, result) => {
      if (this.#state === 'ended') return;
      try {
        if (failure !== null) throw failure;
        if (text && rules.validateUtf8 && !isUtf8(result)) throw new FrameError(1007, 'a text is not UTF-8');
        this.#deliver(result, 0, result.length, text);
        this.#parser.resume();
      } catch (error) {
        this.#failed(error);
      }
      if (this.#pongs !== null) this.#putPongs(this.#pongs);
      if (!this.#parser.held && !this.#paused) this.#socket.resume();
    });
  }

  #pinged(bytes: Buffer, start: number, end: number): void {
    if (this.#state !== 'open') return;
    const pong = this.#control(OPCODE.pong, bytes.subarray(start, end));
    if (this.#lagging) this.#unanswered = pong;
    else if (this.#pongs === null) this.#pongs = [pong];
    else this.#pongs.push(pong);
  }

  #putPongs(pongs: readonly Buffer[]): void {
    this.#pongs = null;
    this.#put(pongs.length === 1 ? (pongs[0] as Buffer) : Buffer.concat(pongs));
  }

  #control(opcode: number, payload: Buffer): Buffer {
    const mask = this.#settings.sender?.drawMask?.() ?? null;
    return encodeFrame({ opcode, fin: true, compressed: false, mask }, payload);
  }

  #put(frames: Buffer): void {
    this.#socket.write(frames, this.#taken);
    if (this.#socket.writableLength > 0) this.#lagging = true;
  }

  readonly #taken = (): void => {
    if (!this.#lagging || this.pending > 0 || this.#state === 'ended') return;
    this.#lagging = false;
    const pong = this.#unanswered;
    this.#unanswered = null;
    if (pong !== null && this.#state === 'open') this.#put(pong);
    this.#tell((receiver) => receiver.drained());
  };

  /** Sends the close frame behind everything that was written, and bounds how long all of that may take. */
  #beginClose(payload: Buffer): void {
    this.#state = 'closing';
    this.#unanswered = null;
    // Its close frame is awaited now.
    this.resume();
    this.#keepalive.stop();
    this.#limitEnd();
    const send = (): void => {
      this.#sendClose(payload);
      if (this.#peerClosed) this.#end();
    };
    if (this.#sender === null) send();
    else this.#sender.whenIdle(send);
  }

  #sendClose(payload: Buffer): void {
    this.#closeSent = true;
    if (this.#pongs !== null) this.#putPongs(this.#pongs);
    this.#put(this.#control(OPCODE.close, payload));
  }

  #peerCloses(code: number | null, reason: string): void {
    this.#peerClosed = true;
    if (this.#state === 'closing') {
      if (this.#closeSent) this.#end();
      return;
    }
    const { echoCloseCodeReason } = this.#settings;
    const echo = code === null ? Buffer.alloc(0) : closePayload(code, reason);
    this.#beginClose(echoCloseCodeReason ? echo : closePayload(1000, ''));
    this.#leave();
  }

  #failed(error: unknown): void {
    const { log, failByDrop } = this.#settings;
    const { peer } = this.details;
    let code = CLOSE_CODE['internal-error'];
    let text = '';
    if (error instanceof FrameError) {
      code = error.code;
      text = error.message;
      log.debug('a peer broke the WebSocket protocol', { peer, code, reason: text });
    } else log.error('a message could not be handled', { peer, error });
    if (this.#state === 'ended') return;
    this.#sender?.destroy();
    if (failByDrop) this.destroy();
    else {
      if (!this.#closeSent) this.#sendClose(closePayload(code, text));
      this.#end();
    }
    this.#leave();
  }

  /** Ends our side of the TCP connection once everything is written. The server goes first. [RFC 6455 7.1.1] */
  #end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#pongs = null;
    this.#parser.stop();
    this.#keepalive.stop();
    this.#limitEnd();
    this.#sender?.destroy();
    endSocket(this.#socket);
    this.#leave();
  }

  #limitEnd(): void {
    this.#endTimer ??= this.#settings.clock.setTimer(() => this.destroy(), this.#settings.closeHandshakeTimeout);
  }

  #gone(): void {
    this.#state = 'ended';
    this.#parser.stop();
    this.#keepalive.stop();
    this.#endTimer?.cancel();
    this.#sender?.destroy();
    this.#settings.inflater?.destroy();
    this.#leave();
  }

  /** Tells the receiver, once, that nothing more will come. */
  #leave(): void {
    this.#tell((receiver) => {
      this.#receiver = null;
      receiver.disconnected();
    });
  }

  /** A fault of the receiver costs no more than its connection. */
  #tell(news: (receiver: Receiver) => void): void {
    if (this.#receiver === null) return;
    try {
      news(this.#receiver);
    } catch (error) {
      this.#settings.log.error('a receiver failed', { peer: this.details.peer, error });
      this.destroy();
    }
  }
}
