import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, createDeflateRaw, deflateRawSync } from 'node:zlib';
import type { Accept, Connection } from '../../src/session/connection.ts';
import { WebSocketListener, type WebSocketPorts } from '../../src/transports/websocket.ts';
import type { WebSocketOptions } from '../../src/transports/websocket-options.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { HttpServer } from '../../src/webservice/http-server.ts';
import { WebSocketPath } from '../../src/webservice/websocket.ts';
import { framed, RecordingReceiver } from '../suites/recording-receiver.ts';
import { FrameClient, octetsOf, type Step } from './autobahn/frame-client.ts';
import { type RunningListener, runListener } from './websocket-harness.ts';

const MIB = 1024 * 1024;
const BEFORE_WELCOME = 64 * 1024;
const DEFLATE = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };

async function start(
  t: TestContext,
  options: WebSocketOptions = {},
  ports: Partial<WebSocketPorts> = {},
): Promise<RunningListener> {
  const running = await runListener(options, ports);
  t.after(running.stop);
  return running;
}

async function attack(
  t: TestContext,
  { port }: RunningListener,
  headers: Record<string, string> = {},
): Promise<FrameClient> {
  const client = await FrameClient.open(port, headers);
  t.after(() => client.socket.destroy());
  return client;
}

async function closeCode(client: FrameClient): Promise<number | undefined> {
  await client.untilEnded();
  return client.closeFrame?.payload.readUInt16BE(0);
}

/** A receiver in the state of a session: before WELCOME, or after. */
function session(maxReceive: number): { accept: Accept; receiver: RecordingReceiver; accepted: Promise<Connection> } {
  const receiver = new RecordingReceiver(maxReceive);
  let done: (connection: Connection) => void = () => {};
  const accepted = new Promise<Connection>((resolve) => {
    done = resolve;
  });
  const accept: Accept = (connection) => {
    done(connection);
    return receiver;
  };
  return { accept, receiver, accepted };
}

/** How much the process has grown meanwhile, in bytes. */
async function growth(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 1);
  await work();
  clearInterval(watch);
  return Math.max(most, process.memoryUsage.rss()) - before;
}

/** So many MiB of zeros, deflated without ever holding them, so that the process is small when the bomb arrives. */
async function zipBomb(size: number): Promise<Buffer> {
  const stream = createDeflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const zeros = Buffer.alloc(MIB);
  for (let count = 0; count < size; count += 1) {
    if (!stream.write(zeros)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'end');
  return Buffer.concat(chunks).subarray(0, -4);
}

describe('WebSocket limits', { timeout: 60_000 }, () => {
  test('a message beyond what the session takes: 1009 at its header', async (t) => {
    const { accept, receiver } = session(BEFORE_WELCOME);
    const client = await attack(t, await start(t, {}, { accept }));
    client.socket.write(Buffer.from('82ff000000000001000101020304', 'hex'));
    assert.equal(await closeCode(client), 1009);
    assert.equal(receiver.disconnects, 1);
  });

  test('max_message_size and max_frame_size: 1009', async (t) => {
    for (const [options, fragments] of [
      [{ maxMessageSize: 1_000 }, 1],
      [{ maxMessageSize: 1_000 }, 4],
      [{ maxFrameSize: 1_000 }, 1],
    ] as const) {
      const client = await attack(t, await start(t, options));
      const payload = Buffer.alloc(Math.ceil(1_001 / fragments));
      for (let at = 0; at < fragments; at += 1)
        await client.send({ opcode: at === 0 ? 2 : 0, fin: at === fragments - 1, payload });
      assert.equal(await closeCode(client), 1009);
    }
  });

  test('2^63-1 bytes are announced to a hundred connections: nothing is allocated', async (t) => {
    const running = await start(t);
    const clients = await Promise.all(Array.from({ length: 100 }, () => attack(t, running)));
    const grown = await growth(async () => {
      for (const client of clients) client.socket.write(Buffer.from('82ff7fffffffffffffff01020304', 'hex'));
      for (const client of clients) assert.equal(await closeCode(client), 1009);
    });
    assert.ok(grown < 32 * MIB, `grew by ${grown}`);
  });

  test('fragments: 64 before WELCOME, 16 384 after; 1008', async (t) => {
    for (const [maxReceive, most] of [
      [BEFORE_WELCOME, 64],
      [16 * MIB, 16_384],
    ] as const) {
      const { accept, receiver } = session(maxReceive);
      const running = await start(t, {}, { accept });
      const steps = (count: number): Step[] =>
        Array.from({ length: count }, (_, at) => ({ opcode: at === 0 ? 2 : 0, fin: false }));
      const good = await attack(t, running);
      await good.send(...steps(most - 1), { opcode: 0 });
      await receiver.until(() => receiver.messages.length === 1);
      const bad = await attack(t, running);
      await bad.send(...steps(most), { opcode: 0 });
      assert.equal(await closeCode(bad), 1008);
    }
  });

  test('a million empty fragments: 1008, and no memory', async (t) => {
    const { accept } = session(16 * MIB);
    const client = await attack(t, await start(t, {}, { accept }));
    const many = Buffer.concat([
      octetsOf({ opcode: 2, fin: false }),
      ...Array<Buffer>(10_000).fill(octetsOf({ opcode: 0, fin: false })),
    ]);
    const grown = await growth(async () => {
      for (let count = 0; count < 100 && !client.ended; count += 1) {
        if (!client.socket.write(count === 0 ? many : many.subarray(6)))
          await Promise.race([once(client.socket, 'drain'), client.untilEnded()]);
      }
      assert.equal(await closeCode(client), 1008);
    });
    assert.ok(grown < 32 * MIB, `grew by ${grown}`);
  });

  test('a zip bomb of 256 MiB: 1009 at once, and no more than 16 MiB, before WELCOME and after', async (t) => {
    const bomb = await zipBomb(256);
    assert.ok(bomb.length < 300_000);
    for (const [maxReceive, cut] of [
      [BEFORE_WELCOME, 60_000],
      [MIB, bomb.length],
    ] as const) {
      const { accept, receiver } = session(maxReceive);
      const client = await attack(t, await start(t, { compression: {} }, { accept }), DEFLATE);
      const payload = bomb.subarray(0, cut);
      const octets = octetsOf({ opcode: 2, rsv: 4, payload });
      const grown = await growth(async () => {
        client.socket.write(octets);
        assert.equal(await closeCode(client), 1009);
      });
      assert.ok(grown < 16 * MIB, `grew by ${grown}`);
      assert.deepEqual(receiver.messages, []);
    }
  });

  test('a zip bomb over many fragments is no different', async (t) => {
    const bomb = deflateRawSync(Buffer.alloc(16 * MIB), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const { accept } = session(MIB);
    const client = await attack(t, await start(t, { compression: {} }, { accept }), DEFLATE);
    const steps: Step[] = [];
    for (let at = 0; at < bomb.length; at += 100) {
      steps.push({
        opcode: at === 0 ? 2 : 0,
        rsv: at === 0 ? 4 : 0,
        fin: at + 100 >= bomb.length,
        payload: bomb.subarray(at, at + 100),
      });
    }
    await client.send(...steps);
    assert.equal(await closeCode(client), 1009);
  });

  test('damaged compressed data: 1007; text that inflates to no UTF-8: 1007', async (t) => {
    const running = await start(t, { compression: {} });
    const damaged = await attack(t, running, DEFLATE);
    await damaged.send({ opcode: 2, rsv: 4, payload: 'this was never deflated' });
    assert.equal(await closeCode(damaged), 1007);
    const notUtf8 = await attack(t, running, DEFLATE);
    const payload = deflateRawSync(Buffer.from([0xff, 0xfe]), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    await notUtf8.send({ opcode: 1, rsv: 4, payload });
    assert.equal(await closeCode(notUtf8), 1007);
  });

  test('a flood of pings from a peer that reads nothing costs nothing', async (t) => {
    const { accept, accepted } = session(MIB);
    const running = await start(t, { autoPingInterval: 0 }, { accept });
    const client = await attack(t, running);
    const connection = await accepted;
    client.socket.pause();
    const ping = octetsOf({ opcode: 9, payload: Buffer.alloc(125) });
    const flood = Buffer.concat(Array<Buffer>(500).fill(ping));
    let sent = 0;
    while (sent < 64 * MIB) {
      sent += flood.length;
      if (!client.socket.write(flood)) await Promise.race([once(client.socket, 'drain'), sleep(1_000)]);
    }
    assert.ok(connection.pending < 256 * 1024, `${connection.pending} bytes wait`);
    client.socket.resume();
    await client.send({ opcode: 9, payload: 'last' });
    await client.until(() => client.frames.some(({ payload }) => String(payload) === 'last'));
  });

  test('a peer that reads nothing: pending says so, and drained when it reads again', async (t) => {
    const { accept, accepted, receiver } = session(MIB);
    const client = await attack(t, await start(t, {}, { accept }));
    const connection = await accepted;
    client.socket.pause();
    const message = Buffer.alloc(MIB, 1);
    let kept = false;
    for (let count = 0; count < 16; count += 1) kept = !connection.write(framed(connection, [message])) || kept;
    assert.equal(kept, true);
    assert.ok(connection.pending > MIB);
    assert.equal(receiver.drains, 0);
    client.socket.resume();
    await receiver.until(() => receiver.drains > 0);
    assert.equal(connection.pending, 0);
  });

  test('after it was refused, a peer may send what it likes: it is dropped, and the connection with it', async (t) => {
    const running = await start(t, { closeHandshakeTimeout: 300 });
    const client = await attack(t, running);
    client.socket.allowHalfOpen = true;
    await client.send({ opcode: 3 });
    const startedAt = performance.now();
    const more = Buffer.alloc(65_536);
    while (running.listener.size > 0 && performance.now() - startedAt < 5_000) {
      client.socket.write(more);
      await sleep(5);
    }
    assert.ok(performance.now() - startedAt < 2_000);
    assert.equal(client.closeFrame?.payload.readUInt16BE(0), 1002, 'the close frame was lost to a reset');
  });
});

describe('slow and sudden peers', { timeout: 60_000 }, () => {
  /** As a worker has it: the HTTP server that keeps the deadline of the request, with the listener behind. */
  async function site(t: TestContext, requestTimeout: number): Promise<{ port: number; listener: WebSocketListener }> {
    const { accept } = session(MIB);
    const listener = new WebSocketListener({}, { protocols: [], accept, clock: SYSTEM_CLOCK, log: SILENT });
    const http = new HttpServer(new WebSocketPath(listener), { requestTimeout }, SYSTEM_CLOCK, SILENT);
    const server = createServer({ allowHalfOpen: true }, (socket) => http.accept(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(async () => {
      server.close();
      await http.close();
      await listener.close();
    });
    return { port: (server.address() as AddressInfo).port, listener };
  }

  test('a handshake that comes octet by octet is over at the deadline', async (t) => {
    const { port, listener } = await site(t, 300);
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {});
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    const startedAt = performance.now();
    const request = `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nX-Long: ${'a'.repeat(1_000)}`;
    const drip = setInterval(() => socket.write(request[Math.min(request.length - 1, answer.length)] ?? 'a'), 20);
    await once(socket, 'close');
    clearInterval(drip);
    assert.match(answer, /^HTTP\/1\.1 40[08] /);
    assert.ok(performance.now() - startedAt < 2_000);
    assert.equal(listener.size, 0);
  });

  test('headers without end: 431', async (t) => {
    const { port } = await site(t, 5_000);
    const client = await FrameClient.open(port, { 'X-Long': 'a'.repeat(20_000) });
    assert.match(client.response, /^HTTP\/1\.1 431 /);
    const many = Object.fromEntries(Array.from({ length: 2_001 }, (_, at) => [`X-${at}`, '1']));
    const other = await FrameClient.open(port, many);
    assert.match(other.response, /^HTTP\/1\.1 431 /);
    client.socket.destroy();
    other.socket.destroy();
  });

  type Scene = (client: FrameClient, connection: Connection) => Promise<void> | void;
  const large = Buffer.alloc(4 * MIB, 7);
  const compressed = deflateRawSync(Buffer.alloc(900_000, 'abcdefg'), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(
    0,
    -4,
  );
  const scenes: readonly [name: string, scene: Scene][] = [
    ['after the handshake', () => {}],
    ['within a header', (client) => void client.socket.write(Buffer.from('82', 'hex'))],
    [
      'within a payload',
      (client) => void client.socket.write(octetsOf({ opcode: 2, payload: large }).subarray(0, 100_000)),
    ],
    ['between fragments', (client) => client.send({ opcode: 2, fin: false, payload: 'one' })],
    ['while a message is inflated', (client) => client.send({ opcode: 2, rsv: 4, payload: compressed })],
    [
      'while a message is compressed',
      (_, connection) =>
        void connection.write(framed(connection, [large.subarray(0, 900_000), large.subarray(0, 900_000)])),
    ],
    [
      'while it does not read',
      (client, connection) => {
        client.socket.pause();
        for (let count = 0; count < 4; count += 1) connection.write(framed(connection, [large]));
      },
    ],
    ['after our close frame', (_, connection) => connection.close('normal', '')],
    ['after its close frame', (client) => client.send({ opcode: 8 })],
    ['after it was refused', (client) => client.send({ opcode: 3 })],
    [
      'after our close frame, behind what is being compressed',
      (_, connection) => {
        connection.write(framed(connection, [large.subarray(0, 900_000)]));
        connection.close('normal', '');
      },
    ],
  ];
  for (const [name, scene] of scenes) {
    for (const headers of [{}, DEFLATE]) {
      test(`a reset ${name}${headers === DEFLATE ? ' (compressing)' : ''}: gone, once, and nothing thrown`, async (t) => {
        const { accept, accepted, receiver } = session(16 * MIB);
        const running = await start(t, { compression: {} }, { accept });
        const client = await attack(t, running, headers);
        const connection = await accepted;
        await scene(client, connection);
        await sleep(2);
        client.socket.resetAndDestroy();
        await receiver.until(() => receiver.disconnects === 1);
        while (running.listener.size > 0) await sleep(1);
        assert.equal(connection.write(framed(connection, [Buffer.from('late')])), true);
        connection.close('normal', 'late');
        connection.destroy();
        await sleep(5);
        assert.equal(receiver.disconnects, 1);
        await attack(t, running);
      });
    }
  }

  test('a reset before the handshake is answered', async (t) => {
    const running = await start(t, {}, { admit: () => false });
    for (let count = 0; count < 20; count += 1) {
      const socket = connect({ port: running.port, host: '127.0.0.1' });
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      if (count % 2 === 0) await sleep(1);
      socket.resetAndDestroy();
    }
    assert.match((await FrameClient.open(running.port)).response, /^HTTP\/1\.1 503 /);
  });

  test('a hundred connections that come and go leave nothing behind', async (t) => {
    const running = await start(t, { compression: {} });
    for (let round = 0; round < 10; round += 1) {
      const clients = await Promise.all(
        Array.from({ length: 10 }, (_, at) => attack(t, running, at % 2 === 0 ? DEFLATE : {})),
      );
      for (const [at, client] of clients.entries()) {
        if (at % 3 === 0) client.socket.resetAndDestroy();
        else if (at % 3 === 1) client.socket.end();
        else await client.send({ opcode: 8 });
      }
    }
    while (running.listener.size > 0) await sleep(1);
    assert.equal(running.listener.size, 0);
  });
});
