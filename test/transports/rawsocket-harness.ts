import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Accept, Connection } from '../../src/session/connection.ts';
import { type Listener, type ListeningEndpoint, listen } from '../../src/transports/endpoint.ts';
import type { ConnectingEndpoint, TlsConnecting } from '../../src/transports/endpoint-connect.ts';
import {
  RAWSOCKET_DEFAULTS,
  RawSocketListener,
  type RawSocketOptions,
  type RawSocketPorts,
} from '../../src/transports/rawsocket.ts';
import { connectRawSocket } from '../../src/transports/rawsocket-client.ts';
import { type Log, SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import type { RunningTransport } from '../suites/transport-suite.ts';

/** A directory of its own for unix sockets and files; removed by `remove`. */
export async function temporaryDirectory(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const directory = await fs.mkdtemp(path.join(tmpdir(), 'turnpike-'));
  return { directory, remove: () => fs.rm(directory, { recursive: true, force: true }) };
}

/** A RawSocket listener on a real socket. */
export interface RunningRawSocket {
  readonly endpoint: Listener;
  readonly listener: RawSocketListener;
  /** Sockets that the listener was given. */
  readonly sockets: Socket[];
  stop(): Promise<void>;
}

export async function startRawSocket(
  accept: Accept,
  options: Partial<RawSocketOptions> = {},
  ports: Partial<RawSocketPorts> = {},
  endpoint: ListeningEndpoint = { type: 'tcp', port: 0, interface: '127.0.0.1' },
): Promise<RunningRawSocket> {
  const log = ports.log ?? SILENT;
  const listener = new RawSocketListener(
    { ...RAWSOCKET_DEFAULTS, closeTimeout: 500, ...options },
    { accept, admit: () => true, clock: SYSTEM_CLOCK, log, ...ports },
  );
  const sockets: Socket[] = [];
  const opened = await listen(
    endpoint,
    (socket) => {
      sockets.push(socket);
      listener.handleSocket(socket);
    },
    { clock: SYSTEM_CLOCK, log },
  );
  const stop = async (): Promise<void> => {
    await opened.close();
    await listener.close();
  };
  return { endpoint: opened, listener, sockets, stop };
}

/** Resolves at the end of a socket; unlike `once`, also of one that ends with an error. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** Resolves when a socket has read more than until now. It tells nobody: see `shared-reads.ts`. */
export async function moreRead(socket: Socket): Promise<void> {
  const before = socket.bytesRead;
  while (socket.bytesRead === before) await turn();
}

/** A peer that writes raw bytes and remembers what came back. */
export class RawPeer {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  #count = 0;
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#count += chunk.length;
    });
    socket.on('close', () => {
      this.closed = true;
    });
  }

  static async connect(port: number | null): Promise<RawPeer> {
    const socket = connect({ host: '127.0.0.1', port: port ?? 0, noDelay: true });
    const peer = new RawPeer(socket);
    await once(socket, 'connect');
    return peer;
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  send(...bytes: readonly (Buffer | readonly number[])[]): void {
    this.socket.write(Buffer.concat(bytes.map((part) => Buffer.from(part))));
  }

  /** Resolves when at least `count` bytes have come, with those. */
  async receive(count: number): Promise<Buffer> {
    while (this.#count < count) {
      if (this.closed) throw new Error(`closed after ${this.#count} of ${count} bytes`);
      await new Promise<void>((resolve) => {
        this.socket.once('data', () => resolve());
        this.socket.once('close', () => resolve());
      });
    }
    return this.received.subarray(0, count);
  }

  gone(): Promise<void> {
    return closed(this.socket);
  }
}

/** For the shared suite: clients over a real socket. */
export async function runRawSocket(
  endpoint: ListeningEndpoint,
  tls: TlsConnecting | undefined = undefined,
  log: Log = SILENT,
): Promise<RunningTransport> {
  const accepted: ((connection: Connection) => void)[] = [];
  const accepts: Accept[] = [];
  const running = await startRawSocket(
    (connection, protocol) => {
      const accept = accepts.shift();
      if (accept === undefined) throw new Error('nobody expects a connection');
      const receiver = accept(connection, protocol);
      accepted.shift()?.(connection);
      return receiver;
    },
    {},
    { log },
    endpoint,
  );
  const { port } = running.endpoint;
  const target: ConnectingEndpoint =
    endpoint.type === 'unix'
      ? { type: 'unix', path: endpoint.path }
      : { type: 'tcp', host: endpoint.interface ?? '127.0.0.1', port: port ?? 0, tls };
  return {
    async connect(server, client) {
      const served = new Promise<Connection>((resolve) => accepted.push(resolve));
      accepts.push(server);
      const options = { endpoint: target, serializer: 'msgpack', clock: SYSTEM_CLOCK, log } as const;
      const connection = await connectRawSocket({ ...options, closeTimeout: 500 }, client);
      return { server: await served, client: connection };
    },
    stop: running.stop,
  };
}
