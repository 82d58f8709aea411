import type { CookieConfig } from '../config/schema-cookie.ts';
import type { EndpointConfig } from '../config/schema-endpoint.ts';
import type { RealmConfig } from '../config/schema-realm.ts';
import type { TransportConfig } from '../config/schema-transport.ts';
import type { WebPathConfig, WebPathsConfig } from '../config/schema-web-path.ts';
import type { RouterWorkerConfig } from '../config/schema-worker.ts';

/** Nobody but this machine, on a port that nobody has, and without TLS. */
const ENDPOINT: EndpointConfig = { type: 'tcp', version: 4, interface: '127.0.0.1', port: 0, shared: false };

/**
 * The same router beside the one that may be running: it listens at free ports of this machine alone, without TLS,
 * and what it keeps is in memory.
 */
export function rehearsalOf(config: RouterWorkerConfig): RouterWorkerConfig {
  return { ...config, realms: config.realms.map(inMemory), transports: config.transports.map(moved) };
}

function inMemory(realm: RealmConfig): RealmConfig {
  const { store, ...rest } = realm;
  if (store === undefined) return realm;
  const { limit, 'event-history': events, 'call-queue': calls } = store;
  const kept = { type: 'memory', limit, 'event-history': events } as const;
  return { ...rest, store: calls === undefined ? kept : { ...kept, 'call-queue': calls } };
}

function moved(transport: TransportConfig): TransportConfig {
  switch (transport.type) {
    case 'web':
      return { ...transport, endpoint: ENDPOINT, paths: pathsOf(transport.paths) };
    case 'websocket':
      return { ...forgetful(transport), endpoint: ENDPOINT };
    case 'rawsocket':
      return { ...transport, endpoint: ENDPOINT };
    case 'universal': {
      const { websocket, web } = transport;
      return {
        ...transport,
        endpoint: ENDPOINT,
        ...(websocket !== undefined && { websocket: mapped(websocket, forgetful) }),
        ...(web !== undefined && { web: { ...web, paths: pathsOf(web.paths) } }),
      };
    }
  }
}

function pathsOf(paths: WebPathsConfig): WebPathsConfig {
  return mapped(paths, servicesOf);
}

function servicesOf(service: WebPathConfig): WebPathConfig {
  if (service.type === 'path') return { ...service, paths: pathsOf(service.paths) };
  return service.type === 'websocket' || service.type === 'longpoll' ? forgetful(service) : service;
}

function forgetful<Config extends { readonly cookie?: CookieConfig }>(config: Config): Config {
  const { cookie } = config;
  return cookie === undefined ? config : { ...config, cookie: { ...cookie, store: { type: 'memory' } } };
}

function mapped<From, To>(from: Readonly<Record<string, From>>, change: (from: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(from).map(([key, member]) => [key, change(member)]));
}
