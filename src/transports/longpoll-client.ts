import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as TlsAgent } from 'node:https';
import type { Accept, Connection, Receiver } from '../session/connection.ts';
import { LENGTH_FRAMING } from '../session/length-framing.ts';
import type { Clock } from '../wamp/clock.ts';
import { bareDetails, type TransportDetails } from '../wamp/transport-details.ts';
import { EndpointError, endpointError } from './endpoint-error.ts';

export interface LongPollClientOptions {
  /** The base of the transport, above `/open`: `http://host:port/path` or `https://…`. */
  readonly url: string;
  /** The subprotocols to offer, the most wanted first. */
  readonly protocols: readonly string[];
  /** Milliseconds until the transport is open. */
  readonly connectTimeout: number;
  readonly clock: Clock;
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const FAILED: Answer = { status: 0, body: Buffer.alloc(0) };
/** 202 by the specification, 204 by Autobahn and Crossbar. */
const WITHOUT_CONTENT: ReadonlySet<number> = new Set([202, 204]);
/** An `/open` is answered by two short strings. */
const LONGEST_OPENING = 4 * 1024;

/**
 * Opens a transport over HTTP requests. `accept` is called before the promise resolves. [WAMP: HTTP Longpoll Transport]
 * @throws EndpointError where the server cannot be reached, or opens none
 */
export async function connectLongPoll(options: LongPollClientOptions, accept: Accept): Promise<Connection> {
  const { url, protocols, clock, connectTimeout } = options;
  const base = url.replace(/\/$/, '');
  const posts = new Posts(base);
  const timer = clock.setTimer(() => posts.end(), connectTimeout);
  try {
    const { transport, protocol } = await open(posts, protocols);
    const connection = new LongPollClient(posts, `/${encodeURIComponent(transport)}`, detailsOf(base, protocol));
    connection.start(accept(connection, protocol));
    return connection;
  } catch (cause) {
    posts.end();
    throw endpointError(`cannot open a long-poll transport at ${base}`, cause);
  } finally {
    timer.cancel();
  }
}

async function open(posts: Posts, protocols: readonly string[]): Promise<{ transport: string; protocol: string }> {
  const { status, body } = await posts.post('/open', Buffer.from(JSON.stringify({ protocols })), LONGEST_OPENING);
  const refuse = (why: string): never => {
    throw new EndpointError(`the server opens no long-poll transport: ${why}`, { code: 'EHANDSHAKE' });
  };
  if (status !== 200) refuse(`it answered ${status}`);
  const { transport, protocol } = openingOf(body);
  if (typeof transport !== 'string' || typeof protocol !== 'string') return refuse('it names no transport');
  if (!protocols.includes(protocol)) return refuse('it chose a subprotocol that was not offered');
  return { transport, protocol };
}

function openingOf(body: Buffer): { readonly transport?: unknown; readonly protocol?: unknown } {
  try {
    const opening: unknown = JSON.parse(body.toString());
    return typeof opening === 'object' && opening !== null ? opening : {};
  } catch {
    return {};
  }
}

function detailsOf(base: string, protocol: string): TransportDetails {
  const { hostname, port, protocol: scheme } = new URL(base);
  const secure = scheme === 'https:';
  return bareDetails({ type: 'longpoll', secure, peer: `tcp4:${hostname}:${port}`, protocol });
}

/** Requests to one server, on connections that are kept. */
class Posts {
  readonly #base: string;
  readonly #agent: Agent;
  readonly #request: typeof httpRequest;

  constructor(base: string) {
    this.#base = base;
    const secure = base.startsWith('https:');
    this.#agent = secure ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
    this.#request = secure ? httpsRequest : httpRequest;
  }

  /** Rejects where the connection ends before the answer does, or its body is longer than `limit`. */
  post(path: string, body: Buffer | null, limit: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', agent: this.#agent, headers: { 'Content-Length': body?.length ?? 0 } };
      const request = this.#request(`${this.#base}${path}`, options, (response) => {
        readAnswer(response, limit).then(resolve, (reason) => {
          request.destroy();
          reject(reason);
        });
      });
      request.once('error', reject);
      request.end(body ?? undefined);
    });
  }

  /** Ends all requests that are under way. */
  end(): void {
    this.#agent.destroy();
  }
}

async function readAnswer(response: IncomingMessage, limit: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw new EndpointError('the answer is too long', { code: 'EMSGSIZE' });
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks) };
}

/** The client's end of a long-poll transport: sends one message after another, and polls. */
export class LongPollClient implements Connection {
  readonly details: TransportDetails;
  readonly framing = LENGTH_FRAMING;
  readonly maxSend = Number.POSITIVE_INFINITY;
  readonly #posts: Posts;
  readonly #path: string;
  #receiver: Receiver | null = null;
  #open = true;
  #closing = false;
  #sending = false;
  #queue: Buffer[] = [];
  #pending = 0;

  constructor(posts: Posts, path: string, details: TransportDetails) {
    this.#posts = posts;
    this.#path = path;
    this.details = details;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    if (this.#open) void this.#receive(receiver);
    else this.#disconnect();
  }

  get pending(): number {
    return this.#pending;
  }

  write(frames: Buffer): boolean {
    if (!this.#open || this.#closing) return true;
    const bytes = Buffer.from(frames);
    for (let at = 0; at < bytes.length; ) {
      const start = at + LENGTH_FRAMING.maxHeader;
      at = start + bytes.readUInt32BE(at);
      this.#queue.push(bytes.subarray(start, at));
    }
    this.#pending += bytes.length;
    void this.#send();
    return true;
  }

  /** What the router has is fetched all the same: one message waits in an answer, the rest at the router. */
  pause(): void {}

  resume(): void {}

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    void this.#send();
  }

  /** Drops what waits. The router is told, since nothing else tells it: an HTTP connection that ends is no end. */
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
      const { status } = await this.#post('send', message, LONGEST_OPENING);
      this.#pending -= message.length + LENGTH_FRAMING.maxHeader;
      if (!WITHOUT_CONTENT.has(status)) this.#disconnect();
    }
    if (this.#closing && this.#open) {
      await this.#post('close', null, LONGEST_OPENING);
      this.#disconnect();
    }
    this.#sending = false;
  }

  async #receive(receiver: Receiver): Promise<void> {
    while (this.#open) {
      const { status, body } = await this.#post('receive', null, receiver.maxReceive);
      if (!this.#open) return;
      if (status === 200) receiver.receive(body, 0, body.length, false);
      else if (!WITHOUT_CONTENT.has(status)) this.#disconnect();
    }
  }

  #post(verb: string, body: Buffer | null, limit: number): Promise<Answer> {
    return this.#posts.post(`${this.#path}/${verb}`, body, limit).catch(() => FAILED);
  }

  #disconnect(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#pending = 0;
    this.#posts.end();
    this.#receiver?.disconnected();
  }
}
