import type { TesteeWorkerConfig } from '../config/schema-worker.ts';
import { type Listener, listen } from '../transports/endpoint.ts';
import { WebSocketListener } from '../transports/websocket.ts';
import { acceptTestee, TESTEE_OPTIONS } from '../transports/websocket-testee.ts';
import type { Log } from '../wamp/log.ts';
import { SYSTEM_CLOCK } from '../wamp/system-clock.ts';
import { HttpServer } from '../webservice/http-server.ts';
import { WebSocketPath } from '../webservice/websocket.ts';
import { addressOf, compileEndpoint, HTTP_ALPN } from './compile-endpoint.ts';
import { compileWebSocketOptions } from './compile-websocket.ts';

/** A WebSocket echo, for the Autobahn|Testsuite. Crossbar: worker type `websocket-testee`. */
export class TesteeWorker {
  readonly #listener: Listener;
  readonly #http: HttpServer;
  readonly #webSocket: WebSocketListener;
  readonly addresses: readonly string[];

  private constructor(config: TesteeWorkerConfig, listener: Listener, http: HttpServer, webSocket: WebSocketListener) {
    this.#listener = listener;
    this.#http = http;
    this.#webSocket = webSocket;
    this.addresses = [addressOf('ws', '/', listener, config.transport.endpoint)];
  }

  /** @throws Error one sentence: what could not be started, and why */
  static async start(config: TesteeWorkerConfig, cbdir: string, log: Log): Promise<TesteeWorker> {
    const { transport } = config;
    const options = { ...compileWebSocketOptions(transport.options), ...TESTEE_OPTIONS };
    const webSocket = new WebSocketListener(options, { protocols: [], accept: acceptTestee, clock: SYSTEM_CLOCK, log });
    const path = new WebSocketPath(webSocket, { statusPage: transport.options.enable_webstatus });
    const http = new HttpServer(path, {}, SYSTEM_CLOCK, log);
    const endpoint = compileEndpoint(transport.endpoint, cbdir, HTTP_ALPN);
    const listener = await listen(endpoint, (socket) => http.accept(socket), { clock: SYSTEM_CLOCK, log });
    return new TesteeWorker(config, listener, http, webSocket);
  }

  /** Reads the files of TLS anew. */
  async reload(): Promise<void> {
    await this.#listener.reload();
  }

  async stop(): Promise<void> {
    await this.#listener.close();
    await Promise.all([this.#http.close(), this.#webSocket.close()]);
  }
}
