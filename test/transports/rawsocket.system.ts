import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import type { Accept, Connection } from '../../src/session/connection.ts';
import type { RawSocketOptions, RawSocketPorts } from '../../src/transports/rawsocket.ts';
import type { Log, LogFields } from '../../src/wamp/log.ts';
import { framed, RecordingReceiver, turns } from '../suites/recording-receiver.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { closed, RawPeer, type RunningRawSocket, startRawSocket } from './rawsocket-harness.ts';

const JSON_16M = [0x7f, 0xf1, 0, 0];

/** A listener with one recording receiver per connection. */
class Bench {
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

function bench(options: Partial<RawSocketOptions> = {}, ports: Partial<RawSocketPorts> = {}) {
  const made = new Bench();
  const ready = made.start(options, ports);
  after(async () => {
    await ready;
    await made.stop();
  });
  return { made, ready };
}

describe('RawSocket handshake on a socket', { timeout: 20_000 }, () => {
  test('agrees: announces its own limit and learns the peer’s', async () => {
    const { made, ready } = bench({ maxMessageSize: 100_000 });
    await ready;
    const peer = await made.peer();
    peer.send([0x7f, 0x02, 0, 0]);
    assert.equal((await peer.receive(4)).toString('hex'), '7f820000');
    const [connection] = made.connections;
    assert.equal(connection?.maxSend, 512);
    assert.deepEqual(connection?.details, {
      type: 'rawsocket',
      secure: false,
      peer: `tcp4:127.0.0.1:${peer.socket.localPort}`,
      protocol: 'wamp.2.msgpack',
      serializer: 'msgpack',
      extensions: null,
      headersReceived: null,
      headersSent: null,
      cookie: null,
      clientCertificate: null,
      channelIds: {},
    });
  });

  test('takes the handshake and messages in any pieces', async () => {
    const { made, ready } = bench();
    await ready;
    const stream = Buffer.from([...JSON_16M, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 1, 9]);
    for (let cut = 1; cut < stream.length; cut++) {
      const peer = await made.peer();
      peer.send(stream.subarray(0, cut));
      await once(made.lastSocket, 'data');
      peer.send(stream.subarray(cut));
      await peer.receive(4);
      const receiver = made.receivers.at(-1);
      assert.ok(receiver);
      await receiver.until(() => receiver.messages.length === 2);
      assert.deepEqual(receiver.messages, [Buffer.from([1, 2, 3]), Buffer.from([9])]);
    }
  });

  const refused = [
    { name: 'serializer 0', octets: [0x7f, 0xf0, 0, 0], reply: '7f100000' },
    { name: 'UBJSON', octets: [0x7f, 0xf4, 0, 0], reply: '7f100000' },
    { name: 'a reserved serializer', octets: [0x7f, 0x0f, 0, 0], reply: '7f100000' },
    { name: 'reserved bits in the third octet', octets: [0x7f, 0xf1, 1, 0], reply: '7f300000' },
    { name: 'reserved bits in the fourth octet', octets: [0x7f, 0xf1, 0, 0x80], reply: '7f300000' },
  ];
  for (const { name, octets, reply } of refused) {
    test(`refuses ${name} with the error octets, then hangs up`, async () => {
      const { made, ready } = bench();
      await ready;
      const peer = await made.peer();
      peer.send(octets, [0, 0, 0, 1, 1]);
      await peer.gone();
      assert.equal(peer.received.toString('hex'), reply);
      assert.equal(made.connections.length, 0);
      assert.equal(made.lines.length, 1);
    });
  }

  test('says "too many connections" where nobody is admitted, and asks only after a valid request', async () => {
    let asked = 0;
    const { made, ready } = bench(
      {},
      {
        admit: () => {
          asked++;
          return false;
        },
      },
    );
    await ready;
    const idle = await made.peer();
    idle.send([0x7f, 0xf0, 0, 0]);
    await idle.gone();
    assert.equal(asked, 0);
    const peer = await made.peer();
    peer.send(JSON_16M);
    await peer.gone();
    assert.equal(peer.received.toString('hex'), '7f400000');
    assert.equal(asked, 1);
    assert.equal(made.connections.length, 0);
  });

  const strangers = [
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['a TLS ClientHello', Buffer.from([0x16, 3, 1, 0, 200])],
    ['zeros', Buffer.alloc(100)],
    ['one wrong octet', Buffer.from([0])],
  ] as const;
  for (const [name, bytes] of strangers) {
    test(`hangs up on ${name} without a word, with one line in the log`, async () => {
      const { made, ready } = bench();
      await ready;
      const peer = await made.peer();
      peer.send(bytes);
      await peer.gone();
      assert.equal(peer.received.length, 0);
      assert.deepEqual(
        made.lines.map(({ text, fields }) => [text, fields?.['reason']]),
        [['no RawSocket handshake', 'it does not speak RawSocket']],
      );
    });
  }

  test('an unfinished handshake ends at 5 s, and octets that trickle in do not extend it', async () => {
    const clock = new FakeClock();
    const { made, ready } = bench({}, { clock });
    await ready;
    const peers: RawPeer[] = [];
    for (const octets of [[], [0x7f], [0x7f, 0xf1], [0x7f, 0xf1, 0]]) {
      const peer = await made.peer();
      const socket = made.lastSocket;
      for (const octet of octets) {
        peer.send([octet]);
        await once(socket, 'data');
        clock.advance(1);
      }
      peers.push(peer);
    }
    clock.advance(4_980);
    await turns(5);
    assert.ok(peers.every(({ closed }) => !closed));
    clock.advance(20);
    await Promise.all(peers.map((peer) => peer.gone()));
    assert.ok(peers.every(({ received }) => received.length === 0));
    assert.equal(made.connections.length, 0);
    assert.equal(clock.pending, 0);
  });

  test('a finished handshake leaves no timer', async () => {
    const clock = new FakeClock();
    const { made, ready } = bench({}, { clock });
    await ready;
    await made.established();
    assert.equal(clock.pending, 0);
  });

  test('connections in their handshake are bounded', async () => {
    const { made, ready } = bench({ maxHandshakes: 2 });
    await ready;
    const first = await made.peer();
    await made.peer();
    const third = await made.peer();
    await third.gone();
    first.send(JSON_16M);
    await first.receive(4);
    const fourth = await made.peer();
    fourth.send(JSON_16M);
    await fourth.receive(4);
    assert.equal(made.connections.length, 2);
  });

  test('a refused peer that does not hang up is dropped', async () => {
    const clock = new FakeClock();
    const { made, ready } = bench({}, { clock });
    await ready;
    const peer = await made.peer();
    peer.socket.pause();
    peer.send([0x7f, 0xff, 0, 0]);
    await once(made.lastSocket, 'data');
    const ended = closed(made.lastSocket);
    clock.advance(500);
    await ended;
    assert.equal(clock.pending, 0);
  });

  test('an accept that throws costs that connection only', async () => {
    const made = new Bench();
    let fail = true;
    const running = await startRawSocket((connection, protocol) => {
      if (fail) throw new Error('a fault in accept');
      return made.accept(connection, protocol);
    });
    const first = await RawPeer.connect(running.endpoint.port);
    first.send(JSON_16M);
    await first.gone();
    fail = false;
    const second = await RawPeer.connect(running.endpoint.port);
    second.send(JSON_16M);
    assert.equal((await second.receive(4)).toString('hex'), '7ff10000');
    second.socket.destroy();
    await running.stop();
  });
});

describe('RawSocket connection', { timeout: 20_000 }, () => {
  const violations = [
    ['a reserved bit', [0x10, 0, 0, 1, 1], 'reserved bits'],
    ['a reserved type', [3, 0, 0, 1, 1], 'unknown frame type'],
    ['a message over the limit', [0, 0x10, 0, 1], 'message too long'],
    ['a PING of 16 MiB', [9, 0, 0, 0], 'ping too long'],
  ] as const;
  for (const [name, octets, reason] of violations) {
    test(`is cut off for ${name}, after what came before`, async () => {
      const { made, ready } = bench();
      await ready;
      const { peer, receiver } = await made.established();
      peer.send([0, 0, 0, 1, 7], octets, [0, 0, 0, 1, 8]);
      await peer.gone();
      await receiver.until(() => receiver.disconnects > 0);
      assert.deepEqual(receiver.messages, [Buffer.from([7])]);
      assert.equal(receiver.disconnects, 1);
      assert.deepEqual(
        made.lines.map(({ fields }) => fields?.['reason']),
        [reason],
      );
    });
  }

  test('takes no more than it announced, whatever the receiver would', async () => {
    const { made, ready } = bench({ maxMessageSize: 512 });
    await ready;
    const { peer, receiver } = await made.established();
    peer.send([0, 0, 2, 0], Buffer.alloc(512), [0, 0, 2, 1], Buffer.alloc(513));
    await receiver.until(() => receiver.disconnects > 0);
    assert.equal(receiver.messages.length, 1);
  });

  test('never sends exactly 16 MiB, which Crossbar would read as 128', async () => {
    const { made, ready } = bench();
    await ready;
    const { connection } = await made.established();
    assert.equal(connection.maxSend, 2 ** 24 - 1);
  });

  test('answers each PING once, with its payload', async () => {
    const { made, ready } = bench();
    await ready;
    const { peer, receiver } = await made.established();
    peer.send([1, 0, 0, 0], [1, 0, 0, 3, 7, 8, 9], [0, 0, 0, 1, 5], [1, 0, 1, 0], Buffer.alloc(256, 'p'));
    const expected = Buffer.concat([
      Buffer.from([2, 0, 0, 0, 2, 0, 0, 3, 7, 8, 9, 2, 0, 1, 0]),
      Buffer.alloc(256, 'p'),
    ]);
    const received = await peer.receive(4 + expected.length);
    assert.deepEqual(received.subarray(4), expected);
    assert.equal(receiver.messages.length, 1);
  });

  test('answers the largest PING, cut in pieces', async () => {
    const { made, ready } = bench();
    await ready;
    const { peer } = await made.established();
    peer.send([1, 1, 0, 0], Buffer.alloc(65_536, 'q'));
    const received = await peer.receive(8 + 65_536);
    assert.equal(received.subarray(4, 8).toString('hex'), '02010000');
    assert.ok(received.subarray(8).equals(Buffer.alloc(65_536, 'q')));
  });

  test('a flood of PINGs is answered in few writes', async () => {
    const { made, ready } = bench();
    await ready;
    const { peer } = await made.established();
    const socket = made.lastSocket;
    let writes = 0;
    const write = socket.write;
    socket.write = ((...args: Parameters<typeof write>) => {
      writes++;
      return write.apply(socket, args);
    }) as typeof write;
    const count = 100_000;
    peer.send(Buffer.alloc(4 * count, Buffer.from([1, 0, 0, 0])));
    const received = await peer.receive(4 + 4 * count);
    assert.ok(received.subarray(4).equals(Buffer.alloc(4 * count, Buffer.from([2, 0, 0, 0]))));
    assert.ok(writes < count / 100, `${writes} writes`);
  });

  test('a peer that sends PINGs and does not read is cut off, in bounded memory', async () => {
    const { made, ready } = bench();
    await ready;
    const { peer, receiver } = await made.established();
    peer.socket.pause();
    const ping = Buffer.concat([Buffer.from([1, 1, 0, 0]), Buffer.alloc(65_536)]);
    const socket = made.lastSocket;
    let most = 0;
    socket.on('data', () => {
      most = Math.max(most, socket.writableLength);
    });
    let sent = 0;
    while (receiver.disconnects === 0) {
      assert.ok(sent++ < 4_000, 'still connected after 256 MiB of PINGs');
      if (!peer.socket.write(ping)) await turns(2);
    }
    assert.ok(most <= 512 * 1024, `${most} bytes waited`);
    assert.equal(made.lines.at(-1)?.fields?.['reason'], 'it sends PINGs and does not read the answers');
    peer.socket.destroy();
  });

  test('a PONG that nobody asked for is ignored', async () => {
    const { made, ready } = bench();
    await ready;
    const { peer, receiver } = await made.established();
    peer.send([2, 0, 0, 1, 1], [0, 0, 0, 1, 6]);
    await receiver.until(() => receiver.messages.length === 1);
    assert.equal(receiver.disconnects, 0);
  });

  test('PINGs only where configured, and drops a peer that is silent', async () => {
    const clock = new FakeClock();
    const { made, ready } = bench({ pingInterval: 30_000, pingTimeout: 60_000 }, { clock });
    await ready;
    const { peer, receiver } = await made.established();
    clock.advance(30_000);
    assert.equal((await peer.receive(8)).subarray(4).toString('hex'), '01000000');
    peer.send([2, 0, 0, 0]);
    await once(made.lastSocket, 'data');
    clock.advance(60_000);
    await peer.receive(16);
    assert.equal(receiver.disconnects, 0);
    clock.advance(60_000);
    await receiver.until(() => receiver.disconnects > 0);
    await peer.gone();
    assert.equal(clock.pending, 0);
  });

  test('does not PING by default', async () => {
    const clock = new FakeClock();
    const { made, ready } = bench({}, { clock });
    await ready;
    const { peer } = await made.established();
    clock.advance(10_000_000);
    await turns(3);
    assert.equal(peer.received.length, 4);
  });

  test('a peer that shuts its sending half down is gone, and gets what was written', async () => {
    const { made, ready } = bench();
    await ready;
    const { peer, receiver, connection } = await made.established();
    connection.write(framed(connection, [Buffer.alloc(100_000, 'z')]));
    peer.socket.end(Buffer.from([0, 0, 0, 1, 4]));
    await receiver.until(() => receiver.disconnects > 0);
    assert.deepEqual(receiver.messages, [Buffer.from([4])]);
    await peer.gone();
    assert.equal(peer.received.length, 4 + 4 + 100_000);
    assert.equal(connection.write(framed(connection, [Buffer.from([1])])), true);
  });

  test('a frame that is cut off by the end of the connection is no message', async () => {
    const { made, ready } = bench();
    await ready;
    const { peer, receiver } = await made.established();
    peer.socket.end(Buffer.from([0, 0, 0, 5, 1, 2]));
    await receiver.until(() => receiver.disconnects > 0);
    assert.equal(receiver.messages.length, 0);
  });

  test('a closed connection goes on taking, but not delivering, until the peer hangs up', async () => {
    const clock = new FakeClock();
    const { made, ready } = bench({}, { clock });
    await ready;
    const { peer, receiver, connection } = await made.established();
    peer.socket.allowHalfOpen = true;
    connection.close('normal', '');
    await once(peer.socket, 'end');
    const arrived = once(made.lastSocket, 'data');
    peer.send([0, 0, 0, 1, 1]);
    await arrived;
    assert.equal(receiver.messages.length, 0);
    assert.equal(receiver.disconnects, 0);
    peer.socket.end();
    await receiver.until(() => receiver.disconnects > 0);
    await peer.gone();
    await turns(3);
    assert.equal(receiver.disconnects, 1);
    assert.equal(clock.pending, 0);
  });

  test('a closed connection whose peer does not hang up is destroyed after the close timeout', async () => {
    const clock = new FakeClock();
    const { made, ready } = bench({ closeTimeout: 5_000 }, { clock });
    await ready;
    const { peer, receiver, connection } = await made.established();
    peer.socket.allowHalfOpen = true;
    connection.close('normal', '');
    await once(peer.socket, 'end');
    clock.advance(4_999);
    await turns(5);
    assert.equal(receiver.disconnects, 0);
    clock.advance(1);
    await receiver.until(() => receiver.disconnects > 0);
    assert.equal(clock.pending, 0);
  });

  test('a closed connection whose peer does not read is destroyed after the close timeout', async () => {
    const clock = new FakeClock();
    const { made, ready } = bench({ closeTimeout: 5_000 }, { clock });
    await ready;
    const { peer, receiver, connection } = await made.established();
    peer.socket.pause();
    for (let at = 0; at < 24; at++) connection.write(framed(connection, [Buffer.alloc(1024 * 1024)]));
    connection.close('overload', '');
    await turns(5);
    assert.ok(connection.pending > 0);
    clock.advance(5_000);
    await receiver.until(() => receiver.disconnects > 0);
    assert.equal(receiver.disconnects, 1);
    peer.socket.destroy();
  });
});

describe('RawSocket peers that reset', { timeout: 20_000 }, () => {
  const states: readonly (readonly [string, (made: Bench) => Promise<RawPeer>])[] = [
    ['before the handshake', (made) => made.peer()],
    [
      'within the handshake',
      async (made) => {
        const peer = await made.peer();
        peer.send([0x7f, 0xf1]);
        await once(made.lastSocket, 'data');
        return peer;
      },
    ],
    ['after the handshake', async (made) => (await made.established()).peer],
    [
      'within a header',
      async (made) => {
        const { peer } = await made.established();
        peer.send([0, 0]);
        await once(made.lastSocket, 'data');
        return peer;
      },
    ],
    [
      'within a message',
      async (made) => {
        const { peer } = await made.established();
        peer.send([0, 0, 4, 0, 1, 2, 3]);
        await once(made.lastSocket, 'data');
        return peer;
      },
    ],
    [
      'while bytes wait for it',
      async (made) => {
        const { peer, connection } = await made.established();
        peer.socket.pause();
        for (let at = 0; at < 24; at++) connection.write(framed(connection, [Buffer.alloc(1024 * 1024)]));
        assert.ok(connection.pending > 0);
        return peer;
      },
    ],
    [
      'after our close',
      async (made) => {
        const { peer, connection } = await made.established();
        peer.socket.allowHalfOpen = true;
        connection.close('normal', '');
        await once(peer.socket, 'end');
        return peer;
      },
    ],
  ];
  for (const [name, reach] of states) {
    test(`${name}: one disconnection, no exception, nothing left`, async () => {
      const clock = new FakeClock();
      const { made, ready } = bench({}, { clock });
      await ready;
      const peer = await reach(made);
      const ended = closed(made.lastSocket);
      peer.socket.resetAndDestroy();
      await ended;
      await turns(3);
      for (const receiver of made.receivers) assert.equal(receiver.disconnects, 1);
      for (const connection of made.connections) {
        assert.equal(connection.write(framed(connection, [Buffer.from([1])])), true);
        connection.close('normal', '');
        connection.destroy();
      }
      assert.equal(clock.pending, 0);
    });
  }
});

describe('RawSocketListener.close', { timeout: 20_000 }, () => {
  test('ends handshakes at once, connections properly, and takes no more', async () => {
    const made = new Bench();
    await made.start();
    const waiting = await made.peer();
    const { peer, receiver, connection } = await made.established();
    connection.write(framed(connection, [Buffer.from('bye')]));
    const { running } = made;
    assert.ok(running);
    await running.listener.close();
    await Promise.all([waiting.gone(), peer.gone()]);
    assert.equal(receiver.disconnects, 1);
    assert.equal(peer.received.subarray(4).toString('latin1'), '\0\0\0\x03bye');
    const late = await made.peer();
    await late.gone();
    await made.stop();
  });

  test('waits for a peer that does not hang up no longer than the close timeout', async () => {
    const clock = new FakeClock();
    const made = new Bench();
    await made.start({ closeTimeout: 5_000 }, { clock });
    const { peer, receiver } = await made.established();
    peer.socket.allowHalfOpen = true;
    const closing = made.running?.listener.close();
    await once(peer.socket, 'end');
    clock.advance(5_000);
    await closing;
    assert.equal(receiver.disconnects, 1);
    await made.stop();
  });

  test('refuses limits that cannot be announced', async () => {
    await assert.rejects(new Bench().start({ maxMessageSize: 511 }), RangeError);
  });
});
