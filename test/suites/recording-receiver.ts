import { setImmediate as turn } from 'node:timers/promises';
import type { Connection, Receiver } from '../../src/session/connection.ts';

/** Remembers what a transport tells its receiver, and fails on what it must not tell. */
export class RecordingReceiver implements Receiver {
  maxReceive: number;
  readonly messages: Buffer[] = [];
  drains = 0;
  disconnects = 0;
  /** Runs after each message was recorded. */
  onMessage: (message: Buffer) => void = () => {};
  readonly #waiting = new Set<() => void>();

  constructor(maxReceive: number) {
    this.maxReceive = maxReceive;
  }

  receive(bytes: Buffer, start: number, end: number): void {
    if (this.disconnects > 0) throw new Error('a message after the disconnection');
    const message = Buffer.from(bytes.subarray(start, end));
    this.messages.push(message);
    try {
      this.onMessage(message);
    } finally {
      this.#changed();
    }
  }

  drained(): void {
    if (this.disconnects > 0) throw new Error('drained after the disconnection');
    this.drains++;
    this.#changed();
  }

  disconnected(): void {
    this.disconnects++;
    this.#changed();
  }

  /** Resolves as soon as something told makes `condition` true. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  #changed(): void {
    for (const check of [...this.#waiting]) check();
  }
}

/** Messages in the frames of a connection, as a session would write them. */
export function framed({ framing }: Connection, messages: readonly Buffer[]): Buffer {
  const size = messages.reduce((sum, { length }) => sum + framing.headerLength(length) + length, 0);
  const out = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const message of messages) {
    framing.writeHeader(out, at, message.length);
    at += framing.headerLength(message.length);
    at += message.copy(out, at);
  }
  return out;
}

/** Lets the event loop go round a few times. */
export async function turns(count: number): Promise<void> {
  for (let at = 0; at < count; at++) await turn();
}
