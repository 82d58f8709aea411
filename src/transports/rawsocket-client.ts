import type { Socket } from 'node:net';
import type { SerializerId } from '../serializers/serializer.ts';
import type { Accept, Connection } from '../session/connection.ts';
import type { Clock } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import { type ConnectingEndpoint, connectEndpoint, describeEndpoint } from './endpoint-connect.ts';
import { EndpointError } from './endpoint-error.ts';
import { RAWSOCKET_DEFAULTS, rawSocketDetails } from './rawsocket.ts';
import { RawSocketConnection, type RawSocketTiming } from './rawsocket-connection.ts';
import { type Agreement, announcedSize, handshakeOctets, readReply, sizeExponent } from './rawsocket-handshake.ts';
import { readOpening } from './rawsocket-opening.ts';
import { clientChannel } from './tls-peer.ts';

/** Defaults: those of `RAWSOCKET_DEFAULTS`. */
export interface RawSocketClientOptions extends Partial<RawSocketTiming> {
  readonly endpoint: ConnectingEndpoint;
  readonly serializer: SerializerId;
  /** The largest message taken, 512 bytes to 16 MiB; announced as the next power of two. */
  readonly maxMessageSize?: number;
  /** From the established socket to the router's four octets, in milliseconds. */
  readonly handshakeTimeout?: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives up connecting; has no effect afterwards. */
  readonly signal?: AbortSignal;
}

/** The router's agreement and what came after it. The socket is ended where this fails. */
function shakeHands(
  socket: Socket,
  options: RawSocketClientOptions,
  exponent: number,
): Promise<{ agreement: Agreement; rest: Buffer }> {
  const { endpoint, serializer, clock, signal, handshakeTimeout } = options;
  return new Promise((resolve, reject) => {
    const fail = (reason: unknown): void => {
      signal?.removeEventListener('abort', aborted);
      socket.destroy();
      reject(reason);
    };
    const refuse = (why: string): void => {
      const sentence = `cannot speak RawSocket with ${describeEndpoint(endpoint)}: ${why}`;
      fail(new EndpointError(sentence, { code: 'EHANDSHAKE' }));
    };
    const stop = readOpening(socket, {
      clock,
      timeout: handshakeTimeout ?? RAWSOCKET_DEFAULTS.handshakeTimeout,
      onOctets: (octets, rest) => {
        const agreement = readReply(octets, serializer);
        if (typeof agreement === 'string') {
          refuse(agreement);
          return;
        }
        signal?.removeEventListener('abort', aborted);
        // Nothing may be lost between here and the moment that the connection listens.
        socket.pause();
        resolve({ agreement, rest });
      },
      onFailure: refuse,
    });
    function aborted(): void {
      stop();
      fail(signal?.reason);
    }
    signal?.addEventListener('abort', aborted, { once: true });
    socket.write(handshakeOctets(serializer, exponent));
  });
}

/**
 * Connects to a router over RawSocket. `accept` is called before the promise resolves.
 * @throws EndpointError where the endpoint cannot be reached or the router refuses (`EHANDSHAKE`);
 *   RangeError where `maxMessageSize` cannot be announced; `signal.reason` where it was aborted
 */
export async function connectRawSocket(options: RawSocketClientOptions, accept: Accept): Promise<Connection> {
  const { endpoint, serializer, clock, log, signal } = options;
  const exponent = sizeExponent(options.maxMessageSize ?? RAWSOCKET_DEFAULTS.maxMessageSize);
  const socket = await connectEndpoint(endpoint, clock, signal);
  const { agreement, rest } = await shakeHands(socket, options, exponent);
  const path = endpoint.type === 'unix' ? endpoint.path : null;
  const connection = new RawSocketConnection(socket, {
    details: { ...rawSocketDetails(socket, serializer, path), ...clientChannel(socket) },
    maxReceive: announcedSize(exponent),
    maxSend: agreement.maxMessageSize,
    clock,
    log,
    closeTimeout: options.closeTimeout ?? RAWSOCKET_DEFAULTS.closeTimeout,
    pingInterval: options.pingInterval ?? RAWSOCKET_DEFAULTS.pingInterval,
    pingTimeout: options.pingTimeout ?? RAWSOCKET_DEFAULTS.pingTimeout,
  });
  try {
    connection.start(accept, connection.details.protocol, rest);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.resume();
  return connection;
}
