import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Connection, Receiver } from '../../src/session/connection.ts';
import { LENGTH_FRAMING } from '../../src/session/length-framing.ts';
import type { TransportDetails } from '../../src/wamp/transport-details.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** One HTTP request, on a connection of its own unless there is an `agent`. Rejects where the connection ends before the answer does. */
export function ask(
  url: string,
  body: Buffer | string | null,
  options: { agent?: Agent; headers?: Record<string, string>; method?: string; signal?: AbortSignal } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
      response.once('error', reject);
    });
    request.once('error', reject);
    request.end(body ?? undefined);
  });
}

/** Opens a transport; its id. */
export async function openTransport(base: string, protocol = 'wamp.2.msgpack'): Promise<string> {
  const { status, body } = await ask(`${base}/open`, JSON.stringify({ protocols: [protocol] }));
  if (status !== 200) throw new Error(`/open: ${status} ${body.toString()}`);
  return (JSON.parse(body.toString()) as { transport: string }).transport;
}

/** The client's end of an unbatched long-poll transport: sends one message after another, and polls. */
export class LongPollClient implements Connection {
  readonly details: TransportDetails;
  readonly framing = LENGTH_FRAMING;
  readonly maxSend = Number.POSITIVE_INFINITY;
  readonly #base: string;
  readonly #agent = new Agent({ keepAlive: true });
  #receiver: Receiver | null = null;
  #open = true;
  #closing = false;
  #sending = false;
  #queue: Buffer[] = [];
  #pending = 0;

  constructor(base: string, details: TransportDetails) {
    this.#base = base;
    this.details = details;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    if (this.#open) void this.#receive();
    else this.#disconnect();
  }

  get pending(): number {
    return this.#pending;
  }

  write(frames: Buffer): boolean {
    if (!this.#open || this.#closing) return true;
    const bytes = Buffer.from(frames);
    for (let at = 0; at < bytes.length; ) {
      const start = at + 4;
      at = start + bytes.readUInt32BE(at);
      this.#queue.push(bytes.subarray(start, at));
    }
    this.#pending += bytes.length;
    void this.#send();
    return true;
  }

  pause(): void {}

  resume(): void {}

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    void this.#send();
  }

  destroy(): void {
    this.#queue = [];
    this.#pending = 0;
    this.close();
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    // Not within the call that wrote.
    await null;
    for (let message = this.#queue.shift(); message !== undefined && this.#open; message = this.#queue.shift()) {
      const { status } = await ask(`${this.#base}/send`, message, { agent: this.#agent }).catch(() => FAILED);
      this.#pending -= message.length + 4;
      if (status !== 204) this.#disconnect();
    }
    if (this.#closing && this.#open) {
      await ask(`${this.#base}/close`, null, { agent: this.#agent }).catch(() => FAILED);
      this.#disconnect();
    }
    this.#sending = false;
  }

  async #receive(): Promise<void> {
    while (this.#open) {
      const { status, body } = await ask(`${this.#base}/receive`, null, { agent: this.#agent }).catch(() => FAILED);
      if (!this.#open) return;
      if (status === 200) this.#receiver?.receive(body, 0, body.length, false);
      else if (status !== 204) this.#disconnect();
    }
  }

  #disconnect(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#pending = 0;
    this.#agent.destroy();
    this.#receiver?.disconnected();
  }
}

const FAILED: Answer = { status: 0, headers: {}, body: Buffer.alloc(0) };
