import type { Duplex } from 'node:stream';

/** Whose first words wait for the end of this turn of the event loop. */
let waiting: Duplex[] = [];

/**
 * Writes the answer to a handshake at the end of this turn, with those of other connections: written one by one, each
 * may find the other end of its connection, or the network card, asleep again, and pay for waking it.
 * What is written to the socket meanwhile goes out behind it.
 */
export function writeAtTurnEnd(socket: Duplex, answer: string | Buffer): void {
  socket.cork();
  socket.write(answer);
  if (waiting.push(socket) === 1) setImmediate(release);
}

function release(): void {
  const sockets = waiting;
  waiting = [];
  for (const socket of sockets) socket.uncork();
}
