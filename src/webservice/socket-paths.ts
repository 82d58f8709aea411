import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeRequest } from '../transports/websocket-handshake.ts';
import { NotFound } from './not-found.ts';
import type { PathService } from './path-service.ts';
import { refuseUpgrade } from './reply.ts';

/**
 * The paths of a universal transport: WebSocket by the first segment, whatever follows it, before everything else.
 * Crossbar: `universal`, where `/` is the path without segments, and no fallback.
 */
export class SocketPaths implements PathService {
  readonly #sockets: ReadonlyMap<string, PathService>;
  readonly #web: PathService;

  /** @param sockets by path: one segment, or `/` */
  constructor(sockets: ReadonlyMap<string, PathService>, web: PathService | null) {
    this.#sockets = sockets;
    this.#web = web ?? new NotFound();
  }

  handle(request: IncomingMessage, response: ServerResponse, rest: readonly string[]): void | Promise<void> {
    const socket = this.#socketOf(rest);
    return socket === undefined
      ? this.#web.handle(request, response, rest)
      : socket.handle(request, response, rest.slice(1));
  }

  upgrade(request: UpgradeRequest, socket: Duplex, head: Buffer, rest: readonly string[]): void {
    const service = this.#socketOf(rest);
    if (service?.upgrade !== undefined) service.upgrade(request, socket, head, rest.slice(1));
    else if (this.#web.upgrade !== undefined) this.#web.upgrade(request, socket, head, rest);
    else refuseUpgrade(socket, 400, 'This path does not speak WebSocket.');
  }

  #socketOf([first = '']: readonly string[]): PathService | undefined {
    // No segment can be `/` by way of an encoded slash.
    if (first === '/') return undefined;
    return this.#sockets.get(first === '' ? '/' : first);
  }
}
