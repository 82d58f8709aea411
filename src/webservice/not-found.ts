import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeRequest } from '../transports/websocket-handshake.ts';
import type { PathService } from './path-service.ts';
import { allowsOnlyReading, refuseUpgrade, replyNotFound } from './reply.ts';

/** Where nothing is configured: 404 with a page. Unlike Crossbar's, it names no directory and no peer. */
export class NotFound implements PathService {
  handle(request: IncomingMessage, response: ServerResponse): void {
    if (allowsOnlyReading(request, response)) replyNotFound(response);
  }

  upgrade(_request: UpgradeRequest, socket: Duplex): void {
    refuseUpgrade(socket, 404, 'Nothing is here.');
  }
}
