import type { Socket } from 'node:net';
import type { Accept, CloseReason, Connection, Receiver } from '../session/connection.ts';
import type { Clock, Timer } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import type { TransportDetails } from '../wamp/transport-details.ts';
import { endSocket } from './end-socket.ts';
import {
  FRAME_PING,
  FrameReader,
  type FrameSink,
  MAX_FRAME,
  RAWSOCKET_FRAMING,
  writeFrameHeader,
} from './rawsocket-framing.ts';
import { Heartbeat } from './rawsocket-heartbeat.ts';
import { Pongs } from './rawsocket-pongs.ts';
import { readShared } from './shared-reads.ts';

/** How a connection behaves, whichever side it is. Milliseconds. */
export interface RawSocketTiming {
  /** From `close` to the end of a peer that does not take what was written or does not hang up. */
  readonly closeTimeout: number;
  /** Between our PINGs; 0: none. Off by default, because Crossbar and Autobahn hang up on a PING; TCP keep-alive does its work. */
  readonly pingInterval: number;
  /** How long after a PING nothing may be heard. */
  readonly pingTimeout: number;
}

export interface RawSocketSettings extends RawSocketTiming {
  readonly details: TransportDetails;
  /** What we announced to take, in bytes. */
  readonly maxReceive: number;
  /** What the peer announced to take, in bytes. */
  readonly maxSend: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Bytes of PONGs that may wait for a peer which sends PINGs without reading the answers. */
const MAX_UNSENT_PONGS = 256 * 1024;

/**
 * The messages of one RawSocket connection, after the handshake.
 *
 * A peer that breaks the framing is cut off, as the specification has it. A peer that shuts down its
 * sending half counts as gone, as with Crossbar; what was written before still goes out.
 */
export class RawSocketConnection implements Connection, FrameSink {
  readonly details: TransportDetails;
  readonly framing = RAWSOCKET_FRAMING;
  readonly maxSend: number;
  readonly #socket: Socket;
  readonly #settings: RawSocketSettings;
  readonly #reader = new FrameReader(this);
  readonly #pongs = new Pongs();
  #unsentPongs = 0;
  #receiver: Receiver | null = null;
  #open = true;
  /** Whether a write was not taken at once, so that `drained` is owed. */
  #behind = false;
  #heartbeat: Heartbeat | null = null;
  #closing: Timer | null = null;

  constructor(socket: Socket, settings: RawSocketSettings) {
    this.#socket = socket;
    this.#settings = settings;
    this.details = settings.details;
    // To Crossbar and Autobahn the header of exactly 16 MiB means 128 MiB, so nobody is sent as much.
    this.maxSend = Math.min(settings.maxSend, MAX_FRAME - 1);
  }

  /** Seats the receiver, and begins with the bytes that came after the handshake. */
  start(accept: Accept, protocol: string, rest: Buffer): void {
    const socket = this.#socket;
    socket.on('error', () => {});
    socket.on('close', this.#closed);
    this.#receiver = accept(this, protocol);
    if (!readShared(socket, this.#read)) socket.on('data', (chunk) => this.#read(chunk.length, chunk));
    socket.on('end', this.#ended);
    const { clock, pingInterval: interval, pingTimeout: timeout } = this.#settings;
    if (interval > 0 && this.#open) {
      const dead = (): void => this.#fail('it did not answer a PING');
      this.#heartbeat = new Heartbeat({ clock, interval, timeout, ping: this.#ping, dead });
    }
    if (rest.length > 0) this.#read(rest.length, rest);
  }

  get open(): boolean {
    return this.#open;
  }

  get pending(): number {
    return this.#socket.writableLength;
  }

  get maxReceive(): number {
    return Math.min(this.#settings.maxReceive, this.#receiver?.maxReceive ?? 0);
  }

  write(frames: Buffer): boolean {
    const socket = this.#socket;
    if (!this.#open || !socket.writable) return true;
    socket.write(frames, this.#written);
    if (socket.writableLength === 0) return true;
    this.#behind = true;
    return false;
  }

  pause(): void {
    if (this.#open) this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(reason: CloseReason, text: string): void {
    if (!this.#open) return;
    this.#settings.log.debug('a connection is closed', { peer: this.details.peer, reason, text });
    this.#end();
  }

  destroy(): void {
    this.#open = false;
    // The answer to the handshake may still wait (`writeAtTurnEnd`).
    this.#socket.uncork();
    this.#socket.destroy();
  }

  message(bytes: Buffer, start: number, end: number): void {
    this.#receiver?.receive(bytes, start, end, false);
  }

  ping(bytes: Buffer, start: number, end: number): void {
    this.#pongs.add(bytes, start, end);
  }

  pong(): void {
    // Any byte is a sign of life (`#read`), and an unexpected PONG is no harm.
  }

  readonly #read = (end: number, chunk: Buffer): void => {
    // After the end bytes are taken and dropped: unread ones would make the kernel reset the
    // connection, and the peer might lose what we wrote last.
    if (!this.#open) return;
    this.#heartbeat?.heard();
    try {
      const violation = this.#reader.read(chunk, end);
      if (violation !== null) this.#fail(violation);
    } catch (error) {
      // A fault of ours costs this one connection, not the process with all the others.
      this.#settings.log.error('a message could not be handled', { peer: this.details.peer, error });
      this.destroy();
    }
    this.#sendPongs();
  };

  #sendPongs(): void {
    const pongs = this.#pongs.take();
    if (pongs === null || !this.#open || !this.#socket.writable) return;
    this.#unsentPongs += pongs.length;
    this.#socket.write(pongs, () => {
      this.#unsentPongs -= pongs.length;
    });
    if (this.#unsentPongs > MAX_UNSENT_PONGS && this.#socket.writableLength > 0) {
      this.#fail('it sends PINGs and does not read the answers');
    }
  }

  readonly #ping = (): void => {
    const header = Buffer.allocUnsafe(4);
    writeFrameHeader(header, 0, FRAME_PING, 0);
    this.write(header);
  };

  readonly #written = (): void => {
    if (!this.#behind || this.#socket.writableLength > 0) return;
    this.#behind = false;
    if (this.#open) this.#receiver?.drained();
  };

  #fail(reason: string): void {
    this.#settings.log.info('a RawSocket connection failed', { peer: this.details.peer, reason });
    this.destroy();
  }

  #end(): void {
    this.#open = false;
    this.#heartbeat?.stop();
    endSocket(this.#socket);
    const { clock, closeTimeout } = this.#settings;
    this.#closing ??= clock.setTimer(() => this.#socket.destroy(), closeTimeout);
  }

  readonly #ended = (): void => {
    this.#end();
    this.#disconnect();
  };

  readonly #closed = (): void => {
    this.#open = false;
    this.#heartbeat?.stop();
    this.#closing?.cancel();
    this.#disconnect();
  };

  #disconnect(): void {
    const receiver = this.#receiver;
    this.#receiver = null;
    receiver?.disconnected();
  }
}
