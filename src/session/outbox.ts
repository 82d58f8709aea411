import type { Traffic } from '../router/traffic.ts';
import { type Payload, payloadFor } from '../serializers/payload.ts';
import type { Clock, Timer } from '../wamp/clock.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import type { Limits } from '../wamp/limits.ts';
import { type Backlog, Lag, type Laggard } from './backlog.ts';
import type { Connection } from './connection.ts';
import type { Flusher } from './flusher.ts';
import type { FrameChain } from './frame-chain.ts';
import { PAGES, type Page } from './page-pool.ts';
import type { Wire } from './wire.ts';

/** What waits in a page that is full stays there, for a write of its own, from this size on; below, it moves to a larger page. */
const WORTH_A_WRITE = 48 * 1024;
/** What the slowest client takes, in bytes per millisecond: of a long write, the connection only tells when all of it went. */
const SLOWEST = 64;
/** A shared frame up to this size is copied into an open output buffer instead of queued beside it. */
const COPY_UP_TO = 4096;

/** A page that takes no more, and how much of it is used. */
interface FullPage {
  readonly page: Page;
  readonly used: number;
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
 * What waits to be sent on one connection. Messages are written straight into a page of its own, or
 * queued as frames that others share; all go out at the end of the turn, in one write but for what fills pages.
 * Bounded in bytes and in time, because a client that does not read must not cost the router its memory.
 */
export class Outbox implements Laggard {
  /** Changes once at most: when a batching JSON client shows which separator it uses. */
  wire: Wire;
  readonly #connection: Connection;
  readonly #ports: OutboxPorts;
  readonly #traffic: Traffic | undefined;
  #page: Page | null = null;
  #used = 0;
  /** What waits before the page; null: nothing. There is a queue or this. */
  #full: FullPage[] | null = null;
  #fullBytes = 0;
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
    return this.#used + this.#fullBytes + (this.#queue === null ? 0 : this.#queue.size);
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
      // Nobody counts what an open page could hold: one that was taken for this message alone goes.
      if (this.#used === 0) this.#dropPage();
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
      if (this.#full !== null) this.#writeFull();
      const page = this.#page;
      if (page === null || this.#used === 0) return;
      this.#page = null;
      const used = this.#used;
      this.#used = 0;
      this.#writePage(page, used);
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
    this.#dropPage();
    for (const { page } of this.#full ?? []) PAGES.give(page);
    this.#full = null;
    this.#fullBytes = 0;
    this.#queue = null;
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

  #writeFull(): void {
    for (;;) {
      const full = this.#full?.shift();
      if (full === undefined) break;
      this.#fullBytes -= full.used;
      this.#writePage(full.page, full.used);
    }
    this.#full = null;
  }

  /** Writes the page, which is nobody's else, and gives it back where the connection does not keep it. */
  #writePage(page: Page, used: number): void {
    this.#written += used;
    const { bytes } = page;
    const write = this.#lasting(used === bytes.length ? bytes : bytes.subarray(0, used));
    if (this.#connection.write(write) || write.buffer !== bytes.buffer) PAGES.give(page);
    this.#watch(write);
  }

  /** A page in which `size` bytes fit behind what is used of it. */
  #room(size: number): Page {
    const page = this.#page;
    const used = this.#used;
    if (page !== null && used + size <= page.bytes.length) return page;
    const isFull = used >= WORTH_A_WRITE;
    const next = PAGES.take(isFull ? size : used + size);
    if (isFull) this.#setAside();
    else if (page !== null) {
      page.bytes.copy(next.bytes, 0, 0, used);
      PAGES.give(page);
    }
    this.#page = next;
    return next;
  }

  /** What fills the page waits for its own write, or behind what is queued. */
  #setAside(): void {
    if (this.#queue !== null) this.#seal();
    else if (this.#page !== null) {
      this.#full ??= [];
      this.#full.push({ page: this.#page, used: this.#used });
      this.#fullBytes += this.#used;
      this.#used = 0;
    }
  }

  #dropPage(): void {
    if (this.#page !== null) PAGES.give(this.#page);
    this.#page = null;
    this.#used = 0;
  }

  /** Moves what waits in pages to the queue, which keeps all of a page where what is used of it is not little. */
  #seal(): void {
    for (const { page, used } of this.#full ?? []) this.#enqueue(page.bytes.subarray(0, used));
    this.#full = null;
    this.#fullBytes = 0;
    const page = this.#page;
    if (page === null) return;
    const bytes = page.bytes.subarray(0, this.#used);
    if (this.#used > COPY_UP_TO) {
      this.#enqueue(bytes);
      this.#page = null;
      this.#used = 0;
    } else {
      if (this.#used > 0) this.#enqueue(Buffer.from(bytes));
      this.#dropPage();
    }
  }

  #enqueue(frame: Buffer): void {
    this.#queue = (this.#queue ?? this.#ports.flusher.queue).append(frame);
  }

  #mark(): void {
    if (this.#dirty) {
      if (this.#waiting - this.#used > this.#ports.limits.outbox) this.#flushEarly();
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
      if (this.#waiting === 0) this.#longest = 0;
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
