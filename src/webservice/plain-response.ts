import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * A response for a request that came as an upgrade and is answered as if it had not asked.
 * [RFC 9110 7.8] A server may ignore Upgrade; Java's HTTP client offers `h2c` with every plain request.
 * Node has let go of the socket by then: what its server does for a response is done here. The connection
 * ends with the answer, for nobody reads what follows.
 */
export function plainResponse(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(request.socket);
  socket.on('drain', () => response.emit('drain'));
  socket.once('timeout', () => socket.destroy());
  response.once('finish', () => socket.end(() => socket.destroy()));
  return response;
}
