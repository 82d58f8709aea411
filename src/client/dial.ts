import { DEFAULT_SERIALIZERS } from '../serializers/protocols.ts';
import type { SerializerId } from '../serializers/serializer.ts';
import type { Accept } from '../session/connection.ts';
import type { ConnectingEndpoint, TlsConnecting } from '../transports/endpoint-connect.ts';
import { connectRawSocket } from '../transports/rawsocket-client.ts';
import { connectWebSocket } from '../transports/websocket-client.ts';
import type { Clock } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import type { ClientCookies } from './client-auth.ts';
import { parseRouterUrl, type RawSocketAddress, type WebSocketAddress } from './router-url.ts';

/** A serializer, or its batching form, which only WebSocket has. */
export type SerializerName = SerializerId | `${SerializerId}.batched`;

/** Where to connect to, and how. */
export interface DialOptions {
  /**
   * `ws://host:port/path`, `wss://…`, `ws+unix:///socket:/path` (WebSocket), `rs://host:port`, `rss://…`,
   * `rs+unix:///socket` (RawSocket).
   */
  readonly url: string;
  /** What to offer, the most wanted first; RawSocket takes the first that does not batch. Default: `['cbor', 'msgpack', 'ubjson', 'json']`. */
  readonly serializers?: readonly SerializerName[];
  /** Further headers of the WebSocket request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For `wss` and `rss`: whom to trust (default: the well-known authorities), and the client's own certificate; paths of PEM files. */
  readonly tls?: Pick<TlsConnecting, 'caCertificates' | 'certificate' | 'chainCertificates' | 'key'>;
  /** Milliseconds until the connection stands, TLS included; default 10 000. */
  readonly connectTimeout?: number;
  /** Cookies of the WebSocket request, and where those go that the router gives. */
  readonly cookies?: ClientCookies;
  /** Ends the attempt. */
  readonly signal?: AbortSignal;
}

export interface DialPorts {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Connects to a router's URL; `accept` is called before the promise resolves.
 * @throws RangeError where `url` or `serializers` cannot be used; EndpointError where the connection cannot be made;
 *   `signal.reason` where it was aborted
 */
export async function dial(options: DialOptions, ports: DialPorts, accept: Accept): Promise<void> {
  const address = parseRouterUrl(options.url);
  const serializers = options.serializers ?? DEFAULT_SERIALIZERS;
  if (serializers.length === 0) throw new RangeError('"serializers" names none');
  if (address.transport === 'websocket') await dialWebSocket(address, serializers, options, ports, accept);
  else await dialRawSocket(address, serializers, options, ports, accept);
}

async function dialWebSocket(
  { url, socketPath }: WebSocketAddress,
  serializers: readonly SerializerName[],
  { headers: more, cookies, tls, connectTimeout, signal }: DialOptions,
  ports: DialPorts,
  accept: Accept,
): Promise<void> {
  const protocols = serializers.map((name) => `wamp.2.${name}`);
  const cookie = cookies?.header() ?? null;
  const headers = cookie === null ? more : { ...more, Cookie: cookie };
  const onCookies = cookies && ((setCookies: readonly string[]) => cookies.take(setCookies));
  const given = { headers, onCookies, tls, connectTimeout, signal, socketPath: socketPath ?? undefined };
  await connectWebSocket({ url, protocols, ...ports, ...withoutUndefined(given) }, accept);
}

async function dialRawSocket(
  address: RawSocketAddress,
  serializers: readonly SerializerName[],
  options: DialOptions,
  ports: DialPorts,
  accept: Accept,
): Promise<void> {
  const serializer = serializers.find(isPlain);
  if (serializer === undefined) throw new RangeError('RawSocket has no batching: "serializers" must name a plain one');
  const endpoint = rawSocketEndpoint(address, options);
  await connectRawSocket({ endpoint, serializer, ...ports, ...withoutUndefined({ signal: options.signal }) }, accept);
}

function isPlain(name: SerializerName): name is SerializerId {
  return !name.endsWith('.batched');
}

function rawSocketEndpoint(address: RawSocketAddress, { tls, connectTimeout }: DialOptions): ConnectingEndpoint {
  if ('socketPath' in address) return { type: 'unix', path: address.socketPath, timeout: connectTimeout };
  const { host, port, secure } = address;
  return { type: 'tcp', host, port, timeout: connectTimeout, tls: secure ? { ...tls, hostname: host } : undefined };
}

/** Options that may be left out, but not be undefined. */
function withoutUndefined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
