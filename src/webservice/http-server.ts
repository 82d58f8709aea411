import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { headerValues } from '../transports/header-values.ts';
import type { UpgradeRequest } from '../transports/websocket-handshake.ts';
import type { Clock, Timer } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import { Roster, type Seat } from '../wamp/roster.ts';
import type { PathService } from './path-service.ts';
import { plainResponse } from './plain-response.ts';
import { refuseUpgrade, replyError } from './reply.ts';
import { requestPath } from './request-path.ts';
import { offersWebSocket, readUpgrade } from './upgrade-request.ts';

/** Times are milliseconds. */
export interface HttpServerOptions {
  /** From a connection, or the end of an answer, to a whole request. Absolute: traffic does not refresh it. Then 408. Default: 10 000. */
  readonly requestTimeout?: number;
  /** How long a connection may wait between two requests. Default: 5 000. */
  readonly keepAliveTimeout?: number;
  /** How long a connection may stand still while it is being answered. Crossbar: `client_timeout` (seconds; off if not set). Default: 60 000. */
  readonly clientTimeout?: number;
  /** Bytes of a request's line and headers. Beyond: 431. Default: 16 384. */
  readonly maxHeaderSize?: number;
  /** Headers of a request. Beyond: 431. Default: 100. */
  readonly maxHeaders?: number;
  /** How long `close` waits for answers under way. Default: 5 000. */
  readonly closeTimeout?: number;
  /** A line in the log for each answer, without the query, which may hold secrets. Default: false. */
  readonly accessLog?: boolean;
  /** Seconds for which browsers shall insist on TLS (Strict-Transport-Security), sent over TLS only; null: not at all. Default: null. */
  readonly hstsMaxAge?: number | null;
}

/** One connection that still speaks HTTP. */
interface Line {
  readonly socket: Socket;
  /** Answers under way: pipelining makes it more than one. */
  answering: number;
  deadline: Timer | null;
}

/** Requests on one connection before it is closed. Stops a connection from being kept for ever. */
const MAX_REQUESTS = 1_000;
const LOGGED_PATH_LENGTH = 512;
const LOGGED_AGENT_LENGTH = 256;

/**
 * The HTTP side of a web transport. It listens nowhere: endpoints hand it their sockets. Each request
 * and upgrade goes to the root service by its path. A socket that has been upgraded is no longer ours.
 */
export class HttpServer {
  readonly #root: PathService;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #options: Required<HttpServerOptions>;
  readonly #server: Server;
  readonly #lines = new Roster<Line>();
  /** Those that Node's HTTP server reads, by their sockets. */
  readonly #spoken = new Map<Duplex, Seat<Line>>();
  #whenEmpty: (() => void) | null = null;
  #closing = false;

  constructor(root: PathService, options: HttpServerOptions, clock: Clock, log: Log) {
    this.#root = root;
    this.#clock = clock;
    this.#log = log;
    this.#options = {
      requestTimeout: options.requestTimeout ?? 10_000,
      keepAliveTimeout: options.keepAliveTimeout ?? 5_000,
      clientTimeout: options.clientTimeout ?? 60_000,
      maxHeaderSize: options.maxHeaderSize ?? 16_384,
      maxHeaders: options.maxHeaders ?? 100,
      closeTimeout: options.closeTimeout ?? 5_000,
      accessLog: options.accessLog === true,
      hstsMaxAge: options.hstsMaxAge ?? null,
    };
    this.#server = this.#createServer();
  }

  /** Takes over a connection, plain or TLS. */
  accept(socket: Socket): void {
    if (this.#closing) {
      socket.destroy();
      return;
    }
    // A reset may come at any time, also while nobody else listens for errors.
    socket.on('error', ignore);
    const line: Line = { socket, answering: 0, deadline: null };
    const seat = this.#lines.enter(line);
    this.#arm(line, this.#options.requestTimeout);
    socket.once('close', () => this.#release(seat));
    socket.once('data', (chunk) => this.#first(seat, chunk));
  }

  /** Ends every connection that has not been upgraded: idle ones now, others after their answer or after `closeTimeout`. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const { socket, answering } of this.#lines.all()) if (answering === 0) socket.destroy();
    if (this.#lines.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    const grace = this.#clock.setTimer(() => {
      for (const { socket } of this.#lines.all()) socket.destroy();
    }, this.#options.closeTimeout);
    await emptied;
    grace.cancel();
  }

  /** Takes the first octets of a connection: mostly a whole request for a WebSocket. */
  #first(seat: Seat<Line>, chunk: Buffer): void {
    const { socket } = seat.one;
    const upgrade = readUpgrade(chunk, socket, this.#options);
    if (upgrade !== null) {
      this.#release(seat);
      this.#upgradeTo(upgrade.request, socket, upgrade.head);
      return;
    }
    this.#spoken.set(socket, seat);
    // The server is to find it as it came.
    socket.pause();
    socket.unshift(chunk);
    this.#server.emit('connection', socket);
    socket.resume();
  }

  #createServer(): Server {
    const { maxHeaderSize, keepAliveTimeout, clientTimeout, maxHeaders } = this.#options;
    // Node watches headersTimeout and requestTimeout on listening servers only; the deadlines here do it.
    const server = createServer({ maxHeaderSize, keepAliveTimeout, headersTimeout: 0, requestTimeout: 0 });
    server.timeout = clientTimeout;
    server.maxRequestsPerSocket = MAX_REQUESTS;
    // Node drops what is beyond in silence: one more is let through, so that it can be refused.
    server.maxHeadersCount = maxHeaders + 1;
    server.on('request', (request, response) => {
      void this.#answer(request, response);
    });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    server.on('clientError', (error, socket) => this.#unreadable(error, socket));
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#begin(request, response);
    response.setHeader('Server', 'Turnpike');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const { hstsMaxAge, maxHeaders } = this.#options;
    if (hstsMaxAge !== null && isEncrypted(request.socket)) {
      response.setHeader('Strict-Transport-Security', `max-age=${hstsMaxAge}`);
    }
    const refusal = refusalOf(request, maxHeaders);
    const path = requestPath(request.url ?? '');
    if (refusal !== null || path === null) {
      response.setHeader('Connection', 'close');
      replyError(response, refusal?.status ?? 400, refusal?.text ?? UNREADABLE_PATH);
      return;
    }
    try {
      await this.#root.handle(request, response, path);
    } catch (error) {
      this.#log.error('a path service failed', { path: loggedPath(request), error });
      if (response.headersSent) response.destroy();
      else replyError(response, 500, 'This node could not answer; its log says why.');
    }
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const startedAt = this.#clock.now();
    const line = this.#spoken.get(socket)?.one;
    if (line === undefined) return;
    line.answering += 1;
    // A body has to arrive within the request's deadline too.
    if (hasBody(request)) request.once('end', () => this.#disarm(line));
    else this.#disarm(line);
    response.once('close', () => {
      line.answering -= 1;
      if (this.#options.accessLog) this.#logAccess(request, response, startedAt);
      if (line.answering > 0 || socket.destroyed) return;
      if (this.#closing) socket.destroySoon();
      else this.#arm(line, this.#options.keepAliveTimeout + this.#options.requestTimeout);
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (offersWebSocket(request)) {
      this.#release(this.#spoken.get(socket));
      this.#upgradeTo(request, socket, head);
    } else void this.#answer(request, plainResponse(request, socket));
  }

  #upgradeTo(request: UpgradeRequest, socket: Duplex, head: Buffer): void {
    const path = requestPath(request.url ?? '');
    const refusal = refusalOf(request, this.#options.maxHeaders);
    if (refusal !== null || path === null) {
      refuseUpgrade(socket, refusal?.status ?? 400, refusal?.text ?? UNREADABLE_PATH);
      return;
    }
    // What Node set for HTTP would end a silent WebSocket.
    request.socket.setTimeout(0);
    try {
      if (this.#root.upgrade === undefined) refuseUpgrade(socket, 400, 'No upgrade here.');
      else this.#root.upgrade(request, socket, head, path);
    } catch (error) {
      this.#log.error('an upgrade failed', { path: loggedPath(request), error });
      socket.destroy();
    }
  }

  /** What the parser could not read; nothing of it goes back. */
  #unreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (this.#spoken.get(socket)?.one.answering !== 0) {
      socket.destroy();
      return;
    }
    if (error.code === 'HPE_HEADER_OVERFLOW') refuseUpgrade(socket, 431, TOO_MANY_HEADERS);
    else if (error.code === 'ECONNRESET') socket.destroy();
    else refuseUpgrade(socket, 400, 'The request could not be read.');
  }

  #arm(line: Line, delay: number): void {
    const { socket } = line;
    this.#disarm(line);
    line.deadline = this.#clock.setTimer(() => {
      if (line.answering > 0) socket.destroy();
      else refuseUpgrade(socket, 408, 'The request did not arrive in time.');
    }, delay);
  }

  #disarm(line: Line): void {
    line.deadline?.cancel();
    line.deadline = null;
  }

  #release(seat: Seat<Line> | undefined): void {
    if (seat === undefined) return;
    this.#disarm(seat.one);
    this.#lines.leave(seat);
    this.#spoken.delete(seat.one.socket);
    if (this.#lines.size === 0) this.#whenEmpty?.();
  }

  #logAccess(request: IncomingMessage, response: ServerResponse, startedAt: number): void {
    this.#log.info('access', {
      peer: request.socket.remoteAddress ?? null,
      method: request.method,
      path: loggedPath(request),
      status: response.statusCode,
      complete: response.writableFinished,
      milliseconds: Math.round(this.#clock.now() - startedAt),
      agent: request.headers['user-agent']?.slice(0, LOGGED_AGENT_LENGTH) ?? null,
    });
  }
}

const UNREADABLE_PATH = 'The path of the request could not be read.';
const TOO_MANY_HEADERS = 'The request has too many headers, or too long ones.';

function refusalOf(request: UpgradeRequest, maxHeaders: number): { status: number; text: string } | null {
  if (request.rawHeaders.length > maxHeaders * 2) return { status: 431, text: TOO_MANY_HEADERS };
  // [RFC 9112 3.2] Two answers to "which site?" are how caches are poisoned.
  return headerValues(request, 'host').length > 1
    ? { status: 400, text: 'The request names more than one host.' }
    : null;
}

function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function isEncrypted(socket: Socket): boolean {
  return 'encrypted' in socket && socket.encrypted === true;
}

function loggedPath(request: UpgradeRequest): string {
  return (request.url ?? '').replace(/[?#].*$/s, '').slice(0, LOGGED_PATH_LENGTH);
}

function ignore(): void {}
