import type { Socket } from 'node:net';
import { DEFAULT_SERIALIZERS } from '../serializers/protocols.ts';
import type { SerializerId } from '../serializers/serializer.ts';
import type { Accept, Newcomer } from '../session/connection.ts';
import type { Clock } from '../wamp/clock.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import { Roster } from '../wamp/roster.ts';
import { bareDetails, type TransportDetails } from '../wamp/transport-details.ts';
import { ownName, peerName, remoteAddress } from './peer-name.ts';
import { RawSocketConnection, type RawSocketTiming } from './rawsocket-connection.ts';
import {
  type Agreement,
  announcedSize,
  errorOctets,
  HandshakeError,
  handshakeOctets,
  MAX_MESSAGE_SIZE,
  readRequest,
  sizeExponent,
} from './rawsocket-handshake.ts';
import { readOpening } from './rawsocket-opening.ts';
import { socketDetails } from './tls-peer.ts';
import { writeAtTurnEnd } from './turn-end.ts';

/** How one listener speaks RawSocket. */
export interface RawSocketOptions extends RawSocketTiming {
  /** What clients may choose. */
  readonly serializers: ReadonlySet<SerializerId>;
  /** The largest message taken, 512 bytes to 16 MiB; announced as the next power of two, and that is what holds. Crossbar: `max_message_size`. */
  readonly maxMessageSize: number;
  /** From the accepted connection to the four octets of the handshake, in milliseconds. */
  readonly handshakeTimeout: number;
  /** Connections in their handshake at a time; more are dropped. */
  readonly maxHandshakes: number;
}

export const RAWSOCKET_DEFAULTS: RawSocketOptions = {
  serializers: new Set(DEFAULT_SERIALIZERS),
  maxMessageSize: MAX_MESSAGE_SIZE,
  handshakeTimeout: 5_000,
  maxHandshakes: LIMITS.pendingSessions,
  closeTimeout: LIMITS.closeTimeout,
  pingInterval: 0,
  pingTimeout: 60_000,
};

export interface RawSocketPorts {
  readonly accept: Accept;
  /** Whether one more connection may be let in; false is answered with error 4. */
  readonly admit: (newcomer: Newcomer) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is known of a connection from its socket and its handshake. */
export function rawSocketDetails(socket: Socket, serializer: SerializerId, path: string | null): TransportDetails {
  const secure = 'encrypted' in socket && socket.encrypted === true;
  const known = { type: 'rawsocket', secure, peer: peerName(socket, path), protocol: `wamp.2.${serializer}` } as const;
  return { ...bareDetails(known), serializer };
}

interface Established {
  readonly socket: Socket;
  readonly connection: RawSocketConnection;
}

/** The router's side of RawSocket: makes connections of sockets, wherever these come from. */
export class RawSocketListener {
  readonly #options: RawSocketOptions;
  readonly #ports: RawSocketPorts;
  readonly #exponent: number;
  /** What abandons the sockets that are in their handshake or were refused in it. */
  readonly #handshakes = new Roster<() => void>();
  readonly #connections = new Roster<Established>();
  #closed = false;

  /** @throws RangeError where `maxMessageSize` cannot be announced */
  constructor(options: RawSocketOptions, ports: RawSocketPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#exponent = sizeExponent(options.maxMessageSize);
  }

  /** Takes a socket from which nothing has been read (or what was read has been put back with `unshift`). */
  handleSocket(socket: Socket): void {
    socket.on('error', () => {});
    if (this.#closed || this.#handshakes.size >= this.#options.maxHandshakes) {
      socket.destroy();
      return;
    }
    const stop = readOpening(socket, {
      clock: this.#ports.clock,
      timeout: this.#options.handshakeTimeout,
      onOctets: (octets, rest) => {
        this.#handshakes.leave(seat);
        this.#answer(socket, octets, rest);
      },
      onFailure: (reason) => {
        this.#handshakes.leave(seat);
        const { log } = this.#ports;
        const fields = { peer: peerName(socket), reason };
        // Who connects and leaves is mostly a health check, every few seconds.
        if (reason === 'it left') log.debug('no RawSocket handshake', fields);
        else log.info('no RawSocket handshake', fields);
        socket.destroy();
      },
    });
    const seat = this.#handshakes.enter(() => {
      this.#handshakes.leave(seat);
      stop();
      socket.destroy();
    });
  }

  /** Takes no more sockets and closes the connections; resolves when the last is gone, after `closeTimeout` at the latest. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const abandon of this.#handshakes.all()) abandon();
    const connections = this.#connections.all();
    const gone = connections.map(({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
    for (const { connection } of connections) connection.close('shutdown', '');
    await Promise.all(gone);
  }

  #answer(socket: Socket, octets: Buffer, rest: Buffer): void {
    const request = readRequest(octets, this.#options.serializers);
    if (typeof request === 'number') {
      this.#refuse(socket, request);
    } else if (!this.#ports.admit({ address: remoteAddress(socket), headers: null })) {
      this.#refuse(socket, HandshakeError.tooManyConnections);
    } else {
      writeAtTurnEnd(socket, handshakeOctets(request.serializer, this.#exponent));
      this.#establish(socket, request, rest);
    }
  }

  #establish(socket: Socket, { serializer, maxMessageSize }: Agreement, rest: Buffer): void {
    const { clock, log, accept } = this.#ports;
    const own = ownName(socket);
    const details = { ...rawSocketDetails(socket, serializer, null), ...socketDetails(socket), own };
    const { closeTimeout, pingInterval, pingTimeout } = this.#options;
    const connection = new RawSocketConnection(socket, {
      details,
      maxReceive: announcedSize(this.#exponent),
      maxSend: maxMessageSize,
      clock,
      log,
      closeTimeout,
      pingInterval,
      pingTimeout,
    });
    const seat = this.#connections.enter({ socket, connection });
    socket.once('close', () => this.#connections.leave(seat));
    try {
      connection.start(accept, details.protocol, rest);
    } catch (error) {
      log.error('a connection could not be accepted', { peer: details.peer, error });
      connection.destroy();
    }
  }

  /** Says why not, and hangs up; what else the client sends is dropped, so that the answer arrives. */
  #refuse(socket: Socket, error: HandshakeError): void {
    const { clock, log } = this.#ports;
    log.info('a RawSocket handshake was refused', { peer: peerName(socket), error });
    socket.end(errorOctets(error));
    const timer = clock.setTimer(() => socket.destroy(), this.#options.closeTimeout);
    const seat = this.#handshakes.enter(() => socket.destroy());
    socket.once('close', () => {
      timer.cancel();
      this.#handshakes.leave(seat);
    });
  }
}
