import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type Listener, listen, type TcpListening, type TlsListening } from '../../src/transports/endpoint.ts';
import type { Clock } from '../../src/wamp/clock.ts';
import { type LogFields, SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { type Certificates, makeCertificates } from './endpoint-certificates.ts';
import { temporaryDirectory } from './rawsocket-harness.ts';

interface Greeting {
  readonly port: number;
  readonly listener: Listener;
  /** Fields of the log's lines on failed handshakes. */
  readonly failures: LogFields[];
  /** Other lines of the log: `level text`. */
  readonly lines: string[];
}

/** TLS listeners that greet, a directory of certificates for them, and `openssl s_client` to call them with. */
export class TlsBench {
  directory = '';
  files: Certificates = Object.create(null);
  #remove = async (): Promise<void> => {};
  readonly #listeners: Listener[] = [];
  readonly #sockets = new Set<Socket>();

  async start(): Promise<void> {
    const { directory, remove } = await temporaryDirectory();
    this.directory = directory;
    this.#remove = remove;
    this.files = makeCertificates(directory);
  }

  async stop(): Promise<void> {
    for (const listener of this.#listeners) await listener.close();
    for (const socket of this.#sockets) socket.destroy();
    await this.#remove();
  }

  server(more: Partial<TlsListening> = {}): TlsListening {
    const { serverKey: key, serverCertificate: certificate, intermediate } = this.files;
    return { key, certificate, chainCertificates: [intermediate], ...more };
  }

  /** A listener that says `hello`. */
  async hello(
    tls: Partial<TlsListening> = {},
    endpoint: Partial<TcpListening> = {},
    {
      clock = SYSTEM_CLOCK,
      onSocket = (socket) => void socket.end('hello'),
    }: { clock?: Clock; onSocket?: (socket: Socket) => void } = {},
  ): Promise<Greeting> {
    const failures: LogFields[] = [];
    const lines: string[] = [];
    const line = (level: string) => (text: string, fields?: LogFields) => {
      if (text === 'a TLS handshake failed') failures.push(fields ?? {});
      else lines.push(`${level} ${text}${fields?.['reason'] === undefined ? '' : `: ${fields['reason']}`}`);
    };
    const log = { ...SILENT, info: line('info'), warn: line('warn'), error: line('error') };
    const where = { type: 'tcp', interface: '127.0.0.1', port: 0, ...endpoint, tls: this.server(tls) } as const;
    const take = (socket: Socket): void => {
      this.#sockets.add(socket);
      onSocket(socket);
    };
    const listener = await listen(where, take, { clock, log });
    this.#listeners.push(listener);
    return { port: listener.port ?? 0, listener, failures, lines };
  }

  /** `openssl s_client`: an independent implementation. */
  client(port: number, ...args: readonly string[]): Promise<{ code: number; output: string }> {
    return this.talk(port, '', ...args);
  }

  /** With something typed in: `R` alone on a line renegotiates. */
  async talk(port: number, typed: string, ...args: readonly string[]): Promise<{ code: number; output: string }> {
    const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...args]);
    child.stdin.on('error', () => {});
    child.stdin.end(typed);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    const [code] = (await once(child, 'close')) as [number];
    return { code, output: Buffer.concat(chunks).toString() };
  }
}

/** What the server says, or the code of the error that ends the connection. */
export async function said(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  let failure = '';
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code ?? error.message;
  });
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return failure === '' ? Buffer.concat(chunks).toString() : failure;
}
