import type { CloseReason, Connection, Receiver } from '../session/connection.ts';
import { LENGTH_FRAMING } from '../session/length-framing.ts';
import type { Clock, Timer } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import type { TransportDetails } from '../wamp/transport-details.ts';
import { Uploads } from './longpoll-uploads.ts';

/** Times are milliseconds. */
export interface LongPollOptions {
  /** How long a `/receive` waits for a message. Crossbar: `request_timeout`, without effect there. */
  readonly requestTimeout: number;
  /** How long a client may be without a `/receive` that waits. Crossbar: `session_timeout`. */
  readonly sessionTimeout: number;
  /** What may wait for a client, beside one message. Crossbar: `queue_limit_bytes`, `queue_limit_messages`, without effect there. */
  readonly queueLimitBytes: number;
  readonly queueLimitMessages: number;
  /** How long a closed transport waits for the client to fetch what is left. */
  readonly closeTimeout: number;
}

/** A `/receive` that waits. Exactly one of these is called, once. */
export interface Poll {
  /** @param done called once: whether the bytes went */
  messages(bytes: Buffer, done: (went: boolean) => void): void;
  /** There is nothing, and the client may ask again. */
  nothing(): void;
  /** The transport is gone. */
  gone(): void;
}

export interface LongPollPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Called once, when nothing can be done with it any more. */
  readonly onEnd: () => void;
  /** Runs a function in a later turn; `setImmediate` but in tests. */
  readonly schedule: (run: () => void) => void;
}

/** How messages look on a connection. */
export interface LongPollProtocol {
  /** Whether one body holds all messages that wait. */
  readonly batched: boolean;
  /** Whether they are text. */
  readonly text: boolean;
  /** The media type of a body. */
  readonly mediaType: string;
}

const HEADER_LENGTH = LENGTH_FRAMING.maxHeader;
/** Messages up to this size are copied out of the writer's buffer; a write with larger ones keeps it. */
const COPY_UP_TO = 16 * 1024;

/**
 * One session over HTTP requests: what is written waits for a `/receive`, one of which waits for what is written.
 * [WAMP: HTTP Longpoll Transport]
 */
export class LongPollConnection implements Connection {
  readonly details: TransportDetails;
  readonly framing = LENGTH_FRAMING;
  readonly maxSend = Number.POSITIVE_INFINITY;
  readonly uploads: Uploads;
  readonly #options: LongPollOptions;
  readonly #protocol: LongPollProtocol;
  readonly #ports: LongPollPorts;
  #receiver: Receiver | null = null;
  #state: 'open' | 'closing' | 'ended' = 'open';
  #closeReason: CloseReason | null = null;
  #queue: Buffer[] = [];
  #queued = 0;
  /** Bytes of the answer under way. */
  #inFlight = 0;
  #answering = false;
  #poll: Poll | null = null;
  #pollTimer: Timer | null = null;
  /** While no `/receive` waits: when the client counts as gone. While it closes: when it is over. */
  #deadline: Timer | null = null;

  constructor(details: TransportDetails, protocol: LongPollProtocol, options: LongPollOptions, ports: LongPollPorts) {
    this.details = details;
    this.#protocol = protocol;
    this.#options = options;
    this.#ports = ports;
    this.uploads = new Uploads({
      limit: () => this.#receiver?.maxReceive ?? 0,
      deliver: (bytes) => this.#deliver(bytes),
    });
    this.#awaitPoll();
  }

  /** Whoever sits on it; comes once, in the turn in which it was made. */
  seat(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  get mediaType(): string {
    return this.#protocol.mediaType;
  }

  /** Why it was closed on this side, or null. */
  get closeReason(): CloseReason | null {
    return this.#closeReason;
  }

  /** Whether an answer with messages is on its way to the client. */
  get isAnswering(): boolean {
    return this.#answering;
  }

  get pending(): number {
    return this.#queued + this.#inFlight;
  }

  write(frames: Buffer): boolean {
    if (this.#state !== 'open') return true;
    const copied = frames.length <= COPY_UP_TO;
    const bytes = copied ? Buffer.from(frames) : frames;
    for (let at = 0; at < bytes.length; ) {
      const start = at + HEADER_LENGTH;
      at = start + bytes.readUInt32BE(at);
      this.#queue.push(bytes.subarray(start, at));
      this.#queued += at - start;
    }
    this.#answer();
    this.#bound();
    return copied;
  }

  pause(): void {
    this.uploads.pause();
  }

  resume(): void {
    if (this.#state === 'open') this.uploads.resume();
  }

  close(reason: CloseReason): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#closeReason = reason;
    this.uploads.end();
    this.#deadline?.cancel();
    this.#deadline = this.#ports.clock.setTimer(() => this.destroy(), this.#options.closeTimeout);
    this.#answer();
  }

  destroy(): void {
    if (this.#state === 'ended') return;
    const poll = this.#takePoll();
    this.#end();
    poll?.gone();
  }

  // What the client's requests do.

  /** A `/receive`: the last one counts, another that waits is sent home. Returns what to do when its client leaves. */
  poll(poll: Poll): () => void {
    if (this.#state === 'ended') {
      poll.gone();
      return () => {};
    }
    this.#takePoll()?.nothing();
    this.#poll = poll;
    if (this.#state === 'open') {
      this.#deadline?.cancel();
      this.#deadline = null;
    }
    this.#pollTimer = this.#ports.clock.setTimer(() => {
      this.#takePoll();
      this.#awaitPoll();
      poll.nothing();
    }, this.#options.requestTimeout);
    this.#answer();
    return () => {
      if (this.#poll !== poll) return;
      this.#takePoll();
      this.#awaitPoll();
    };
  }

  /** A `/close`: what waits is dropped. */
  leave(): void {
    const poll = this.#takePoll();
    this.#end();
    poll?.nothing();
  }

  /** What the client sent cannot be taken. */
  fail(reason: string): void {
    this.#ports.log.info('a long-poll transport failed', { peer: this.details.peer, reason });
    this.destroy();
  }

  // Its own workings.

  #deliver(bytes: Buffer): boolean {
    if (this.#state !== 'open' || this.#receiver === null) return false;
    try {
      this.#receiver.receive(bytes, 0, bytes.length, this.#protocol.text);
    } catch (error) {
      // A fault of ours costs this one connection.
      this.#ports.log.error('a message could not be handled', { peer: this.details.peer, error });
      this.destroy();
    }
    return true;
  }

  /** Answers the `/receive` that waits with what waits for it. One answer at a time: what did not go comes again, in order. */
  #answer(): void {
    if (this.#poll === null || this.#answering) return;
    if (this.#queue.length === 0) {
      if (this.#state === 'closing') this.destroy();
      return;
    }
    const poll = this.#takePoll();
    const taken = this.#queue.splice(0, this.#protocol.batched ? this.#queue.length : 1);
    const bytes = taken.length === 1 && taken[0] !== undefined ? taken[0] : Buffer.concat(taken);
    this.#queued -= bytes.length;
    this.#inFlight = bytes.length;
    this.#answering = true;
    poll?.messages(bytes, (went) => this.#answered(taken, went));
  }

  #answered(taken: readonly Buffer[], went: boolean): void {
    const size = this.#inFlight;
    this.#inFlight = 0;
    this.#answering = false;
    if (this.#state === 'ended') return;
    if (!went) {
      this.#queue.unshift(...taken);
      this.#queued += size;
    }
    if (this.#poll === null) this.#awaitPoll();
    else this.#answer();
    if (went && this.pending === 0) this.#receiver?.drained();
  }

  /** A client that fetches too little is let go, as one whose socket takes too little is. One message may be as large as it is. */
  #bound(): void {
    const beside = this.#queued - (this.#queue.at(-1)?.length ?? 0);
    const { queueLimitBytes, queueLimitMessages } = this.#options;
    if (this.#queue.length <= queueLimitMessages && beside <= queueLimitBytes) return;
    this.#ports.log.warn('a client was too slow and is disconnected', {
      peer: this.details.peer,
      reason: 'more waits for it than the queue of its long-poll transport holds',
    });
    this.destroy();
  }

  #takePoll(): Poll | null {
    const poll = this.#poll;
    this.#poll = null;
    this.#pollTimer?.cancel();
    this.#pollTimer = null;
    return poll;
  }

  #awaitPoll(): void {
    if (this.#state !== 'open') return;
    this.#deadline?.cancel();
    this.#deadline = this.#ports.clock.setTimer(
      () => this.fail('no request to receive came in time'),
      this.#options.sessionTimeout,
    );
  }

  #end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#deadline?.cancel();
    this.#deadline = null;
    this.#queue = [];
    this.#queued = 0;
    this.uploads.end();
    this.#ports.onEnd();
    // Not within a call of the receiver's own.
    this.#ports.schedule(() => {
      const receiver = this.#receiver;
      this.#receiver = null;
      receiver?.disconnected();
    });
  }
}
