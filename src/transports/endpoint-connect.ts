import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect as connectTls } from 'node:tls';
import type { Clock } from '../wamp/clock.ts';
import { EndpointError, endpointError } from './endpoint-error.ts';
import { checkUnixPath } from './endpoint-unix.ts';
import { readTlsFiles, type TlsFiles } from './tls-files.ts';

/** Where to connect on TCP. Crossbar: connecting endpoint of type `tcp`. */
export interface TcpConnecting {
  readonly type: 'tcp';
  /** Version of IP; default whichever answers first. */
  readonly version?: 4 | 6 | undefined;
  readonly host: string;
  readonly port: number;
  /** Until the connection (and TLS) stands, in milliseconds; default 10,000. */
  readonly timeout?: number | undefined;
  readonly tls?: TlsConnecting | undefined;
}

/** `key` and `certificate`: the client's own. `caCertificates`: instead of the well-known authorities. */
export interface TlsConnecting extends Omit<TlsFiles, 'dhparam'> {
  /** The name that the server's certificate must carry. */
  readonly hostname: string;
}

/** Where to connect on a unix socket. */
export interface UnixConnecting {
  readonly type: 'unix';
  readonly path: string;
  /** In milliseconds; default 10,000. */
  readonly timeout?: number | undefined;
}

export type ConnectingEndpoint = TcpConnecting | UnixConnecting;

const DEFAULT_TIMEOUT = 10_000;

/** For people: `tcp example.org:8080`, `unix /path`. */
export function describeEndpoint(endpoint: ConnectingEndpoint): string {
  if (endpoint.type === 'unix') return `unix ${endpoint.path}`;
  const { host, port } = endpoint;
  return `tcp ${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function tlsOptions(tls: TlsConnecting): Promise<ConnectionOptions> {
  const { hostname } = tls;
  const { options } = await readTlsFiles(tls);
  return {
    ...options,
    // An address may be checked against the certificate, but must not be sent as the server's name.
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(hostname, certificate),
  };
}

async function dial(endpoint: ConnectingEndpoint): Promise<{ socket: Socket; ready: string }> {
  if (endpoint.type === 'unix') {
    checkUnixPath(endpoint.path);
    return { socket: connect({ path: endpoint.path }), ready: 'connect' };
  }
  const { host, port, version } = endpoint;
  const address = { host, port, ...(version === undefined ? {} : { family: version }) };
  const plain = { ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };
  if (endpoint.tls === undefined) return { socket: connect(plain), ready: 'connect' };
  return { socket: connectTls({ ...plain, ...(await tlsOptions(endpoint.tls)) }), ready: 'secureConnect' };
}

function timedOut(what: string): EndpointError {
  return new EndpointError(`${what}: the other side did not answer in time (ETIMEDOUT)`, { code: 'ETIMEDOUT' });
}

function hungUp(what: string): EndpointError {
  return new EndpointError(`${what}: the other side closed the connection (ECONNRESET)`, { code: 'ECONNRESET' });
}

/**
 * Connects to an endpoint, TLS included; the server's certificate is always checked. The socket has
 * an error handler.
 * @throws EndpointError one sentence naming the endpoint; `signal.reason` where `signal` was aborted
 */
export async function connectEndpoint(
  endpoint: ConnectingEndpoint,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Socket> {
  signal?.throwIfAborted();
  const { socket, ready } = await dial(endpoint);
  const what = `cannot connect to ${describeEndpoint(endpoint)}`;
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => {
      finish(timedOut(what));
    }, endpoint.timeout ?? DEFAULT_TIMEOUT);
    const aborted = (): void => finish(signal?.reason);
    const failed = (error: Error): void => finish(endpointError(what, error));
    const ended = (): void => finish(hungUp(what));
    function finish(error?: unknown): void {
      timer.cancel();
      signal?.removeEventListener('abort', aborted);
      socket.removeListener('error', failed);
      socket.removeListener('close', ended);
      socket.on('error', () => {});
      if (error === undefined) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(error);
    }
    socket.once('error', failed);
    socket.once('close', ended);
    socket.once(ready, () => finish());
    signal?.addEventListener('abort', aborted, { once: true });
    if (signal?.aborted) aborted();
  });
}
