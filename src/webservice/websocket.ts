import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeRequest } from '../transports/websocket-handshake.ts';
import type { PathService } from './path-service.ts';
import { allowsOnlyReading, replyError, replyPage } from './reply.ts';

/** Who takes the sockets: a WebSocket listener of `transports/`. */
export interface UpgradeHandler {
  handleUpgrade(request: UpgradeRequest, socket: Duplex, head: Buffer): void;
}

export interface WebSocketPathOptions {
  /** A page for people who open the address in a browser; without it they get 426. Crossbar: `enable_webstatus`. Default: true. */
  readonly statusPage?: boolean;
}

/** The path of a WebSocket endpoint, and all below it, as Crossbar's. */
export class WebSocketPath implements PathService {
  readonly #handler: UpgradeHandler;
  readonly #statusPage: boolean;

  constructor(handler: UpgradeHandler, options: WebSocketPathOptions = {}) {
    this.#handler = handler;
    this.#statusPage = options.statusPage !== false;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (!allowsOnlyReading(request, response)) return;
    if (this.#statusPage) {
      replyPage(
        response,
        200,
        'A WAMP endpoint',
        '<p>This address speaks WAMP over WebSocket: it is for applications. It works; there is nothing here to look at.</p>',
      );
      return;
    }
    // [RFC 9110 15.5.22] 426 must name the protocol.
    response.setHeader('Upgrade', 'websocket');
    response.setHeader('Connection', 'Upgrade, close');
    replyError(response, 426, 'This address speaks WAMP over WebSocket only.');
  }

  upgrade(request: UpgradeRequest, socket: Duplex, head: Buffer): void {
    this.#handler.handleUpgrade(request, socket, head);
  }
}
