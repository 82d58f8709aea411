import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { type Log, type LogFields, SILENT } from '../../src/wamp/log.ts';
import { HttpServer, type HttpServerOptions } from '../../src/webservice/http-server.ts';
import type { PathService } from '../../src/webservice/path-service.ts';
import { FakeClock } from '../support/fake-clock.ts';

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
  readonly clock: FakeClock;
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
  const clock = new FakeClock();
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
