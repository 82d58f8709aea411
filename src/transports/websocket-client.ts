import { randomBytes, randomFillSync } from 'node:crypto';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Accept, Connection } from '../session/connection.ts';
import type { Clock } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import { bareDetails } from '../wamp/transport-details.ts';
import { type ConnectingEndpoint, connectEndpoint, describeEndpoint, type TlsConnecting } from './endpoint-connect.ts';
import { EndpointError, endpointError } from './endpoint-error.ts';
import { peerName } from './peer-name.ts';
import { clientChannel } from './tls-peer.ts';
import { WebSocketConnection } from './websocket-connection.ts';
import { acceptKey, isTextProtocol } from './websocket-handshake.ts';
import type { KeepaliveSettings } from './websocket-keepalive.ts';
import { MaskSource } from './websocket-mask.ts';
import { completeOptions } from './websocket-options.ts';

/** Times are milliseconds. Pings: by default as a listener does. */
export interface WebSocketClientOptions extends Partial<KeepaliveSettings> {
  /** `ws://…` or `wss://…` */
  readonly url: string;
  /** What is offered, the most wanted first. Empty: no subprotocol. */
  readonly protocols: readonly string[];
  /** Further headers of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where to connect to; default: where `url` says. */
  readonly endpoint?: ConnectingEndpoint;
  /** A unix socket to connect to instead of the URL's host. */
  readonly socketPath?: string;
  /** For `wss`. */
  readonly tls?: Pick<TlsConnecting, 'caCertificates' | 'certificate' | 'chainCertificates' | 'key'>;
  /** Until the connection stands, TLS included. Default: 10 000. */
  readonly connectTimeout?: number;
  /** From there to the server's answer. Default: 10 000. */
  readonly openHandshakeTimeout?: number;
  /** How long the server may take to end the connection. Default: 5 000. */
  readonly closeHandshakeTimeout?: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives up connecting; has no effect afterwards. */
  readonly signal?: AbortSignal;
  /** Told of the cookies that the server gives: the values of its Set-Cookie headers. */
  readonly onCookies?: (setCookies: readonly string[]) => void;
}

const DEFAULT_HANDSHAKE_TIMEOUT = 10_000;
const MAX_HEADER_SIZE = 16_384;
const masks = new MaskSource(randomFillSync);

interface Upgraded {
  readonly protocol: string;
  readonly head: Buffer;
}

/**
 * Connects to a router over WebSocket. `accept` is called before the promise resolves. What is sent
 * is masked with keys that nobody can guess. [RFC 6455 4.1, 10.3]
 * @throws EndpointError where the server cannot be reached, or does not grant the upgrade (`EHANDSHAKE`);
 *   RangeError where `url` is not one of a WebSocket; `signal.reason` where it was aborted
 */
export async function connectWebSocket(options: WebSocketClientOptions, accept: Accept): Promise<Connection> {
  const url = URL.canParse(options.url) ? new URL(options.url) : null;
  if (url === null || (url.protocol !== 'ws:' && url.protocol !== 'wss:')) {
    throw new RangeError('the URL of a WebSocket begins with ws:// or wss://');
  }
  const endpoint = options.endpoint ?? endpointOf(url, options);
  const socket = await connectEndpoint(endpoint, options.clock, options.signal);
  const { protocol, head } = await shakeHands(socket, url, endpoint, options);
  const connection = createConnection(socket, endpoint, protocol, options);
  try {
    connection.start(accept(connection, protocol), head);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return connection;
}

function endpointOf(url: URL, { socketPath, tls, connectTimeout }: WebSocketClientOptions): ConnectingEndpoint {
  const timeout = connectTimeout;
  if (socketPath !== undefined) return { type: 'unix', path: socketPath, timeout };
  const secure = url.protocol === 'wss:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return { type: 'tcp', host, port, timeout, tls: secure ? { ...tls, hostname: host } : undefined };
}

function createRequest(socket: Socket, url: URL, key: string, options: WebSocketClientOptions): ClientRequest {
  const { protocols, headers } = options;
  return httpRequest({
    createConnection: () => socket,
    path: `${url.pathname}${url.search}`,
    maxHeaderSize: MAX_HEADER_SIZE,
    setHost: false,
    headers: {
      ...headers,
      Host: url.host,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': key,
      ...(protocols.length === 0 ? {} : { 'Sec-WebSocket-Protocol': protocols.join(', ') }),
    },
  });
}

/** Asks for the upgrade. The socket is ended where this fails. */
function shakeHands(
  socket: Socket,
  url: URL,
  endpoint: ConnectingEndpoint,
  options: WebSocketClientOptions,
): Promise<Upgraded> {
  const { clock, signal, protocols } = options;
  const what = `cannot open a WebSocket at ${describeEndpoint(endpoint)}`;
  const key = randomBytes(16).toString('base64');
  return new Promise((resolve, reject) => {
    const request = createRequest(socket, url, key, options);
    const timer = clock.setTimer(
      () => refuse('the server did not answer in time'),
      options.openHandshakeTimeout ?? DEFAULT_HANDSHAKE_TIMEOUT,
    );
    const settle = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', aborted);
    };
    const fail = (error: unknown): void => {
      settle();
      request.destroy();
      socket.destroy();
      reject(error);
    };
    const refuse = (why: string): void => fail(new EndpointError(`${what}: ${why}`, { code: 'EHANDSHAKE' }));
    const aborted = (): void => fail(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    request.on('error', (error) => fail(endpointError(what, error)));
    request.on('response', (response) => refuse(`the server answered ${response.statusCode}`));
    request.on('upgrade', (response, _socket, head) => {
      const protocol = checkResponse(response, key, protocols);
      if (typeof protocol === 'string') {
        settle();
        options.onCookies?.(response.headers['set-cookie'] ?? []);
        resolve({ protocol, head });
      } else refuse(protocol.flaw);
    });
    request.end();
    if (signal?.aborted) aborted();
  });
}

/** The subprotocol that the server chose, or what is wrong with its answer. [RFC 6455 4.1] */
function checkResponse(
  response: IncomingMessage,
  key: string,
  protocols: readonly string[],
): string | { flaw: string } {
  const { headers, statusCode } = response;
  if (statusCode !== 101 || headers.upgrade?.toLowerCase() !== 'websocket')
    return { flaw: 'the server answered another upgrade' };
  if (headers['sec-websocket-accept'] !== acceptKey(key)) return { flaw: 'the server does not know the key' };
  if (headers['sec-websocket-extensions'] !== undefined)
    return { flaw: 'the server uses an extension nobody asked for' };
  const protocol = headers['sec-websocket-protocol'] ?? '';
  if (protocol === '' ? protocols.length > 0 : !protocols.includes(protocol)) {
    return { flaw: 'the server speaks none of the subprotocols offered' };
  }
  return protocol;
}

function createConnection(
  socket: Socket,
  endpoint: ConnectingEndpoint,
  protocol: string,
  options: WebSocketClientOptions,
): WebSocketConnection {
  const { clock, log } = options;
  const peer = peerName(socket, endpoint.type === 'unix' ? endpoint.path : null);
  const known = { type: 'websocket', secure: socket instanceof TLSSocket, peer, protocol } as const;
  const details = { ...bareDetails(known), ...clientChannel(socket) };
  return new WebSocketConnection(socket, details, isTextProtocol(protocol), {
    ...completeOptions(options),
    rules: {
      masks: 'never',
      unmask: false,
      compression: false,
      validateUtf8: true,
      maxFrame: Number.POSITIVE_INFINITY,
    },
    sender: { fragmentSize: Number.POSITIVE_INFINITY, drawMask: () => masks.next(), deflater: null, threshold: 0 },
    inflater: null,
    clock,
    log,
  });
}
