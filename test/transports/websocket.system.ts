import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import type { Accept, CloseReason, Connection } from '../../src/session/connection.ts';
import { WebSocketListener, type WebSocketPorts } from '../../src/transports/websocket.ts';
import type { WebSocketOptions } from '../../src/transports/websocket-options.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { framed, RecordingReceiver } from '../suites/recording-receiver.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FrameClient } from './autobahn/frame-client.ts';
import { hasOpenssl, makeCertificates } from './endpoint-certificates.ts';
import { temporaryDirectory } from './rawsocket-harness.ts';
import { type RunningListener, runListener } from './websocket-harness.ts';

const PROTOCOLS = ['wamp.2.cbor', 'wamp.2.json'];

async function start(
  t: TestContext,
  options: WebSocketOptions = {},
  ports: Partial<WebSocketPorts> = {},
): Promise<RunningListener> {
  const running = await runListener(options, ports);
  t.after(running.stop);
  return running;
}

async function open(
  t: TestContext,
  { port }: RunningListener,
  protocols: readonly string[] = [],
  options: WebSocket.ClientOptions = {},
): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, [...protocols], { perMessageDeflate: false, ...options });
  t.after(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

async function nextMessage(socket: WebSocket): Promise<{ bytes: Buffer; text: boolean }> {
  const [bytes, isBinary] = await once(socket, 'message');
  return { bytes, text: !isBinary };
}

async function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = await once(socket, 'close');
  return { code, reason: String(reason) };
}

/** Accepts one connection and hands it out. */
function acceptOne(receiver = new RecordingReceiver(1 << 24)): {
  accept: Accept;
  accepted: Promise<Connection>;
  receiver: RecordingReceiver;
} {
  let done: (connection: Connection) => void = () => {};
  const accepted = new Promise<Connection>((resolve) => {
    done = resolve;
  });
  return {
    accept: (connection) => {
      done(connection);
      return receiver;
    },
    accepted,
    receiver,
  };
}

describe('WebSocketListener and ws', { timeout: 60_000 }, () => {
  test('text, binary and fragments come back as they went', async (t) => {
    const socket = await open(t, await start(t));
    for (const size of [0, 1, 125, 126, 65_535, 65_536, 1_000_000]) {
      const bytes = Buffer.alloc(size, 'möwe');
      socket.send(bytes);
      assert.deepEqual(await nextMessage(socket), { bytes, text: false });
    }
    socket.send('grüße');
    assert.deepEqual(await nextMessage(socket), { bytes: Buffer.from('grüße'), text: true });
    socket.send('gr', { fin: false });
    socket.send('üß', { fin: false });
    socket.ping('now');
    const pong = once(socket, 'pong');
    socket.send('e', { fin: true });
    assert.deepEqual(await nextMessage(socket), { bytes: Buffer.from('grüße'), text: true });
    assert.equal(String((await pong)[0]), 'now');
  });

  test('ten thousand small messages at once, in order', async (t) => {
    const socket = await open(t, await start(t));
    const received: number[] = [];
    const all = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        received.push(Number(data));
        if (received.length === 10_000) resolve();
      });
    });
    for (let count = 0; count < 10_000; count += 1) socket.send(String(count));
    await all;
    assert.deepEqual(
      received,
      Array.from({ length: 10_000 }, (_, at) => at),
    );
  });

  test('what follows the handshake in the same packet is not lost', async (t) => {
    const { port } = await start(t);
    const frame = Buffer.from('818500000000', 'hex');
    const client = await FrameClient.open(port, {}, Buffer.concat([frame, Buffer.from('hello')]));
    t.after(() => client.socket.destroy());
    await client.until(() => client.frames.length > 0);
    assert.equal(String(client.frames[0]?.payload), 'hello');
  });

  test('frames ready-made for text and binary are taken by the subprotocol', async (t) => {
    for (const [protocol, text] of [
      ['wamp.2.json', true],
      ['wamp.2.cbor', false],
    ] as const) {
      const { accept, accepted } = acceptOne();
      const socket = await open(t, await start(t, {}, { protocols: PROTOCOLS, accept }), [protocol]);
      const connection = await accepted;
      const message = nextMessage(socket);
      assert.equal(connection.write(framed(connection, [Buffer.from('{}')])), true);
      assert.deepEqual(await message, { bytes: Buffer.from('{}'), text });
    }
  });

  test('says who is there', async (t) => {
    const { accept, accepted, receiver } = acceptOne();
    const greeting = { headers: { 'Set-Cookie': 'cbtid=1; HttpOnly' }, cookie: '1', accept };
    const running = await start(t, {}, { protocols: PROTOCOLS, accept, greet: () => greeting });
    const socket = new WebSocket(`ws://127.0.0.1:${running.port}/`, ['wamp.2.json'], {
      headers: { 'X-Tenant': 'one' },
    });
    t.after(() => socket.terminate());
    const [response] = await once(socket, 'upgrade');
    assert.equal(response.headers['set-cookie'][0], 'cbtid=1; HttpOnly');
    assert.equal(response.headers['server'], 'Turnpike');
    const { details } = await accepted;
    assert.equal(details.type, 'websocket');
    assert.equal(details.secure, false);
    assert.match(details.peer, /^tcp4:127\.0\.0\.1:\d+$/);
    assert.equal(details.protocol, 'wamp.2.json');
    assert.equal(details.serializer, null);
    assert.deepEqual(details.extensions, []);
    assert.equal(details.headersReceived?.['x-tenant'], 'one');
    assert.equal(details.headersReceived?.['sec-websocket-protocol'], 'wamp.2.json');
    assert.deepEqual(details.headersSent, { 'Set-Cookie': 'cbtid=1; HttpOnly' });
    assert.equal(receiver.disconnects, 0);
  });

  test('over TLS it says so', { skip: hasOpenssl() ? false : 'there is no openssl' }, async (t) => {
    const { directory, remove } = await temporaryDirectory();
    t.after(remove);
    const files = makeCertificates(directory);
    const { accept, accepted } = acceptOne();
    const listener = new WebSocketListener({}, { protocols: PROTOCOLS, accept, clock: SYSTEM_CLOCK, log: SILENT });
    const server = createSecureServer({
      key: readFileSync(path.resolve(files.serverKey)),
      cert: readFileSync(path.resolve(files.serverCertificate)),
    });
    server.on('upgrade', (request, socket, head) => listener.handleUpgrade(request, socket, head));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const socket = new WebSocket(`wss://127.0.0.1:${port}/`, ['wamp.2.json'], { rejectUnauthorized: false });
    t.after(() => socket.terminate());
    await once(socket, 'open');
    const connection = await accepted;
    assert.equal(connection.details.secure, true);
    assert.match(connection.details.peer, /^tcp4:/);
    const message = nextMessage(socket);
    connection.write(framed(connection, [Buffer.alloc(100_000, 'a')]));
    assert.equal((await message).bytes.length, 100_000);
    const closed = closing(socket);
    connection.close('normal', '');
    assert.equal((await closed).code, 1000);
  });

  test('a refusal is an HTTP answer that can be read', async (t) => {
    const running = await start(t, { allowedOrigins: ['https://good.example'] }, { protocols: PROTOCOLS });
    const ask = async (headers: Record<string, string>): Promise<string> => {
      const client = await FrameClient.open(running.port, headers);
      client.socket.destroy();
      return client.response;
    };
    assert.match(await ask({}), /^HTTP\/1\.1 400 Bad Request\r\n/);
    const evil = await ask({ 'Sec-WebSocket-Protocol': 'wamp.2.json', Origin: 'https://evil.example' });
    assert.match(evil, /^HTTP\/1\.1 400 /);
    assert.doesNotMatch(evil, /evil/);
    const good = await ask({ 'Sec-WebSocket-Protocol': 'wamp.2.json', Origin: 'https://good.example' });
    assert.match(good, /^HTTP\/1\.1 101 [\s\S]*\r\nSec-WebSocket-Protocol: wamp\.2\.json/);
    assert.match(
      await ask({ 'Sec-WebSocket-Version': '8' }),
      /^HTTP\/1\.1 426 [\s\S]*\r\nSec-WebSocket-Version: 13\r\n/,
    );
  });

  test('a peer that is refused and stays is dropped as soon as it has been told', async (t) => {
    const clock = new FakeClock();
    const running = await start(t, {}, { admit: () => false, clock });
    const client = await FrameClient.open(running.port);
    client.socket.allowHalfOpen = true;
    assert.match(client.response, /^HTTP\/1\.1 503 /);
    while (running.sockets[0]?.closed === false) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(clock.pending, 0);
    client.socket.destroy();
  });

  test('no Server header where none is wanted', async (t) => {
    const { port } = await start(t, { serverHeader: null });
    const client = await FrameClient.open(port);
    client.socket.destroy();
    assert.doesNotMatch(client.response, /^server:/im);
  });

  test('whoever is not admitted gets 503, and may try again', async (t) => {
    let room = false;
    const running = await start(t, {}, { admit: () => room });
    const socket = new WebSocket(`ws://127.0.0.1:${running.port}/`);
    const [, response] = await once(socket, 'unexpected-response');
    assert.equal(response.statusCode, 503);
    assert.equal(response.headers['retry-after'], '5');
    socket.on('error', () => {});
    socket.terminate();
    room = true;
    await open(t, running);
    assert.equal(running.listener.size, 1);
  });

  test('a header with a line break is a fault of ours, not an answer', async (t) => {
    const { accept } = acceptOne();
    const headers = { 'Set-Cookie': 'a=1\r\nX-Evil: 1' };
    const running = await start(t, {}, { greet: () => ({ headers, cookie: '1', accept }) });
    const client = await FrameClient.open(running.port);
    client.socket.destroy();
    assert.match(client.response, /^HTTP\/1\.1 500 /);
    assert.doesNotMatch(client.response, /evil/i);
  });
});

describe('the end of a WebSocket', { timeout: 60_000 }, () => {
  const reasons: readonly [CloseReason, number][] = [
    ['normal', 1000],
    ['shutdown', 1001],
    ['protocol-error', 1002],
    ['policy', 1008],
    ['too-big', 1009],
    ['internal-error', 1011],
    ['overload', 1013],
  ];
  for (const [reason, expected] of reasons) {
    test(`${reason}: ${expected}`, async (t) => {
      const { accept, accepted, receiver } = acceptOne();
      const socket = await open(t, await start(t, {}, { accept }));
      const closed = closing(socket);
      (await accepted).close(reason, 'because');
      assert.deepEqual(await closed, { code: expected, reason: 'because' });
      await receiver.until(() => receiver.disconnects === 1);
    });
  }

  test('the client goes first: answered with 1000, or its own code and reason', async (t) => {
    for (const echoCloseCodeReason of [false, true]) {
      const { accept, receiver } = acceptOne();
      const running = await start(t, { echoCloseCodeReason }, { accept });
      const client = await FrameClient.open(running.port);
      const payload = Buffer.concat([Buffer.from([0x0f, 0xa0]), Buffer.from('bye')]);
      await client.send({ opcode: 8, payload });
      await client.untilEnded();
      assert.deepEqual(client.closeFrame?.payload, echoCloseCodeReason ? payload : Buffer.from([0x03, 0xe8]));
      await receiver.until(() => receiver.disconnects === 1);
      client.socket.destroy();
    }
  });

  test('what a receiver throws costs the connection: 1011', async (t) => {
    const receiver = new RecordingReceiver(1_000);
    receiver.onMessage = () => {
      throw new Error('a fault of ours with internals');
    };
    const { accept } = acceptOne(receiver);
    const socket = await open(t, await start(t, {}, { accept }));
    const closed = closing(socket);
    socket.send('x');
    assert.deepEqual(await closed, { code: 1011, reason: '' });
    await receiver.until(() => receiver.disconnects === 1);
  });

  test('fail_by_drop: no close frame', async (t) => {
    const running = await start(t, { failByDrop: true });
    const client = await FrameClient.open(running.port);
    await client.send({ opcode: 3 });
    await client.untilEnded();
    assert.deepEqual(client.frames, []);
    client.socket.destroy();
  });

  test('a peer that does not answer the close frame is dropped in time', async (t) => {
    const clock = new FakeClock();
    const { accept, accepted, receiver } = acceptOne();
    const running = await start(t, { closeHandshakeTimeout: 5_000, autoPingInterval: 0 }, { accept, clock });
    const client = await FrameClient.open(running.port);
    (await accepted).close('normal', '');
    await client.until(() => client.closeFrame !== undefined);
    clock.advance(4_999);
    assert.equal(receiver.disconnects, 0);
    clock.advance(1);
    await receiver.until(() => receiver.disconnects === 1);
    await client.untilEnded();
    assert.equal(clock.pending, 0);
  });

  test('a peer that never ends TCP is dropped in time, too', async (t) => {
    const clock = new FakeClock();
    const { accept, receiver } = acceptOne();
    const running = await start(t, { autoPingInterval: 0 }, { accept, clock });
    const client = await FrameClient.open(running.port);
    client.socket.allowHalfOpen = true;
    await client.send({ opcode: 8 });
    await client.untilEnded();
    await receiver.until(() => receiver.disconnects === 1);
    assert.equal(running.listener.size, 1);
    clock.advance(1_000);
    while (running.listener.size > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(clock.pending, 0);
    client.socket.destroy();
  });

  test('a peer that just ends TCP is gone', async (t) => {
    const { accept, receiver } = acceptOne();
    const client = await FrameClient.open((await start(t, {}, { accept })).port);
    client.socket.end();
    await receiver.until(() => receiver.disconnects === 1);
    await client.untilEnded();
  });

  test('the listener closes: newcomers get 503, the others 1001', async (t) => {
    const running = await start(t);
    const first = await open(t, running);
    const second = await open(t, running);
    const closed = Promise.all([closing(first), closing(second)]);
    const done = Promise.all([running.listener.close(), running.listener.close()]);
    const late = await FrameClient.open(running.port);
    assert.match(late.response, /^HTTP\/1\.1 503 /);
    assert.deepEqual(
      (await closed).map(({ code }) => code),
      [1001, 1001],
    );
    await done;
    assert.equal(running.listener.size, 0);
    await running.listener.close();
  });

  test('pings go out when due; silence drops the peer', async (t) => {
    const clock = new FakeClock();
    const { accept, receiver } = acceptOne();
    const running = await start(
      t,
      { autoPingInterval: 1_000, autoPingTimeout: 500, autoPingSize: 20 },
      { accept, clock },
    );
    const client = await FrameClient.open(running.port);
    clock.advance(1_000);
    await client.until(() => client.frames.length === 1);
    const [ping] = client.frames;
    assert.deepEqual([ping?.opcode, ping?.payload.length], [9, 20]);
    await client.send({ opcode: 10, payload: ping!.payload }, { opcode: 9, payload: 'sync' });
    await client.until(() => client.frames.length === 2);
    clock.advance(999);
    clock.advance(1);
    await client.until(() => client.frames.length === 3);
    clock.advance(500);
    await client.untilEnded();
    assert.equal(client.closeFrame, undefined);
    await receiver.until(() => receiver.disconnects === 1);
    assert.equal(clock.pending, 0);
  });
});

describe('WebSocket output', { timeout: 60_000 }, () => {
  test('masked, for peers that want it against the standard', async (t) => {
    const running = await start(t, { maskServerFrames: true });
    const client = await FrameClient.open(running.port);
    t.after(() => client.socket.destroy());
    const chunks: Buffer[] = [];
    client.socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await client.send({ opcode: 2, payload: 'hello' });
    while (Buffer.concat(chunks).length < 11) await once(client.socket, 'data');
    const frame = Buffer.concat(chunks);
    assert.equal(frame[1], 0x85);
    const unmasked = frame.subarray(6).map((octet, at) => octet ^ frame[2 + (at & 3)]!);
    assert.equal(Buffer.from(unmasked).toString(), 'hello');
  });

  test('cut into fragments of the configured size', async (t) => {
    const running = await start(t, { autoFragmentSize: 10 });
    const client = await FrameClient.open(running.port);
    t.after(() => client.socket.destroy());
    await client.send({ opcode: 1, payload: 'x'.repeat(25) }, { opcode: 1, payload: 'y'.repeat(10) });
    await client.until(() => client.frames.length === 4);
    assert.deepEqual(
      client.frames.map(({ opcode, fin, payload }) => [opcode, fin, payload.length]),
      [
        [1, false, 10],
        [0, false, 10],
        [0, true, 5],
        [1, true, 10],
      ],
    );
  });

  const offers: readonly [name: string, server: NonNullable<WebSocketOptions['compression']>, client: object][] = [
    ['by default', {}, {}],
    ['with all windows kept', { noContextTakeover: false, requestNoContextTakeover: false, maxWindowBits: 15 }, {}],
    [
      'as the client asks',
      { noContextTakeover: false, requestNoContextTakeover: false },
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
    ],
    [
      'with small windows',
      { noContextTakeover: false, requestNoContextTakeover: false, requestMaxWindowBits: 9 },
      { serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
    ],
    ['with little memory', { memoryLevel: 1 }, {}],
  ];
  for (const [name, compression, perMessageDeflate] of offers) {
    test(`compressed ${name}`, async (t) => {
      const running = await start(t, { compression: { threshold: 100, ...compression } });
      const socket = await open(t, running, [], { perMessageDeflate: { threshold: 0, ...perMessageDeflate } });
      assert.match(socket.extensions, /permessage-deflate/);
      for (const text of ['short', 'long '.repeat(5_000), 'long '.repeat(5_000), 'again '.repeat(100_000)]) {
        socket.send(text);
        const { bytes, text: isText } = await nextMessage(socket);
        assert.equal(isText, true);
        assert.equal(String(bytes), text);
      }
      const received: string[] = [];
      const all = new Promise<void>((resolve) => {
        socket.on('message', (data) => {
          received.push(String(data));
          if (received.length === 300) resolve();
        });
      });
      const sent = Array.from({ length: 300 }, (_, at) => `${at} `.repeat((at * 37) % 500));
      for (const text of sent) socket.send(text);
      await all;
      assert.deepEqual(received, sent);
      const closed = closing(socket);
      socket.close(1000);
      assert.equal((await closed).code, 1000);
    });
  }

  test('compressed messages keep their order through write, and close comes after them', async (t) => {
    const { accept, accepted, receiver } = acceptOne();
    const running = await start(t, { compression: { threshold: 50 } }, { protocols: PROTOCOLS, accept });
    const socket = await open(t, running, ['wamp.2.json'], { perMessageDeflate: true });
    const connection = await accepted;
    assert.equal(connection.details.extensions?.[0]?.['extension'], 'permessage-deflate');
    const received: string[] = [];
    socket.on('message', (data) => received.push(String(data)));
    const sent = Array.from({ length: 50 }, (_, at) => `${at} `.repeat((at * 37) % 100));
    connection.write(
      framed(
        connection,
        sent.map((text) => Buffer.from(text)),
      ),
    );
    assert.ok(connection.pending > 0);
    const closed = closing(socket);
    connection.close('shutdown', 'done');
    assert.deepEqual(await closed, { code: 1001, reason: 'done' });
    assert.deepEqual(received, sent);
    await receiver.until(() => receiver.disconnects === 1);
  });

  test('a client that offers no compression is served without', async (t) => {
    const socket = await open(t, await start(t, { compression: {} }));
    assert.equal(socket.extensions, '');
    socket.send('x'.repeat(10_000));
    assert.equal((await nextMessage(socket)).bytes.length, 10_000);
  });
});
