import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { framed, turns } from '../suites/recording-receiver.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Bench, bench, JSON_16M } from './rawsocket-bench.ts';
import { closed, RawPeer, startRawSocket } from './rawsocket-harness.ts';

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
      own: `tcp4:127.0.0.1:${peer.socket.remotePort}`,
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
    { name: 'FlatBuffers', octets: [0x7f, 0xf5, 0, 0], reply: '7f100000' },
    { name: 'a reserved serializer', octets: [0x7f, 0x0f, 0, 0], reply: '7f100000' },
    { name: 'reserved bits in the third octet', octets: [0x7f, 0xf1, 1, 0], reply: '7f300000' },
    { name: 'reserved bits in the fourth octet', octets: [0x7f, 0xf1, 0, 0x80], reply: '7f300000' },
  ];
  for (const { name, octets, reply } of refused) {
    test(`refuses ${name} with the error octets, then hangs up`, async () => {
      const clock = new FakeClock();
      const { made, ready } = bench({}, { clock });
      await ready;
      const peer = await made.peer();
      const ended = closed(made.lastSocket);
      peer.send(octets, [0, 0, 0, 1, 1]);
      await peer.gone();
      await ended;
      assert.equal(clock.pending, 0);
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
