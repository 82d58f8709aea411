import type { Socket } from 'node:net';
import type { Clock } from '../wamp/clock.ts';
import { HANDSHAKE_LENGTH, MAGIC } from './rawsocket-handshake.ts';

/** Why the four octets of the other side did not come. */
export type OpeningFailure = 'it did not finish the handshake in time' | 'it does not speak RawSocket' | 'it left';

export interface OpeningPorts {
  readonly clock: Clock;
  /** Absolute, in milliseconds: octets that trickle in do not extend it. */
  readonly timeout: number;
  /** The four octets, and what came after them. */
  readonly onOctets: (octets: Buffer, rest: Buffer) => void;
  /** Called instead. The socket is the caller's to end. */
  readonly onFailure: (reason: OpeningFailure) => void;
}

/** Gathers the handshake of the other side, in however many pieces it comes; calls one of the two functions once. Returns a function that gives up without calling either. */
export function readOpening(socket: Socket, ports: OpeningPorts): () => void {
  const octets = Buffer.alloc(HANDSHAKE_LENGTH);
  let count = 0;
  const timer = ports.clock.setTimer(() => fail('it did not finish the handshake in time'), ports.timeout);
  const left = (): void => fail('it left');

  function stop(): void {
    timer.cancel();
    socket.removeListener('data', read);
    socket.removeListener('end', left);
    socket.removeListener('close', left);
  }

  function fail(reason: OpeningFailure): void {
    stop();
    ports.onFailure(reason);
  }

  function read(chunk: Buffer): void {
    const used = chunk.copy(octets, count);
    count += used;
    // Known after one octet, so that nobody who came to the wrong port waits for the deadline.
    if (octets[0] !== MAGIC) {
      fail('it does not speak RawSocket');
    } else if (count === HANDSHAKE_LENGTH) {
      stop();
      ports.onOctets(octets, chunk.subarray(used));
    }
  }

  socket.on('data', read);
  socket.on('end', left);
  socket.on('close', left);
  return stop;
}
