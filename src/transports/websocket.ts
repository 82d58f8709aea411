import { randomFillSync } from 'node:crypto';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Accept, Greet, Greeting, Newcomer } from '../session/connection.ts';
import type { Clock } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import { Roster } from '../wamp/roster.ts';
import type { TransportDetails } from '../wamp/transport-details.ts';
import { peerName, remoteAddress } from './peer-name.ts';
import { writeAtTurnEnd } from './turn-end.ts';
import { UpgradeDetails } from './upgrade-details.ts';
import { type ConnectionSettings, WebSocketConnection } from './websocket-connection.ts';
import { DeflateCodec, JobLimit } from './websocket-deflate.ts';
import { describeDeflate } from './websocket-extensions.ts';
import type { FrameRules } from './websocket-framing.ts';
import {
  type Agreement,
  isTextProtocol,
  joinHeaders,
  negotiate,
  type Refusal,
  refusal,
  type UpgradeRequest,
} from './websocket-handshake.ts';
import { MaskSource } from './websocket-mask.ts';
import { completeOptions, type WebSocketOptions, type WebSocketSettings } from './websocket-options.ts';
import { cookiesCount } from './websocket-origin.ts';
import type { SenderSettings } from './websocket-sender.ts';

export interface WebSocketPorts {
  /** The subprotocols spoken, such as `wamp.2.cbor.batched`, in the order in which refusals name them. Empty: any client is taken, without a subprotocol. */
  readonly protocols: readonly string[];
  readonly accept: Accept;
  /** Whether one more connection may come in; if not, it gets 503. Default: always. */
  readonly admit?: (newcomer: Newcomer) => boolean;
  /** How a granted upgrade is let in. Default: by `accept`, with nothing besides. */
  readonly greet?: Greet;
  readonly clock: Clock;
  readonly log: Log;
}

/** Seconds after which a client that was not admitted may come again. */
const RETRY_AFTER = '5';

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

const STATUS_TEXT: Readonly<Record<Refusal['status'], string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  426: 'Upgrade Required',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
};

/** A WebSocket endpoint. It listens nowhere: an HTTP server hands it the requests to upgrade. */
export class WebSocketListener {
  readonly #settings: WebSocketSettings;
  readonly #ports: WebSocketPorts;
  readonly #jobs: JobLimit;
  readonly #masks: MaskSource;
  /** Of connections without compression. */
  #plain: ConnectionSettings | null = null;
  readonly #connections = new Roster<WebSocketConnection>();
  #whenEmpty: (() => void)[] = [];
  #closing = false;

  constructor(options: WebSocketOptions, ports: WebSocketPorts) {
    this.#settings = completeOptions(options);
    this.#ports = ports;
    this.#jobs = new JobLimit(this.#settings.compression?.concurrency ?? 1);
    this.#masks = new MaskSource(randomFillSync);
  }

  /** How many connections are open. */
  get size(): number {
    return this.#connections.size;
  }

  /** Answers a request to upgrade; the socket is the listener's from now on. The server's `upgrade` event has this signature. */
  handleUpgrade(request: UpgradeRequest, socket: Duplex, head: Buffer): void {
    // A reset may come at any time; what matters of it is told by `close`.
    socket.on('error', () => {});
    if (socket.destroyed) return;
    const secure = socket instanceof TLSSocket;
    const headers = joinHeaders(request);
    const outcome = this.#decide(request, headers, secure);
    if ('status' in outcome) {
      this.#refuse(socket, outcome);
      return;
    }
    let greeting: Greeting;
    try {
      greeting = this.#greet(headers, secure);
      writeAtTurnEnd(socket, this.#answer(outcome, greeting.headers));
    } catch (error) {
      this.#ports.log.error('a WebSocket could not be opened', { error });
      this.#refuse(socket, refusal(500, 'The connection could not be set up.'));
      return;
    }
    if (socket instanceof Socket) socket.setNoDelay(this.#settings.tcpNoDelay);
    const details = new UpgradeDetails(socket, {
      peer: peerOf(socket),
      protocol: outcome.protocol,
      extensions: this.#extensions(outcome),
      rawHeaders: request.rawHeaders,
      headersReceived: headers,
      headersSent: greeting.headers,
      cookie: greeting.cookie,
    });
    this.#open(socket, head, outcome, greeting.accept, details);
  }

  /** Refuses newcomers, closes what is open (1001), and resolves when all of it is gone: within the closing timeout. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#connections.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#whenEmpty.push(resolve);
    });
    for (const connection of this.#connections.all()) connection.close('shutdown', '');
    await emptied;
  }

  #decide(request: UpgradeRequest, headers: Record<string, string>, secure: boolean): Agreement | Refusal {
    const newcomer = { address: remoteAddress(request.socket), headers };
    const admitted = !this.#closing && (this.#ports.admit?.(newcomer) ?? true);
    if (!admitted) return refusal(503, 'This router takes no more connections now.', { 'Retry-After': RETRY_AFTER });
    return negotiate(request, headers, this.#ports.protocols, this.#settings, secure);
  }

  #greet(headers: Record<string, string>, secure: boolean): Greeting {
    const { greet, accept } = this.#ports;
    if (greet === undefined) return { headers: NO_HEADERS, cookie: null, accept };
    return greet({ headers, cookiesCount: cookiesCount(headers, this.#settings, secure) });
  }

  #refuse(socket: Duplex, { status, text, headers }: Refusal): void {
    this.#ports.log.debug('a request for a WebSocket was refused', { peer: peerOf(socket), status, reason: text });
    const body = `${text}\n`;
    const lines = [
      `HTTP/1.1 ${status} ${STATUS_TEXT[status]}`,
      ...this.#serverHeader(),
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    const timer = this.#ports.clock.setTimer(() => socket.destroy(), this.#settings.closeHandshakeTimeout);
    socket.once('close', () => timer.cancel());
    socket.once('finish', () => socket.destroy());
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }

  #serverHeader(): readonly string[] {
    return this.#settings.serverHeader === null ? [] : [`Server: ${this.#settings.serverHeader}`];
  }

  #answer(agreement: Agreement, extra: Readonly<Record<string, string>>): string {
    const lines = [
      'HTTP/1.1 101 Switching Protocols',
      ...this.#serverHeader(),
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${agreement.accept}`,
    ];
    if (agreement.named) lines.push(`Sec-WebSocket-Protocol: ${agreement.protocol}`);
    if (agreement.deflate !== null) lines.push(`Sec-WebSocket-Extensions: ${agreement.deflate.header}`);
    for (const [name, value] of Object.entries(extra)) {
      if (/[\r\n\0]/.test(name + value))
        throw new TypeError(`the response header ${JSON.stringify(name)} has a line break`);
      lines.push(`${name}: ${value}`);
    }
    return `${lines.join('\r\n')}\r\n\r\n`;
  }

  #extensions({ deflate }: Agreement): TransportDetails['extensions'] {
    const { compression } = this.#settings;
    return deflate === null || compression === null ? [] : [describeDeflate(deflate, compression)];
  }

  #open(socket: Duplex, head: Buffer, agreement: Agreement, accept: Accept, details: TransportDetails): void {
    const { log } = this.#ports;
    const text = isTextProtocol(agreement.protocol);
    const connection = new WebSocketConnection(socket, details, text, this.#connectionSettings(agreement));
    const seat = this.#connections.enter(connection);
    // It is told once: `once` would keep three more objects for each connection.
    socket.on('close', () => {
      this.#connections.leave(seat);
      if (this.#connections.size === 0) for (const tell of this.#whenEmpty.splice(0)) tell();
    });
    try {
      connection.start(accept(connection, agreement.protocol), head);
    } catch (error) {
      log.error('a WebSocket could not be opened', { peer: details.peer, error });
      connection.destroy();
    }
  }

  /** Most connections are alike: where nothing was agreed on, they share one object. */
  #connectionSettings(agreement: Agreement): ConnectionSettings {
    const { deflate } = agreement;
    if (deflate !== null) {
      const { clientMaxWindowBits: windowBits, clientNoContextTakeover } = deflate;
      const inflater = DeflateCodec.inflater({ windowBits, contextTakeover: !clientNoContextTakeover }, this.#jobs);
      return this.#newSettings(this.#senderSettings(agreement), inflater);
    }
    this.#plain ??= this.#newSettings(this.#senderSettings(agreement), null);
    return this.#plain;
  }

  #newSettings(sender: SenderSettings | null, inflater: DeflateCodec | null): ConnectionSettings {
    const { clock, log } = this.#ports;
    const settings = this.#settings;
    const rules: FrameRules = {
      masks: settings.requireMaskedClientFrames ? 'always' : 'any',
      unmask: settings.applyMask,
      compression: inflater !== null,
      validateUtf8: settings.validateUtf8,
      maxFrame: settings.maxFrameSize,
    };
    return { ...settings, rules, sender, inflater, clock, log };
  }

  #senderSettings({ deflate }: Agreement): SenderSettings | null {
    const { autoFragmentSize, maskServerFrames, compression } = this.#settings;
    const compresses = deflate !== null && compression !== null;
    if (!compresses && !maskServerFrames && autoFragmentSize === Number.POSITIVE_INFINITY) return null;
    return {
      fragmentSize: autoFragmentSize,
      drawMask: maskServerFrames ? () => this.#masks.next() : null,
      deflater: compresses
        ? DeflateCodec.deflater(
            {
              windowBits: deflate.serverMaxWindowBits,
              memoryLevel: compression.memoryLevel,
              contextTakeover: !deflate.serverNoContextTakeover,
            },
            this.#jobs,
          )
        : null,
      threshold: compression?.threshold ?? 0,
    };
  }
}

function peerOf(socket: Duplex): string {
  return socket instanceof Socket ? peerName(socket) : 'unknown';
}
