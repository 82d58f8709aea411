import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Clock, Timer } from '../../src/wamp/clock.ts';
import { type Log, type LogFields, SILENT } from '../../src/wamp/log.ts';
import { HttpServer, type HttpServerOptions } from '../../src/webservice/http-server.ts';
import type { PathService } from '../../src/webservice/path-service.ts';

/** Time that passes only when the test says so. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delay: number): Timer {
    const timer = { at: this.#now + delay, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  get pending(): number {
    return this.#timers.size;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    for (const timer of [...this.#timers]) {
      if (timer.at > this.#now || !this.#timers.delete(timer)) continue;
      timer.callback();
    }
  }
}

/** Keeps what is logged. */
export class RecordingLog implements Log {
  readonly lines: { level: string; text: string; fields: LogFields }[] = [];
  debug(text: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', text, fields });
  }
  info(text: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', text, fields });
  }
  warn(text: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', text, fields });
  }
  error(text: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', text, fields });
  }
  with(): Log {
    return this;
  }
}

export interface Web {
  readonly port: number;
  readonly url: string;
  readonly http: HttpServer;
  readonly clock: ManualClock;
}

/**
 * An HTTP server on a free port of the loopback interface; it ends with the test.
 *
 * @param prepare what to do to each socket before it is handed over
 */
export async function startWeb(
  context: TestContext,
  root: PathService,
  options: HttpServerOptions = {},
  log: Log = SILENT,
  prepare: (socket: Socket) => void = () => {},
): Promise<Web> {
  const clock = new ManualClock();
  const http = new HttpServer(root, options, clock, log);
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    prepare(socket);
    http.accept(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  context.after(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await http.close();
  });
  return { port, url: `http://127.0.0.1:${port}`, http, clock };
}

/** A connection that speaks raw bytes. */
export class RawClient {
  readonly socket: Socket;
  #received = '';
  readonly closed: Promise<void>;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1' });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk: string) => {
      this.#received += chunk;
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => resolve());
    });
  }

  get received(): string {
    return this.#received;
  }

  /** Waits until what has been received matches. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#received)) await once(this.socket, 'data');
    return this.#received;
  }
}

/** Sends raw bytes, and gives all that comes until the server closes the connection. */
export async function exchange(port: number, bytes: string | Buffer): Promise<string> {
  const client = new RawClient(port);
  client.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  await client.closed;
  return client.received;
}

/** The status code of a raw answer. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? Number.NaN);
}
