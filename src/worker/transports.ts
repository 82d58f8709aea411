import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { CookieJar } from '../auth/cookie-jar.ts';
import type { AuthPolicy } from '../auth/policy.ts';
import type { AuthConfig } from '../config/schema-auth.ts';
import type { CookieConfig } from '../config/schema-cookie.ts';
import type { EndpointConfig } from '../config/schema-endpoint.ts';
import type {
  RawSocketTransportConfig,
  TransportConfig,
  WebSocketTransportConfig,
  WebTransportConfig,
} from '../config/schema-transport.ts';
import type { WebSocketOptionsConfig } from '../config/schema-websocket-options.ts';
import { DEFAULT_SERIALIZERS, formatProtocol, protocolNames, wireIds } from '../serializers/protocols.ts';
import type { FormatId } from '../serializers/serializer.ts';
import type { Accept } from '../session/connection.ts';
import { type Listener, listen } from '../transports/endpoint.ts';
import { LongPollListener } from '../transports/longpoll.ts';
import { RAWSOCKET_DEFAULTS, RawSocketListener } from '../transports/rawsocket.ts';
import { WebSocketListener } from '../transports/websocket.ts';
import type { Clock } from '../wamp/clock.ts';
import { LIMITS, type Limits } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import { HttpServer } from '../webservice/http-server.ts';
import { WebSocketPath } from '../webservice/websocket.ts';
import { addressOf, compileEndpoint, HTTP_ALPN } from './compile-endpoint.ts';
import { compileLongPollOptions, longPollLimits } from './compile-longpoll.ts';
import { compileWebSocketOptions } from './compile-websocket.ts';
import type { Door } from './session-host.ts';
import { compileWebPaths, type LongPollPathConfig } from './web-paths.ts';

/** Whoever knows the id of a long-poll transport may use it. */
const TRANSPORT_ID_BYTES = 18;

export interface TransportPorts {
  /** The policy of a transport's `auth`. */
  readonly policyOf: (auth: AuthConfig | undefined) => AuthPolicy;
  /** The cookies of a transport with this `cookie` and this `auth`. */
  readonly cookiesOf: (cookie: CookieConfig, auth: AuthConfig | undefined, log: Log) => CookieJar;
  /** What sits on the connections of a transport with this policy, these limits and these cookies. */
  readonly door: (policy: AuthPolicy, limits: Limits, cookies: CookieJar | null) => Door;
  /** Whether one more connection may wait for its WELCOME. */
  readonly admit: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly cbdir: string;
  readonly node: string;
  readonly worker: string;
  readonly startedAt: Date;
}

/** What takes the sockets of a transport. */
interface Site {
  take(socket: Socket): void;
  /** Addresses by scheme and path: `['ws', '/ws']`. */
  readonly addresses: readonly (readonly [scheme: string, path: string])[];
  close(): Promise<void>;
}

/** A transport that listens. */
export class RunningTransport {
  readonly #site: Site;
  readonly #listener: Listener;
  /** Where clients reach it: `ws://127.0.0.1:8080/ws`. */
  readonly addresses: readonly string[];
  readonly port: number | null;

  constructor(site: Site, listener: Listener, endpoint: EndpointConfig) {
    this.#site = site;
    this.#listener = listener;
    this.port = listener.port;
    this.addresses = site.addresses.map(([scheme, path]) => addressOf(scheme, path, listener, endpoint));
  }

  /** Reads the files of TLS anew, for connections to come. */
  async reload(): Promise<void> {
    await this.#listener.reload();
  }

  /** Takes no more connections; those that there are stay. */
  stopListening(): Promise<void> {
    return this.#listener.close();
  }

  /** Ends what is left of its connections. */
  close(): Promise<void> {
    return this.#site.close();
  }
}

function limitsOf(options: { login_timeout: number; max_outbox_size: number }): Limits {
  return { ...LIMITS, loginTimeout: options.login_timeout, outbox: options.max_outbox_size };
}

interface DoorConfig {
  readonly serializers: readonly FormatId[];
  readonly auth?: AuthConfig;
  readonly cookie?: CookieConfig;
}

interface WampListenerConfig extends DoorConfig {
  readonly options: { readonly login_timeout: number; readonly max_outbox_size: number };
}

/** Where the connections of a listener come in; what a serializer's name on the wire means there is settled here. */
function doorOf({ serializers, auth, cookie }: DoorConfig, limits: Limits, ports: TransportPorts): Door {
  const cookies = cookie === undefined ? null : ports.cookiesOf(cookie, auth, ports.log);
  const { accept, greet } = ports.door(ports.policyOf(auth), limits, cookies);
  const settled =
    (accept: Accept): Accept =>
    (connection, protocol) =>
      accept(connection, formatProtocol(protocol, serializers));
  if (greet === null) return { accept: settled(accept), greet };
  return {
    accept: settled(accept),
    greet: (arrival) => {
      const greeting = greet(arrival);
      return { ...greeting, accept: settled(greeting.accept) };
    },
  };
}

function webSocketListener(
  config: WampListenerConfig & { readonly options: WebSocketOptionsConfig },
  ports: TransportPorts,
): WebSocketListener {
  const { accept, greet } = doorOf(config, limitsOf(config.options), ports);
  return new WebSocketListener(compileWebSocketOptions(config.options), {
    protocols: protocolNames(config.serializers),
    accept,
    ...(greet !== null && { greet }),
    admit: ports.admit,
    clock: ports.clock,
    log: ports.log,
  });
}

function longPollListener(config: LongPollPathConfig, ports: TransportPorts): LongPollListener {
  const { accept, greet } = doorOf({ ...config, serializers: DEFAULT_SERIALIZERS }, longPollLimits(config), ports);
  return new LongPollListener(compileLongPollOptions(config), {
    protocols: protocolNames(DEFAULT_SERIALIZERS),
    accept,
    ...(greet !== null && { greet }),
    origins: { allowedOrigins: config.options.allowed_origins, allowNullOrigin: true },
    admit: ports.admit,
    newId: () => randomBytes(TRANSPORT_ID_BYTES).toString('base64url'),
    clock: ports.clock,
    log: ports.log,
  });
}

function webSite(config: WebTransportConfig, ports: TransportPorts): Site {
  const listeners: { close(): Promise<void> }[] = [];
  const addresses: [string, string][] = [['http', '/']];
  const timeouts: number[] = [];
  const tree = compileWebPaths(config.paths, '/', {
    ...ports,
    webSocket(service, path) {
      const listener = webSocketListener(service, ports);
      listeners.push(listener);
      addresses.push(['ws', path]);
      timeouts.push(service.options.open_handshake_timeout);
      return listener;
    },
    longPoll(service, path) {
      const listener = longPollListener(service, ports);
      listeners.push(listener);
      addresses.push(['http', path]);
      return listener;
    },
  });
  const { access_log, hsts, hsts_max_age, client_timeout } = config.options;
  const options = {
    accessLog: access_log,
    hstsMaxAge: hsts ? hsts_max_age : null,
    ...(client_timeout !== null && { clientTimeout: client_timeout * 1000 }),
    ...requestTimeoutOf(timeouts),
  };
  const server = new HttpServer(tree, options, ports.clock, ports.log);
  return {
    take: (socket) => server.accept(socket),
    addresses,
    close: async () => {
      await Promise.all([server.close(), ...listeners.map((listener) => listener.close())]);
    },
  };
}

/** `open_handshake_timeout`: a request has to arrive before it is known which path it asks for, so the shortest one holds for all. 0: the HTTP server's own. */
function requestTimeoutOf(timeouts: readonly number[]): { requestTimeout?: number } {
  const given = timeouts.filter((timeout) => timeout > 0);
  return given.length === 0 ? {} : { requestTimeout: Math.min(...given) };
}

function webSocketSite(config: WebSocketTransportConfig, ports: TransportPorts): Site {
  const listener = webSocketListener(config, ports);
  const path = new WebSocketPath(listener, { statusPage: config.options.enable_webstatus });
  const options = requestTimeoutOf([config.options.open_handshake_timeout]);
  const server = new HttpServer(path, options, ports.clock, ports.log);
  return {
    take: (socket) => server.accept(socket),
    addresses: [['ws', config.url === undefined ? '/' : new URL(config.url).pathname]],
    close: async () => {
      await Promise.all([server.close(), listener.close()]);
    },
  };
}

function rawSocketSite(config: RawSocketTransportConfig, ports: TransportPorts): Site {
  const { options, serializers } = config;
  const listener = new RawSocketListener(
    { ...RAWSOCKET_DEFAULTS, serializers: new Set(wireIds(serializers)), maxMessageSize: options.max_message_size },
    {
      accept: doorOf(config, limitsOf(options), ports).accept,
      admit: ports.admit,
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

function siteOf(config: TransportConfig, ports: TransportPorts): Site {
  switch (config.type) {
    case 'web':
      return webSite(config, ports);
    case 'websocket':
      return webSocketSite(config, ports);
    case 'rawsocket':
      return rawSocketSite(config, ports);
  }
}

/** A transport made ready; it listens when `listen` is called. */
export interface PreparedTransport {
  listen(): Promise<RunningTransport>;
}

/** @throws TypeError where its authentication cannot be used */
export function prepareTransport(config: TransportConfig, ports: TransportPorts): PreparedTransport {
  const own = { ...ports, log: ports.log.with({ transport: config.id }) };
  const site = siteOf(config, own);
  return {
    async listen() {
      const alpn = config.type === 'rawsocket' ? undefined : HTTP_ALPN;
      const endpoint = compileEndpoint(config.endpoint, ports.cbdir, alpn);
      const listener = await listen(endpoint, (socket) => site.take(socket), own);
      return new RunningTransport(site, listener, config.endpoint);
    },
  };
}
