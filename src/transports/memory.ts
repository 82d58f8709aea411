import type { Accept, Connection, Receiver } from '../session/connection.ts';
import { LENGTH_FRAMING } from '../session/length-framing.ts';
import type { Log } from '../wamp/log.ts';
import { bareDetails, type TransportDetails } from '../wamp/transport-details.ts';

/** What a pair of connections inside the process looks like. */
export interface MemoryOptions {
  /** The subprotocol: `wamp.2.msgpack`, `wamp.2.cbor` … */
  readonly protocol: string;
  /** Who is on the other side, for either: `process:<pid>`. */
  readonly peer: string;
  readonly log: Log;
  /** Runs a function in a later turn; `setImmediate` but in tests. */
  readonly schedule?: (run: () => void) => void;
}

/** Writes up to this size are copied, so that the writer has its buffer back at once; larger ones are kept. */
const COPY_UP_TO = 16 * 1024;

const HEADER_LENGTH = LENGTH_FRAMING.maxHeader;

/** @throws RangeError where `frames` is not one or more whole frames: a fault of the writer, not of a peer */
function checkFrames(frames: Buffer): void {
  let at = 0;
  while (at + HEADER_LENGTH <= frames.length) at += HEADER_LENGTH + frames.readUInt32BE(at);
  if (at !== frames.length) throw new RangeError('a memory connection takes whole frames only');
}

class MemoryConnection implements Connection {
  readonly details: TransportDetails;
  readonly framing = LENGTH_FRAMING;
  readonly maxSend = Number.POSITIVE_INFINITY;
  readonly #wake: () => void;
  readonly #log: Log;
  #receiver: Receiver | null = null;
  #open = true;
  #paused = false;
  #out: Buffer[] = [];
  #pending = 0;

  constructor(details: TransportDetails, log: Log, wake: () => void) {
    this.details = details;
    this.#log = log;
    this.#wake = wake;
  }

  seat(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  get pending(): number {
    return this.#pending;
  }

  /** Whether it was closed, and all that it wrote before has been delivered. */
  get finished(): boolean {
    return !this.#open && this.#pending === 0;
  }

  write(frames: Buffer): boolean {
    if (!this.#open) return true;
    checkFrames(frames);
    const copied = frames.length <= COPY_UP_TO;
    this.#out.push(copied ? Buffer.from(frames) : frames);
    this.#pending += frames.length;
    this.#wake();
    return copied;
  }

  pause(): void {
    this.#paused = this.#open;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#wake();
  }

  /** Whether what the other side wrote is to be left with it. */
  get paused(): boolean {
    return this.#paused;
  }

  close(): void {
    this.#open = false;
    this.#paused = false;
    this.#wake();
  }

  destroy(): void {
    this.#out = [];
    this.#pending = 0;
    this.close();
  }

  /** Hands over what was written up to now. */
  takeOut(): readonly Buffer[] {
    const taken = this.#out;
    if (taken.length > 0) this.#out = [];
    this.#pending = 0;
    return taken;
  }

  receiveAll(writes: readonly Buffer[]): void {
    try {
      for (const frames of writes) this.#receiveFrames(frames);
    } catch (error) {
      // A fault of ours costs this one connection, as it would on a socket.
      this.#log.error('a message could not be handled', { peer: this.details.peer, error });
      this.destroy();
    }
  }

  drained(): void {
    if (this.#open) this.#receiver?.drained();
  }

  disconnect(): void {
    this.#open = false;
    const receiver = this.#receiver;
    this.#receiver = null;
    receiver?.disconnected();
  }

  #receiveFrames(frames: Buffer): void {
    let at = 0;
    while (at < frames.length && this.#open && this.#receiver !== null) {
      const start = at + HEADER_LENGTH;
      at = start + frames.readUInt32BE(at);
      if (at - start > this.#receiver.maxReceive) {
        this.#log.info('a memory connection failed', { peer: this.details.peer, reason: 'message too long' });
        this.destroy();
        return;
      }
      this.#receiver.receive(frames, start, at, false);
    }
  }
}

/** Delivers what the two sides wrote, once per turn. */
class Delivery {
  readonly #schedule: (run: () => void) => void;
  #sides: readonly [MemoryConnection, MemoryConnection] | null = null;
  #scheduled = false;

  constructor(schedule: (run: () => void) => void) {
    this.#schedule = schedule;
  }

  join(one: MemoryConnection, other: MemoryConnection): void {
    this.#sides = [one, other];
  }

  readonly wake = (): void => {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(this.#run);
  };

  readonly #run = (): void => {
    this.#scheduled = false;
    if (this.#sides === null) return;
    const [one, other] = this.#sides;
    // What is written during the delivery waits for the next turn: two sides that answer each other
    // must not keep the event loop from its sockets.
    const fromOne = other.paused ? [] : one.takeOut();
    const fromOther = one.paused ? [] : other.takeOut();
    other.receiveAll(fromOne);
    one.receiveAll(fromOther);
    if (fromOne.length > 0) one.drained();
    if (fromOther.length > 0) other.drained();
    if (!one.finished && !other.finished) return;
    this.#sides = null;
    one.disconnect();
    other.disconnect();
  };
}

/**
 * Two connections inside the process, linked to each other: what one side writes, the other's
 * receiver gets in a later turn, in order. For components, dynamic authenticators, the router's own
 * procedures, bridges and tests; a session cannot tell it from a socket.
 *
 * - Messages larger than the receiver's `maxReceive` end the connection, as on a socket.
 * - `close` delivers what was written before it; `destroy` does not. Either side's `disconnected` is
 *   called once, in a later turn.
 * - `pending` counts what the other side has not been given yet.
 *
 * @example
 * const { client } = memoryPair(
 *   { protocol: 'wamp.2.cbor', peer: 'process:4711', log },
 *   (connection, protocol) => router.accept(connection, protocol),
 *   (connection) => new ClientSession(connection),
 * );
 */
export function memoryPair(
  options: MemoryOptions,
  acceptServer: Accept,
  acceptClient: Accept,
): { server: Connection; client: Connection } {
  const { protocol, peer, log, schedule } = options;
  const details = bareDetails({ type: 'memory', secure: false, peer, protocol });
  const delivery = new Delivery(schedule ?? setImmediate);
  const server = new MemoryConnection(details, log, delivery.wake);
  const client = new MemoryConnection(details, log, delivery.wake);
  delivery.join(server, client);
  server.seat(acceptServer(server, protocol));
  client.seat(acceptClient(client, protocol));
  return { server, client };
}
