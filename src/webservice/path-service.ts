import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeRequest } from '../transports/websocket-handshake.ts';

/** What serves the requests under one path of a web transport. */
export interface PathService {
  /**
   * Answers one request.
   *
   * @param rest what follows the service's own path, as decoded segments: `[]` for `/docs`, `['']` for
   *   `/docs/`, `['a b', 'c']` for `/docs/a%20b/c`. A segment may hold any character, `/` and NUL included.
   * @throws what it throws becomes a 500 and a line in the log; the text is not shown to the client
   */
  handle(request: IncomingMessage, response: ServerResponse, rest: readonly string[]): void | Promise<void>;
  /** Takes over a socket that asks for an upgrade. Where it is absent, such requests are refused with 400. */
  upgrade?(request: UpgradeRequest, socket: Duplex, head: Buffer, rest: readonly string[]): void;
}
