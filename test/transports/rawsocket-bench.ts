import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after } from 'node:test';
import type { Accept, Connection } from '../../src/session/connection.ts';
import type { RawSocketOptions, RawSocketPorts } from '../../src/transports/rawsocket.ts';
import type { Log, LogFields } from '../../src/wamp/log.ts';
import { RecordingReceiver, turns } from '../suites/recording-receiver.ts';
import { RawPeer, type RunningRawSocket, startRawSocket } from './rawsocket-harness.ts';

/** A handshake that asks for JSON and takes 16 MiB. */
export const JSON_16M = [0x7f, 0xf1, 0, 0];

/** A listener with one recording receiver per connection. */
export class Bench {
  readonly receivers: RecordingReceiver[] = [];
  readonly connections: Connection[] = [];
  readonly lines: { text: string; fields: LogFields | undefined }[] = [];
  maxReceive = 1024 * 1024;
  running: RunningRawSocket | null = null;
  readonly #peers: RawPeer[] = [];

  readonly accept: Accept = (connection) => {
    const receiver = new RecordingReceiver(this.maxReceive);
    this.connections.push(connection);
    this.receivers.push(receiver);
    return receiver;
  };

  async start(options: Partial<RawSocketOptions> = {}, ports: Partial<RawSocketPorts> = {}): Promise<void> {
    const write = (text: string, fields?: LogFields): void => void this.lines.push({ text, fields });
    const log: Log = { debug() {}, info: write, warn: write, error: write, with: () => log };
    this.running = await startRawSocket(this.accept, options, { log, ...ports });
  }

  async peer(): Promise<RawPeer> {
    const peer = await RawPeer.connect(this.running?.endpoint.port ?? 0);
    this.#peers.push(peer);
    while (this.running && this.running.sockets.length < this.#peers.length) await turns(1);
    return peer;
  }

  /** A peer after its handshake, which asked for JSON and takes 16 MiB. */
  async established(): Promise<{ peer: RawPeer; receiver: RecordingReceiver; connection: Connection }> {
    const peer = await this.peer();
    peer.send(JSON_16M);
    await peer.receive(4);
    const receiver = this.receivers.at(-1);
    const connection = this.connections.at(-1);
    assert.ok(receiver && connection);
    return { peer, receiver, connection };
  }

  get lastSocket(): Socket {
    const socket = this.running?.sockets.at(-1);
    assert.ok(socket);
    return socket;
  }

  async stop(): Promise<void> {
    for (const peer of this.#peers) peer.socket.destroy();
    await this.running?.stop();
  }
}

/** A bench that is stopped at the end of the test; `ready` when it listens. */
export function bench(options: Partial<RawSocketOptions> = {}, ports: Partial<RawSocketPorts> = {}) {
  const made = new Bench();
  const ready = made.start(options, ports);
  after(async () => {
    await ready;
    await made.stop();
  });
  return { made, ready };
}
