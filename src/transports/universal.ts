import type { Socket } from 'node:net';
import type { Clock, Timer } from '../wamp/clock.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import { Roster } from '../wamp/roster.ts';
import { peerName } from './peer-name.ts';
import { MAGIC } from './rawsocket-handshake.ts';

/** The first octet of MQTT: CONNECT. */
const MQTT_CONNECT = 0x10;

/** From the connection to its first octet, in milliseconds. What comes then has its own time. */
const FIRST_OCTET_TIMEOUT = 5_000;

/** Takes a socket from which nothing has been read. */
export type TakeSocket = (socket: Socket) => void;

export interface UniversalPorts {
  /** Who speaks RawSocket; null: nobody here. */
  readonly rawSocket: TakeSocket | null;
  /** Who speaks HTTP, and WebSocket by way of it; null: nobody here. */
  readonly http: TakeSocket | null;
  readonly clock: Clock;
  readonly log: Log;
  /** Connections that have not said anything yet, at a time; more are dropped. */
  readonly maxSilent?: number;
}

/**
 * One port for all: the first octet tells what a client speaks. 0x7F is RawSocket's and 0x10 MQTT's; anything else is
 * for the HTTP server, which says of nonsense that it is. Crossbar: transport `universal`.
 */
export class UniversalListener {
  readonly #ports: UniversalPorts;
  /** What abandons the connections that have not said anything yet. */
  readonly #silent = new Roster<() => void>();
  #closed = false;

  constructor(ports: UniversalPorts) {
    this.#ports = ports;
  }

  handleSocket(socket: Socket): void {
    socket.on('error', () => {});
    if (this.#closed || this.#silent.size >= (this.#ports.maxSilent ?? LIMITS.pendingSessions)) {
      socket.destroy();
      return;
    }
    const timer: Timer = this.#ports.clock.setTimer(() => socket.destroy(), FIRST_OCTET_TIMEOUT);
    const onEnd = (): void => {
      socket.destroy();
    };
    const release = (): void => {
      timer.cancel();
      this.#silent.leave(seat);
      socket.removeListener('data', onData);
      socket.removeListener('end', onEnd);
      socket.removeListener('close', release);
    };
    const onData = (chunk: Buffer): void => {
      release();
      this.#hand(socket, chunk);
    };
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('close', release);
    const seat = this.#silent.enter(() => {
      release();
      socket.destroy();
    });
  }

  /** Takes no more, and ends those that have not said anything yet. The others are with whom they were given to. */
  close(): void {
    this.#closed = true;
    for (const abandon of this.#silent.all()) abandon();
  }

  #hand(socket: Socket, chunk: Buffer): void {
    const { rawSocket, http, log } = this.#ports;
    const first = chunk[0];
    const take = first === MAGIC ? rawSocket : first === MQTT_CONNECT ? null : http;
    if (take === null) {
      const reason = first === MAGIC ? 'RawSocket' : first === MQTT_CONNECT ? 'MQTT' : 'HTTP';
      log.info('a client was refused: it wants what is not spoken here', { peer: peerName(socket), wants: reason });
      socket.destroy();
      return;
    }
    // Whoever takes it is to find it as it came.
    socket.pause();
    socket.unshift(chunk);
    take(socket);
    socket.resume();
  }
}
