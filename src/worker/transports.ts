import type { EndpointConfig } from '../config/schema-endpoint.ts';
import type { TransportConfig } from '../config/schema-transport.ts';
import { type Listener, listen } from '../transports/endpoint.ts';
import { addressOf, compileEndpoint, HTTP_ALPN } from './compile-endpoint.ts';
import { type Site, siteOf, type TransportPorts } from './sites.ts';

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
