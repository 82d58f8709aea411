import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { CookieJar } from '../auth/cookie-jar.ts';
import type { AuthPolicy } from '../auth/policy.ts';
import type { AuthConfig } from '../config/schema-auth.ts';
import type { CookieConfig } from '../config/schema-cookie.ts';
import type {
  RawSocketConfig,
  TransportConfig,
  UniversalTransportConfig,
  WebConfig,
  WebSocketTransportConfig,
} from '../config/schema-transport.ts';
import type { WebSocketOptionsConfig } from '../config/schema-websocket-options.ts';
import { DEFAULT_SERIALIZERS, formatProtocol, protocolNames, wireIds } from '../serializers/protocols.ts';
import type { FormatId } from '../serializers/serializer.ts';
import type { Accept } from '../session/connection.ts';
import type { Duplicate } from '../transports/acceptors.ts';
import { LongPollListener } from '../transports/longpoll.ts';
import { RAWSOCKET_DEFAULTS, RawSocketListener } from '../transports/rawsocket.ts';
import { UniversalListener } from '../transports/universal.ts';
import { WebSocketListener } from '../transports/websocket.ts';
import type { Clock } from '../wamp/clock.ts';
import type { Limits } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import { HttpServer } from '../webservice/http-server.ts';
import type { PathService } from '../webservice/path-service.ts';
import { SocketPaths } from '../webservice/socket-paths.ts';
import { WebSocketPath } from '../webservice/websocket.ts';
import { longPollLimits, type SessionBoundsConfig, socketLimits } from './compile-limits.ts';
import { compileLongPollOptions } from './compile-longpoll.ts';
import { compileWebSocketOptions } from './compile-websocket.ts';
import type { Door, DoorConfig } from './session-host.ts';
import { compileWebPaths, type LongPollPathConfig } from './web-paths.ts';

/** Whoever knows the id of a long-poll transport may use it. */
const TRANSPORT_ID_BYTES = 18;

export interface TransportPorts {
  /** The policy of a transport's `auth`. */
  readonly policyOf: (auth: AuthConfig | undefined) => AuthPolicy;
  /** The cookies of a transport with this `cookie` and this `auth`. */
  readonly cookiesOf: (cookie: CookieConfig, auth: AuthConfig | undefined, log: Log) => CookieJar;
  /** Where the connections of a transport come in. */
  readonly door: (config: DoorConfig) => Door;
  readonly clock: Clock;
  readonly log: Log;
  /** As `ListenPorts` has it. */
  readonly duplicate?: Duplicate | undefined;
  readonly cbdir: string;
  readonly node: string;
  readonly worker: string;
  readonly startedAt: Date;
}

/** What takes the sockets of a transport. */
export interface Site {
  take(socket: Socket): void;
  /** Addresses by scheme and path: `['ws', '/ws']`. */
  readonly addresses: readonly (readonly [scheme: string, path: string])[];
  close(): Promise<void>;
}

/** Bounds per address, of any transport. */
type AddressConfig = Pick<WebSocketOptionsConfig, 'max_failed_logins' | 'trusted_proxies'>;

interface EntranceConfig {
  readonly options: AddressConfig;
  readonly serializers: readonly FormatId[];
  readonly auth?: AuthConfig;
  readonly cookie?: CookieConfig;
}

interface WampListenerConfig extends EntranceConfig {
  readonly options: AddressConfig & SessionBoundsConfig;
}

/** Where the connections of a listener come in; what a serializer's name on the wire means there is settled here. */
function doorOf(config: EntranceConfig, limits: Limits, ports: TransportPorts): Door {
  const { options, serializers, auth, cookie } = config;
  const cookies = cookie === undefined ? null : ports.cookiesOf(cookie, auth, ports.log);
  const { accept, greet, admit } = ports.door({
    policy: ports.policyOf(auth),
    limits,
    cookies,
    addresses: { maxFailedLogins: options.max_failed_logins, trustedProxies: options.trusted_proxies ?? null },
  });
  const settled =
    (accept: Accept): Accept =>
    (connection, protocol) =>
      accept(connection, formatProtocol(protocol, serializers));
  if (greet === null) return { accept: settled(accept), greet, admit };
  return {
    accept: settled(accept),
    admit,
    greet: (arrival) => {
      const greeting = greet(arrival);
      return { ...greeting, accept: settled(greeting.accept) };
    },
  };
}

type WebSocketConfig = WampListenerConfig & { readonly options: WebSocketOptionsConfig };

function webSocketListener(config: WebSocketConfig, ports: TransportPorts): WebSocketListener {
  const { accept, greet, admit } = doorOf(config, socketLimits(config.options), ports);
  return new WebSocketListener(compileWebSocketOptions(config.options), {
    protocols: protocolNames(config.serializers),
    accept,
    ...(greet !== null && { greet }),
    admit,
    clock: ports.clock,
    log: ports.log,
  });
}

function longPollListener(config: LongPollPathConfig, ports: TransportPorts): LongPollListener {
  const entrance = { ...config, serializers: DEFAULT_SERIALIZERS };
  const { accept, greet, admit } = doorOf(entrance, longPollLimits(config), ports);
  return new LongPollListener(compileLongPollOptions(config), {
    protocols: protocolNames(DEFAULT_SERIALIZERS),
    accept,
    ...(greet !== null && { greet }),
    origins: { allowedOrigins: config.options.allowed_origins, allowNullOrigin: true },
    admit,
    newId: () => randomBytes(TRANSPORT_ID_BYTES).toString('base64url'),
    clock: ports.clock,
    log: ports.log,
  });
}

/** What an HTTP site is made of while its configuration is read. */
class HttpParts {
  readonly #ports: TransportPorts;
  readonly #listeners: { close(): Promise<void> }[] = [];
  readonly #timeouts: number[] = [];
  readonly addresses: (readonly [scheme: string, path: string])[] = [];

  constructor(ports: TransportPorts) {
    this.#ports = ports;
  }

  webSocket(config: WebSocketConfig, path: string): WebSocketListener {
    const listener = webSocketListener(config, this.#ports);
    this.#listeners.push(listener);
    this.#timeouts.push(config.options.open_handshake_timeout);
    this.addresses.push(['ws', path]);
    return listener;
  }

  /** The tree of a web site's paths. */
  web({ paths }: WebConfig): PathService {
    this.addresses.push(['http', '/']);
    return compileWebPaths(paths, '/', {
      ...this.#ports,
      webSocket: (service, path) => this.webSocket(service, path),
      longPoll: (service, path) => {
        const listener = longPollListener(service, this.#ports);
        this.#listeners.push(listener);
        this.addresses.push(['http', path]);
        return listener;
      },
    });
  }

  /** @param options of the web site; null where there is none */
  site(root: PathService, options: WebConfig['options'] | null): Site {
    const given =
      options === null
        ? {}
        : {
            accessLog: options.access_log,
            hstsMaxAge: options.hsts ? options.hsts_max_age : null,
            ...(options.client_timeout !== null && { clientTimeout: options.client_timeout * 1000 }),
          };
    const { clock, log } = this.#ports;
    const server = new HttpServer(root, { ...given, ...requestTimeoutOf(this.#timeouts) }, clock, log);
    return {
      take: (socket) => server.accept(socket),
      addresses: this.addresses,
      close: async () => {
        await Promise.all([server.close(), ...this.#listeners.map((listener) => listener.close())]);
      },
    };
  }
}

function webSite(config: WebConfig, ports: TransportPorts): Site {
  const parts = new HttpParts(ports);
  return parts.site(parts.web(config), config.options);
}

/** `open_handshake_timeout`: a request has to arrive before it is known which path it asks for, so the shortest one holds for all. 0: the HTTP server's own. */
function requestTimeoutOf(timeouts: readonly number[]): { requestTimeout?: number } {
  const given = timeouts.filter((timeout) => timeout > 0);
  return given.length === 0 ? {} : { requestTimeout: Math.min(...given) };
}

function webSocketSite(config: WebSocketTransportConfig, ports: TransportPorts): Site {
  const parts = new HttpParts(ports);
  const listener = parts.webSocket(config, config.url === undefined ? '/' : new URL(config.url).pathname);
  return parts.site(new WebSocketPath(listener, { statusPage: config.options.enable_webstatus }), null);
}

function rawSocketSite(config: RawSocketConfig, ports: TransportPorts): Site {
  const { options, serializers } = config;
  const { accept, admit } = doorOf(config, socketLimits(options), ports);
  const listener = new RawSocketListener(
    { ...RAWSOCKET_DEFAULTS, serializers: new Set(wireIds(serializers)), maxMessageSize: options.max_message_size },
    {
      accept,
      admit,
      clock: ports.clock,
      log: ports.log,
    },
  );
  return {
    take: (socket) => listener.handleSocket(socket),
    addresses: [['rs', '']],
    close: () => listener.close(),
  };
}

function universalSite({ rawsocket, websocket, web }: UniversalTransportConfig, ports: TransportPorts): Site {
  const rawSocket = rawsocket === undefined ? null : rawSocketSite(rawsocket, ports);
  const http = websocket === undefined && web === undefined ? null : universalHttp(websocket ?? {}, web ?? null, ports);
  const sites = [rawSocket, http].filter((site) => site !== null);
  const listener = new UniversalListener({
    rawSocket: rawSocket === null ? null : (socket) => rawSocket.take(socket),
    http: http === null ? null : (socket) => http.take(socket),
    clock: ports.clock,
    log: ports.log,
  });
  return {
    take: (socket) => listener.handleSocket(socket),
    addresses: sites.flatMap(({ addresses }) => addresses),
    close: async () => {
      listener.close();
      await Promise.all(sites.map((site) => site.close()));
    },
  };
}

function universalHttp(
  sockets: NonNullable<UniversalTransportConfig['websocket']>,
  web: WebConfig | null,
  ports: TransportPorts,
): Site {
  const parts = new HttpParts(ports);
  const services = new Map<string, PathService>();
  for (const [path, config] of Object.entries(sockets)) {
    const listener = parts.webSocket(config, path === '/' ? path : `/${path}`);
    services.set(path, new WebSocketPath(listener, { statusPage: config.options.enable_webstatus }));
  }
  return parts.site(new SocketPaths(services, web === null ? null : parts.web(web)), web?.options ?? null);
}

/** What takes the sockets of a transport. @throws TypeError where its authentication cannot be used */
export function siteOf(config: TransportConfig, ports: TransportPorts): Site {
  switch (config.type) {
    case 'web':
      return webSite(config, ports);
    case 'websocket':
      return webSocketSite(config, ports);
    case 'rawsocket':
      return rawSocketSite(config, ports);
    case 'universal':
      return universalSite(config, ports);
  }
}
