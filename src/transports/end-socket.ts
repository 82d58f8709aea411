import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

/**
 * Ends our side of a connection once everything is written. Where the peer's has ended already and nothing waits,
 * the connection is closed at once, which tells the peer as much and saves a system call and a turn; TLS has words of
 * its own for the end [RFC 8446, 6.1].
 */
export function endSocket(socket: Duplex): void {
  if (socket.readableEnded && socket.writableLength === 0 && !(socket instanceof TLSSocket)) {
    socket.destroy();
    return;
  }
  socket.end();
  // Else its end would never be seen.
  socket.resume();
}
