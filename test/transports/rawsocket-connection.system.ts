import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { framed, turns } from '../suites/recording-receiver.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type Bench, bench } from './rawsocket-bench.ts';
import { closed, moreRead, type RawPeer } from './rawsocket-harness.ts';

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

  test('a peer that reads the answers in the end may go on for ever', async () => {
    const { made, ready } = bench();
    await ready;
    const { peer, receiver, connection } = await made.established();
    const ping = Buffer.concat([Buffer.from([1, 0, 0xea, 0x60]), Buffer.alloc(60_000)]);
    let expected = 4;
    for (let round = 0; round < 3; round++) {
      peer.socket.pause();
      for (let at = 0; at < 12; at++) connection.write(framed(connection, [Buffer.alloc(1024 * 1024)]));
      const { lastSocket } = made;
      const all = lastSocket.bytesRead + 3 * ping.length;
      peer.send(ping, ping, ping);
      while (lastSocket.bytesRead < all) await turn();
      expected += 12 * (4 + 1024 * 1024) + 3 * ping.length;
      peer.socket.resume();
      await peer.receive(expected);
    }
    assert.equal(receiver.disconnects, 0);
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
    await moreRead(made.lastSocket);
    clock.advance(60_000);
    await peer.receive(16);
    assert.equal(receiver.disconnects, 0);
    clock.advance(60_000);
    await receiver.until(() => receiver.disconnects > 0);
    await peer.gone();
    assert.equal(clock.pending, 0);
  });

  for (const end of ['close', 'destroy', 'reset'] as const) {
    test(`no PING is due after a ${end}`, async () => {
      const clock = new FakeClock();
      const { made, ready } = bench({ pingInterval: 30_000 }, { clock });
      await ready;
      const { peer, receiver, connection } = await made.established();
      clock.advance(30_000);
      assert.equal(clock.pending, 2);
      const ended = closed(made.lastSocket);
      if (end === 'close') connection.close('normal', '');
      else if (end === 'destroy') connection.destroy();
      else peer.socket.resetAndDestroy();
      await ended;
      assert.equal(receiver.disconnects, 1);
      assert.equal(clock.pending, 0);
    });
  }

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
    const arrived = moreRead(made.lastSocket);
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
        await moreRead(made.lastSocket);
        return peer;
      },
    ],
    ['after the handshake', async (made) => (await made.established()).peer],
    [
      'within a header',
      async (made) => {
        const { peer } = await made.established();
        peer.send([0, 0]);
        await moreRead(made.lastSocket);
        return peer;
      },
    ],
    [
      'within a message',
      async (made) => {
        const { peer } = await made.established();
        peer.send([0, 0, 4, 0, 1, 2, 3]);
        await moreRead(made.lastSocket);
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
