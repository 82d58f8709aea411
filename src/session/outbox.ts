import type { Traffic } from '../router/traffic.ts';
import { type Payload, payloadFor } from '../serializers/payload.ts';
import type { Clock, Timer } from '../wamp/clock.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import type { Limits } from '../wamp/limits.ts';
import { type Backlog, Lag, type Laggard } from './backlog.ts';
import type { Connection } from './connection.ts';
import type { Flusher } from './flusher.ts';
import type { FrameChain } from './frame-chain.ts';
import type { Wire } from './wire.ts';

/** Size of a pooled output buffer; larger messages get one of their own. */
const POOLED = 16 * 1024;
/** How many output buffers wait in the pool at most. */
const POOL_SIZE = 256;
/** What the slowest client takes, in bytes per millisecond: of a long write, the connection only tells when all of it went. */
const SLOWEST = 64;
/** A shared frame up to this size is copied into an open output buffer instead of queued beside it. */
const COPY_UP_TO = 4096;

/** An output buffer, with the view through which short payloads are copied into it. */
interface Page {
  readonly bytes: Buffer;
  readonly view: DataView;
}

const pool: Page[] = [];

function newPage(size: number): Page {
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, size) };
}

function takePage(size: number): Page {
  return size > POOLED ? newPage(size) : (pool.pop() ?? newPage(POOLED));
}

function giveBack(page: Page): void {
  if (page.bytes.length === POOLED && pool.length < POOL_SIZE) pool.push(page);
}

export interface OutboxPorts {
  readonly flusher: Flusher;
  readonly clock: Clock;
  readonly limits: Pick<Limits, 'outbox' | 'outboxStall'>;
  /** Counts what is sent; left out: nobody does. */
  readonly traffic?: Traffic;
  /** Bounds what waits for all together; left out: nothing does. */
  readonly backlog?: Backlog;
  /**
   * The peer does not take what it is sent: more than `limits.outbox` waits beside the longest message,
   * nothing went for `limits.outboxStall` (and the time that this message takes at 64 KB/s), or too much waits
   * for all together and most of it for this one. Called once; nothing is written afterwards.
   */
  readonly onOverflow: (reason: string) => void;
}

/**
 * What waits to be sent on one connection. Messages are written straight into a pooled buffer, or
 * queued as frames that others share; all go out in one write at the end of the turn. Bounded in
 * bytes and in time, because a client that does not read must not cost the router its memory.
 */
export class Outbox implements Laggard {
  /** Changes once at most: when a batching JSON client shows which separator it uses. */
  wire: Wire;
  readonly #connection: Connection;
  readonly #ports: OutboxPorts;
  readonly #traffic: Traffic | undefined;
  #page: Page | null = null;
  #used = 0;
  #queue: FrameChain | null = null;
  #dirty = false;
  #closed = false;
  #stalled: Timer | null = null;
  /** What the connection has been handed since it took everything last; null: nothing waits below. */
  #lag: Lag | null = null;
  /** Bytes handed to the connection so far. */
  #written = 0;
  /** The longest message since nothing waited: one that is allowed must not count as too much. */
  #longest = 0;

  constructor(connection: Connection, wire: Wire, ports: OutboxPorts) {
    this.#connection = connection;
    this.wire = wire;
    this.#ports = ports;
    this.#traffic = ports.traffic;
  }

  /** Bytes that wait here and below. */
  get pending(): number {
    return this.#waiting + this.#connection.pending;
  }

  held(): Iterable<ArrayBufferLike> {
    return this.#lag?.memory(this.#written - this.#connection.pending) ?? [];
  }

  /** Bytes that wait here. */
  get #waiting(): number {
    return this.#used + (this.#queue === null ? 0 : this.#queue.size);
  }

  /** Writes one message. Returns false where it is larger than the peer takes: then nothing was written. */
  send(code: number, first: number, second: number, dict: Dict, text: string | null, payload: Payload | null): boolean {
    if (this.#closed) return true;
    const { wire } = this;
    const { serializer } = wire;
    const encodedDict = dict === EMPTY ? null : serializer.encode(dict);
    const own = payload === null || payload.count === 0 ? null : payloadFor(payload, serializer);
    const { bytes, view } = this.#room(wire.overhead + serializer.bound(encodedDict, text, own));
    const written = wire.writeAt(bytes, this.#used, code, first, second, encodedDict, text, own, view);
    if (written.length > Math.min(this.#connection.maxSend, wire.framing.maxMessage)) {
      // Nobody counts what an open buffer could hold: one that was made for this message alone goes.
      if (this.#used === 0) this.#page = null;
      return false;
    }
    if (written.length > this.#longest) this.#longest = written.length;
    this.#used = written.end;
    this.#traffic?.count(written.length);
    this.#mark();
    return true;
  }

  /** Queues a frame that was encoded for this outbox's wire; it may be shared with other outboxes. */
  sendEncoded(frame: Buffer): boolean {
    if (this.#closed) return true;
    if (frame.length - this.wire.framing.maxHeader > this.#connection.maxSend) return false;
    if (frame.length > this.#longest) this.#longest = frame.length;
    if (this.#used > 0 && frame.length <= COPY_UP_TO) {
      const { bytes } = this.#room(frame.length);
      frame.copy(bytes, this.#used);
      this.#used += frame.length;
    } else {
      this.#seal();
      this.#enqueue(frame);
    }
    this.#traffic?.count(frame.length - this.wire.framing.headerLength(frame.length));
    this.#mark();
    return true;
  }

  /**
   * Whether a message with `size` bytes of payload would bring the peer near its end. A quarter of the
   * bound stays free for what cannot be refused. Writes out a burst first: what the peer takes at once
   * does not wait.
   */
  isCongested(size: number): boolean {
    const { outbox } = this.#ports.limits;
    if (this.#waiting > outbox / 2) this.#flushEarly();
    // Below nothing waits that is not watched: to ask costs more than all else here.
    const below = this.#stalled === null ? 0 : this.#connection.pending;
    return this.#closed || this.#waiting + below + size > 0.75 * outbox + Math.max(this.#longest, size);
  }

  /** Writes out what waits: called by the `Flusher` once per turn, and before a close. */
  flush(): void {
    this.#dirty = false;
    if (this.#closed) return;
    if (this.#queue === null) {
      const page = this.#page;
      if (page === null || this.#used === 0) return;
      this.#page = null;
      const used = this.#used;
      this.#used = 0;
      this.#written += used;
      const { bytes } = page;
      const write = this.#lasting(used === bytes.length ? bytes : bytes.subarray(0, used));
      if (this.#connection.write(write) || write.buffer !== bytes.buffer) giveBack(page);
      this.#watch(write);
    } else {
      this.#seal();
      const write = this.#lasting(this.#queue.bytes);
      this.#queue = null;
      this.#written += write.length;
      this.#connection.write(write);
      this.#watch(write);
    }
  }

  /** The connection took everything: it is not stalled. */
  drained(): void {
    this.#stalled?.cancel();
    this.#stalled = null;
    if (!this.#closed) this.#watch(null);
    else if (this.#connection.pending === 0) this.#caughtUp();
  }

  /** Too much waits for all together, and most of it for this one. */
  shed(): void {
    this.#overflow('too much waits for all clients of this worker (max_outboxes_size), and most of it for this one');
  }

  /** Nothing is written from now on, and no timer is left. What the connection has goes out. */
  close(): void {
    this.#closed = true;
    this.#page = null;
    this.#queue = null;
    this.#used = 0;
    this.#stalled?.cancel();
    this.#stalled = null;
  }

  /** The connection is gone, with all that waited in it. */
  disconnected(): void {
    this.close();
    this.#caughtUp();
  }

  /** A connection that is behind keeps what it is handed: what is little is copied, lest it keeps all of a page or pool. */
  #lasting(bytes: Buffer): Buffer {
    if (this.#lag === null || bytes.length > bytes.buffer.byteLength / 2) return bytes;
    const copy = Buffer.allocUnsafeSlow(bytes.length);
    bytes.copy(copy);
    return copy;
  }

  #room(size: number): Page {
    let page = this.#page;
    if (page === null || this.#used + size > page.bytes.length) {
      this.#seal();
      page = takePage(size);
      this.#page = page;
    }
    return page;
  }

  /** Moves what the open buffer holds to the queue. */
  #seal(): void {
    if (this.#page !== null && this.#used > 0) this.#enqueue(this.#page.bytes.subarray(0, this.#used));
    this.#page = null;
    this.#used = 0;
  }

  #enqueue(frame: Buffer): void {
    this.#queue = (this.#queue ?? this.#ports.flusher.queue).append(frame);
  }

  #mark(): void {
    if (this.#dirty) {
      if (this.#queue !== null && this.#queue.size > this.#ports.limits.outbox) this.#flushEarly();
      return;
    }
    this.#dirty = true;
    this.#ports.flusher.mark(this);
  }

  /** A burst may exceed the bound before the turn ends: what the peer takes at once is no overflow, so it is written first. */
  #flushEarly(): void {
    this.flush();
    this.#dirty = true;
  }

  /** @param write what the connection was just handed */
  #watch(write: Buffer | null): void {
    const { pending } = this.#connection;
    if (pending === 0) {
      this.#longest = 0;
      if (this.#lag !== null) this.#caughtUp();
      return;
    }
    const { limits, clock, backlog } = this.#ports;
    if (write !== null) {
      this.#lag ??= new Lag();
      this.#lag.add(write, this.#written, this.#written - pending);
      backlog?.add(this, write);
      if (this.#closed) return;
    }
    if (pending > limits.outbox + this.#longest) this.#overflow('more waits for it than the outbox holds');
    else if (this.#stalled === null) {
      const taken = this.#written - pending;
      this.#stalled = clock.setTimer(
        () => {
          this.#stalled = null;
          if (this.#written - this.#connection.pending > taken) this.#watch(null);
          else this.#overflow('it took nothing for too long');
        },
        limits.outboxStall + this.#longest / SLOWEST,
      );
    }
  }

  #caughtUp(): void {
    this.#lag?.clear();
    this.#lag = null;
    this.#ports.backlog?.remove(this);
  }

  #overflow(reason: string): void {
    this.close();
    this.#ports.onOverflow(reason);
  }
}
