/** Clients that say just what a test says, in JSON, over each transport: written without the router's own client. */
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import WebSocket from 'ws';
import type { WireMessage } from '../support/scripted-peer.ts';
import { ask } from '../transports/longpoll-client.ts';

const PROTOCOL = 'wamp.2.json';

/** What a client shows in a TLS handshake, in PEM. */
export interface PeerTls {
  readonly ca: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Where a client connects to. */
export type Address =
  | { readonly type: 'websocket' | 'rawsocket'; readonly port: number; readonly tls?: PeerTls }
  | { readonly type: 'unix'; readonly path: string }
  | { readonly type: 'longpoll'; readonly base: string };

export abstract class Peer {
  /** `name=value` of the cookie that came with the connection, where one did. */
  cookie: string | null = null;
  /** By which a WebSocket was closed. */
  closeCode: number | null = null;
  #inbox: WireMessage[] = [];
  #ended = false;
  #wake = (): void => {};

  say(...message: WireMessage): void {
    this.sayText(JSON.stringify(message));
  }

  abstract sayText(text: string): void;

  /** Ends the connection without a word. */
  abstract cut(): void;

  /** The next message; null where the router ended the connection without another. */
  async hear(): Promise<WireMessage | null> {
    while (this.#inbox.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#inbox.shift() ?? null;
  }

  protected took(text: string): void {
    this.#inbox.push(JSON.parse(text));
    this.#wake();
  }

  protected ended(): void {
    this.#ended = true;
    this.#wake();
  }

  protected cookieOf(headers: IncomingHttpHeaders): void {
    this.cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? null;
  }
}

/** @param cookie what the browser has from before */
export function connectPeer(address: Address, cookie: string | null = null): Promise<Peer> {
  if (address.type === 'websocket') return WebSocketPeer.connect(address, cookie);
  return address.type === 'longpoll' ? LongPollPeer.connect(address.base, cookie) : RawSocketPeer.connect(address);
}

class WebSocketPeer extends Peer {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on('message', (data) => this.took(String(data)));
    socket.on('close', (code) => {
      this.closeCode = code;
      this.ended();
    });
    socket.on('error', () => {});
  }

  static async connect(
    { port, tls }: { readonly port: number; readonly tls?: PeerTls },
    cookie: string | null,
  ): Promise<Peer> {
    const headers = cookie === null ? {} : { Cookie: cookie };
    const url = tls === undefined ? `ws://127.0.0.1:${port}/` : `wss://localhost:${port}/`;
    const socket = new WebSocket(url, PROTOCOL, { headers, ...tls });
    const opened = once(socket, 'open');
    const upgraded = once(socket, 'upgrade') as Promise<[IncomingMessage]>;
    upgraded.catch(() => {});
    const peer = new WebSocketPeer(socket);
    await opened;
    const [response] = await upgraded;
    peer.cookieOf(response.headers);
    return peer;
  }

  sayText(text: string): void {
    this.#socket.send(text);
  }

  cut(): void {
    this.#socket.terminate();
  }
}

class RawSocketPeer extends Peer {
  readonly #socket: Socket;
  #unread = Buffer.alloc(0);

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('close', () => this.ended());
    socket.on('error', () => {});
  }

  static async connect(address: Exclude<Address, { readonly type: 'longpoll' }>): Promise<Peer> {
    const secure = address.type === 'unix' ? undefined : address.tls;
    const where = address.type === 'unix' ? { path: address.path } : { host: '127.0.0.1', port: address.port };
    const socket = secure === undefined ? connect(where) : connectTls({ ...where, ...secure, servername: 'localhost' });
    await once(socket, secure === undefined ? 'connect' : 'secureConnect');
    socket.setNoDelay();
    socket.write(Buffer.from([0x7f, 0xf1, 0, 0]));
    await once(socket, 'data');
    return new RawSocketPeer(socket);
  }

  sayText(text: string): void {
    const bytes = Buffer.from(text);
    const header = Buffer.alloc(4);
    header.writeUInt32BE(bytes.length);
    this.#socket.write(Buffer.concat([header, bytes]));
  }

  cut(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    while (this.#unread.length >= 4 && this.#unread.length >= 4 + this.#unread.readUInt32BE(0)) {
      const end = 4 + this.#unread.readUInt32BE(0);
      this.took(this.#unread.toString('utf8', 4, end));
      this.#unread = this.#unread.subarray(end);
    }
  }
}

class LongPollPeer extends Peer {
  readonly #transport: string;
  readonly #gone = new AbortController();
  #sent: Promise<unknown> = Promise.resolve();

  private constructor(transport: string) {
    super();
    this.#transport = transport;
    void this.#receive();
  }

  static async connect(base: string, cookie: string | null): Promise<Peer> {
    const headers: Record<string, string> = cookie === null ? {} : { Cookie: cookie };
    const opened = await ask(`${base}/open`, JSON.stringify({ protocols: [PROTOCOL] }), { headers });
    if (opened.status !== 200) throw new Error(`/open: ${opened.status} ${opened.body}`);
    const { transport } = JSON.parse(String(opened.body)) as { transport: string };
    const peer = new LongPollPeer(`${base}/${transport}`);
    peer.cookieOf(opened.headers);
    return peer;
  }

  sayText(text: string): void {
    const { signal } = this.#gone;
    this.#sent = this.#sent.then(() => ask(`${this.#transport}/send`, text, { signal })).catch(() => {});
  }

  cut(): void {
    this.#gone.abort();
  }

  async #receive(): Promise<void> {
    const { signal } = this.#gone;
    for (;;) {
      const answer = await ask(`${this.#transport}/receive`, null, { signal }).catch(() => null);
      if (answer?.status === 200) this.took(String(answer.body));
      else if (answer?.status !== 204) break;
    }
    this.ended();
  }
}
