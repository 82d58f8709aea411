import type { Authorization, PendingAuthorization } from '../authorization/authorizer.ts';
import type { Message } from '../serializers/message.ts';
import { LIMITS, type Limits } from '../wamp/limits.ts';
import type { Connection } from './connection.ts';

export interface InboxPorts {
  readonly connection: Pick<Connection, 'pause' | 'resume'>;
  readonly limits: Limits;
  /** Goes on with a message whose authorization has been decided. */
  readonly proceed: (message: Message, authorization: Authorization) => void;
  /** Takes a message that had to wait for its turn; it may be the next to wait for a decision. */
  readonly read: (bytes: Buffer, start: number, end: number) => void;
  /** More came than may wait, in spite of everything. */
  readonly onOverflow: () => void;
}

/**
 * The order of one session's messages while somebody decides about one of them: that one, and behind it,
 * as bytes, whatever came since. Other sessions notice nothing.
 *
 * At `limits.inbox` or `limits.inboxMessages` the connection is told to leave the client waiting. What was
 * read before that still fits in: one message, or one batch.
 */
export class Inbox {
  readonly #ports: InboxPorts;
  #awaited: PendingAuthorization | null = null;
  /** Bytes of the message whose decision is awaited. */
  #held = 0;
  #queue: Buffer[] = [];
  /** How many of the queue have been taken. */
  #taken = 0;
  #bytes = 0;
  #draining = false;
  #paused = false;

  constructor(ports: InboxPorts) {
    this.#ports = ports;
  }

  /** Whether what comes now has to be given to `push`. */
  get waits(): boolean {
    return this.#awaited !== null;
  }

  /** @param size of the message as it came, in bytes */
  hold(message: Message, size: number, pending: PendingAuthorization): void {
    const held = message.copy();
    this.#awaited = pending;
    this.#held = size;
    this.#weigh();
    void pending.decision.then((authorization) => {
      if (this.#awaited !== pending) return;
      this.#awaited = null;
      this.#ports.proceed(held, authorization);
      this.#drain();
    });
  }

  push(bytes: Buffer, start: number, end: number): void {
    // The transport reads its next bytes into the same buffer.
    this.#queue.push(Buffer.from(bytes.subarray(start, end)));
    this.#bytes += end - start;
    const { limits } = this.#ports;
    const count = this.#queue.length - this.#taken;
    if (this.#bytes > limits.inbox + limits.message || count > limits.inboxMessages + LIMITS.batch) {
      this.#ports.onOverflow();
      return;
    }
    this.#weigh();
  }

  /** Gives up the decision, and has what waits taken: the session is no longer one that does anything with it. */
  release(): void {
    const awaited = this.#awaited;
    this.#awaited = null;
    awaited?.cancel();
    this.#drain();
  }

  #drain(): void {
    this.#held = 0;
    if (this.#draining) return;
    this.#draining = true;
    while (this.#awaited === null && this.#taken < this.#queue.length) {
      const bytes = this.#queue[this.#taken++] as Buffer;
      this.#bytes -= bytes.length;
      this.#ports.read(bytes, 0, bytes.length);
    }
    this.#draining = false;
    if (this.#taken > this.#queue.length / 2) {
      this.#queue = this.#queue.slice(this.#taken);
      this.#taken = 0;
    }
    this.#weigh();
  }

  /** Leaves the client waiting, or lets it go on at half of what may wait. */
  #weigh(): void {
    const { limits, connection } = this.#ports;
    const share = Math.max(
      (this.#held + this.#bytes) / limits.inbox,
      (this.#queue.length - this.#taken) / limits.inboxMessages,
    );
    if (!this.#paused && share >= 1) {
      this.#paused = true;
      connection.pause();
    } else if (this.#paused && share < 0.5) {
      this.#paused = false;
      connection.resume();
    }
  }
}
