import { constants } from 'node:crypto';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type SecureContextOptions,
  type TLSSocket,
  type TlsOptions,
  type Server as TlsServer,
} from 'node:tls';
import type { Clock } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import { Acceptors, type Duplicate } from './acceptors.ts';
import { EndpointError, endpointError, errorCode } from './endpoint-error.ts';
import { clearUnixPath } from './endpoint-unix.ts';
import { KEEP_ALIVE, LISTENER_KEEPS_ALIVE } from './keep-alive.ts';
import { peerName } from './peer-name.ts';
import type { TlsFiles } from './tls-files.ts';
import { TlsRenewal } from './tls-renewal.ts';

/** Where to listen on TCP. Crossbar: endpoint of type `tcp`. */
export interface TcpListening {
  readonly type: 'tcp';
  /** Version of IP, default 4. A socket of version 6 without `interface` takes IPv4 too, as Crossbar's does. */
  readonly version?: 4 | 6 | undefined;
  /** The port (0: any free one), or a range `[first, last]` of which the first free one is taken. */
  readonly port: number | readonly [number, number];
  /** The address to bind; default all. */
  readonly interface?: string | undefined;
  /** Connections that wait to be accepted; default 1,024 (Crossbar: 50, too few for a storm of reconnections). */
  readonly backlog?: number | undefined;
  /** `SO_REUSEPORT`. Not supported. */
  readonly shared?: boolean | undefined;
  /** `TCP_USER_TIMEOUT`, seconds. Not supported. */
  readonly userTimeout?: number | undefined;
  readonly tls?: TlsListening | undefined;
}

/** `caCertificates`: where given, clients are asked for a certificate that comes from one of these. */
export interface TlsListening extends TlsFiles {
  readonly key: string;
  readonly certificate: string;
  /** With `caCertificates`: whether clients may come without a certificate. Default: they may not, as in Crossbar. */
  readonly clientCertificates?: 'required' | 'optional' | undefined;
  /** Protocols inside of TLS; a client that names others only is refused [RFC 7301]. Default: nothing is said. */
  readonly alpnProtocols?: readonly string[] | undefined;
}

/** Where to listen on a unix socket. Crossbar: endpoint of type `unix`. */
export interface UnixListening {
  readonly type: 'unix';
  /** At most 107 bytes. */
  readonly path: string;
  readonly backlog?: number | undefined;
}

export type ListeningEndpoint = TcpListening | UnixListening;

export interface Listener {
  /** For people: `tcp 127.0.0.1:8080`, `tcp [::1]:8080`, `unix /path`. */
  readonly address: string;
  /** The port in use; null on a unix socket. */
  readonly port: number | null;
  /** Reads the files of TLS anew, for the connections to come; those that there are stay. False where the old ones stay in use. */
  reload(): Promise<boolean>;
  /** Takes no more connections; the ones it gave stay. A unix socket's file is gone afterwards. */
  close(): Promise<void>;
}

const DEFAULT_BACKLOG = 1_024;
/** TCP accepted → TLS established, in milliseconds. */
const TLS_HANDSHAKE_TIMEOUT = 5_000;
/** Without Nagle's delay. Where connections do not have keep-alive from their listener, they are given it. */
const SOCKET_OPTIONS = { noDelay: true, ...(LISTENER_KEEPS_ALIVE ? {} : KEEP_ALIVE) };

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * What of an endpoint is accepted but has no effect, one sentence each. Node 20 cannot set
 * `SO_REUSEPORT` nor `TCP_USER_TIMEOUT`; refusing would keep a working configuration from starting,
 * so `listen` logs these as warnings, and the configuration check shows them.
 */
export function unsupportedOptions(endpoint: ListeningEndpoint): string[] {
  const found: string[] = [];
  if (endpoint.type === 'unix') return found;
  if (endpoint.shared === true) {
    found.push('"shared" has no effect: the port is opened for this process alone, and a second one cannot open it');
  }
  if (endpoint.userTimeout !== undefined) {
    found.push('"user_timeout" has no effect: TCP keep-alive (30 s) finds peers that vanished');
  }
  return found;
}

/** What holds for all files of a TLS listener. */
function tlsOptions(tls: TlsListening, files: SecureContextOptions): TlsOptions {
  const asked = (tls.caCertificates ?? []).length > 0;
  return {
    ...files,
    honorCipherOrder: true,
    handshakeTimeout: TLS_HANDSHAKE_TIMEOUT,
    // As Crossbar: no resumption, so that `tls-unique` means something. Renegotiation is an attack only.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    requestCert: asked,
    rejectUnauthorized: asked && tls.clientCertificates !== 'optional',
    ...(tls.alpnProtocols === undefined ? {} : { ALPNProtocols: [...tls.alpnProtocols] }),
  };
}

type OnSocket = (socket: Socket) => void;

function plainServer(onSocket: OnSocket): Server {
  return createServer(SOCKET_OPTIONS, (socket) => {
    // Whoever takes the socket has its own; this one makes sure that a reset never becomes an exception.
    socket.on('error', () => {});
    onSocket(socket);
  });
}

function tlsServer(options: TlsOptions, onSocket: OnSocket, log: Log): TlsServer {
  const server = createTlsServer({ ...SOCKET_OPTIONS, ...options }, (socket) => {
    socket.on('error', () => {});
    // Where certificates are optional, a bad one is still worse than none.
    const unproven =
      options.requestCert === true && !socket.authorized && socket.getPeerX509Certificate() !== undefined;
    if (unproven) logFailure(log, socket, null);
    if (unproven || !server.listening) {
      socket.destroy();
      return;
    }
    socket.ref();
    onSocket(socket);
  });
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {});
    // A peer in the middle of its TLS handshake must not hold up the end of the process; it has a deadline.
    socket.unref();
  });
  server.on('tlsClientError', (error, socket) => {
    logFailure(log, socket, error);
    socket.destroy();
  });
  return server;
}

/** A certificate that was refused says more than the end of the connection that comes of it. */
function logFailure(log: Log, socket: TLSSocket, error: Error | null): void {
  const refused: unknown = socket.authorizationError;
  const reason = refused == null ? errorCode(error) : String(refused);
  log.info('a TLS handshake failed', { peer: peerName(socket), reason });
}

/** Resolves once the server listens, and fails with the operating system's error. */
function open(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

type Opened = Omit<Listener, 'reload'>;

function acceptorsOf(server: Server, address: string, log: Log): Acceptors {
  // After the start these are failures to accept (too many open files); the socket goes on listening.
  return new Acceptors(server, (error) =>
    log.warn('a connection could not be accepted', { address, reason: errorCode(error) }),
  );
}

async function listenTcp(
  endpoint: TcpListening,
  makeServer: () => Server,
  { log, duplicate }: ListenPorts,
): Promise<Opened> {
  const backlog = endpoint.backlog ?? DEFAULT_BACKLOG;
  const host = endpoint.interface ?? (endpoint.version === 6 ? '::' : '0.0.0.0');
  const [first, last] = typeof endpoint.port === 'number' ? [endpoint.port, endpoint.port] : endpoint.port;
  for (let port = first; port <= last; port++) {
    const server = makeServer();
    try {
      await open(server, { host, port, backlog });
    } catch (error) {
      if (errorCode(error) === 'EADDRINUSE' && port < last) continue;
      if (first === last) throw endpointError(`cannot listen on tcp ${hostPort(host, port)}`, error);
      throw endpointError(`cannot listen on tcp ${hostPort(host, port)}, of the range ${first} to ${last}`, error);
    }
    const bound = server.address();
    const actual = bound !== null && typeof bound === 'object' ? bound.port : port;
    const address = `tcp ${hostPort(host, actual)}`;
    const acceptors = acceptorsOf(server, address, log);
    if (duplicate !== undefined) acceptors.widen(makeServer, backlog, duplicate);
    return { address, port: actual, close: async () => acceptors.close() };
  }
  throw new EndpointError(`cannot listen on tcp ${host}: the port range ${first} to ${last} is empty`, {
    code: 'EINVAL',
  });
}

async function listenUnix(endpoint: UnixListening, server: Server, log: Log): Promise<Opened> {
  const { path } = endpoint;
  await clearUnixPath(path);
  try {
    // For everybody, as Crossbar's: who may come in is for the directory to say, and for the login.
    const modes = { readableAll: true, writableAll: true };
    await open(server, { path, backlog: endpoint.backlog ?? DEFAULT_BACKLOG, ...modes });
  } catch (error) {
    throw endpointError(`cannot listen on unix ${path}`, error);
  }
  const address = `unix ${path}`;
  const acceptors = acceptorsOf(server, address, log);
  return { address, port: null, close: async () => acceptors.close() };
}

async function listenTls(
  endpoint: TcpListening,
  tls: TlsListening,
  onSocket: OnSocket,
  ports: ListenPorts,
): Promise<Listener> {
  const { log, clock } = ports;
  const servers: TlsServer[] = [];
  let options: TlsOptions;
  const apply = (files: SecureContextOptions): void => {
    options = tlsOptions(tls, files);
    for (const server of servers) server.setSecureContext(options);
  };
  const renewal = new TlsRenewal(tls, { clock, log, apply });
  try {
    options = tlsOptions(tls, await renewal.start());
    const makeServer = (): TlsServer => {
      const server = tlsServer(options, onSocket, log);
      servers.push(server);
      return server;
    };
    const { address, port, close } = await listenTcp(endpoint, makeServer, ports);
    return {
      address,
      port,
      reload: () => renewal.reload(),
      close: () => {
        renewal.stop();
        return close();
      },
    };
  } catch (error) {
    renewal.stop();
    throw error;
  }
}

export interface ListenPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Lets several connections be accepted in one turn, on TCP. Left out: one is. */
  readonly duplicate?: Duplicate | undefined;
}

/**
 * Opens an endpoint. Sockets come with keep-alive and without Nagle's delay, with TLS established
 * where configured, and with an error handler. When the files of TLS change, they are read anew.
 * @throws EndpointError one sentence naming the endpoint or the TLS file
 */
export async function listen(endpoint: ListeningEndpoint, onSocket: OnSocket, ports: ListenPorts): Promise<Listener> {
  const { log } = ports;
  const plain = { reload: async () => true };
  if (endpoint.type === 'unix') return { ...(await listenUnix(endpoint, plainServer(onSocket), log)), ...plain };
  for (const sentence of unsupportedOptions(endpoint)) log.warn(sentence, { port: endpoint.port });
  if (endpoint.tls !== undefined) return listenTls(endpoint, endpoint.tls, onSocket, ports);
  return { ...(await listenTcp(endpoint, () => plainServer(onSocket), ports)), ...plain };
}
