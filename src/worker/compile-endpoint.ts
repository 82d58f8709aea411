import { resolve } from 'node:path';
import type { EndpointConfig } from '../config/schema-endpoint.ts';
import type { Listener, ListeningEndpoint } from '../transports/endpoint.ts';

/**
 * An endpoint with its paths made absolute: they are relative to the node directory.
 * @param alpnProtocols what is spoken inside of TLS, where that has a name
 */
export function compileEndpoint(
  config: EndpointConfig,
  cbdir: string,
  alpnProtocols?: readonly string[],
): ListeningEndpoint {
  const at = (path: string): string => resolve(cbdir, path);
  if (config.type === 'unix') return { type: 'unix', path: at(config.path), backlog: config.backlog };
  const { tls } = config;
  return {
    type: 'tcp',
    version: config.version,
    port: config.port ?? config.portrange ?? 0,
    interface: config.interface,
    backlog: config.backlog,
    shared: config.shared,
    userTimeout: config.user_timeout,
    tls:
      tls === undefined
        ? undefined
        : {
            key: at(tls.key),
            certificate: at(tls.certificate),
            chainCertificates: tls.chain_certificates?.map(at),
            dhparam: tls.dhparam === undefined ? undefined : at(tls.dhparam),
            ciphers: tls.ciphers,
            caCertificates: tls.ca_certificates?.map(at),
            clientCertificates: tls.client_certificates,
            minVersion: tls.min_version,
            maxVersion: tls.max_version,
            alpnProtocols,
          },
  };
}

/** A URL that can be pasted into a client on this machine; on Unix sockets `ws+unix:///path/of/socket:/ws`. */
export function addressOf(scheme: string, path: string, listener: Listener, endpoint: EndpointConfig): string {
  const tls = endpoint.type === 'tcp' && endpoint.tls !== undefined ? 's' : '';
  if (endpoint.type === 'unix')
    return `${scheme}+${listener.address.replace(' ', '://')}${path === '' ? '' : `:${path}`}`;
  const host = endpoint.interface ?? (endpoint.version === 6 ? '::1' : '127.0.0.1');
  return `${scheme}${tls}://${host.includes(':') ? `[${host}]` : host}:${listener.port}${path}`;
}

/** [RFC 7301] What browsers call the protocol that WebSocket begins with. */
export const HTTP_ALPN = ['http/1.1'];
