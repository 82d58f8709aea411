import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { EndpointError } from '../../src/transports/endpoint-error.ts';
import { connectWebSocket, type WebSocketClientOptions } from '../../src/transports/websocket-client.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { framed, RecordingReceiver } from '../suites/recording-receiver.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { runListener } from './websocket-harness.ts';

function options(port: number, more: Partial<WebSocketClientOptions> = {}): WebSocketClientOptions {
  return {
    url: `ws://127.0.0.1:${port}/path?query`,
    protocols: ['wamp.2.json', 'wamp.2.cbor'],
    clock: SYSTEM_CLOCK,
    log: SILENT,
    ...more,
  };
}

const nobody = (): never => {
  throw new Error('accepted although nothing was agreed');
};

/** A server that answers the request with what `answer` makes of its key. */
async function scripted(
  t: TestContext,
  answer: (key: string) => string | Buffer,
): Promise<{ port: number; requests: string[] }> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      requests.push(String(chunk));
      const key = /sec-websocket-key: (.*)\r\n/i.exec(String(chunk))?.[1];
      if (key !== undefined) socket.write(answer(key));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests };
}

function accepting(key: string, lines: readonly string[], behind = ''): Buffer {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const head = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
  ];
  return Buffer.concat([Buffer.from(`${[...head, ...lines].join('\r\n')}\r\n\r\n`), Buffer.from(behind, 'hex')]);
}

const CBOR = 'Sec-WebSocket-Protocol: wamp.2.cbor';

describe('connectWebSocket', { timeout: 30_000 }, () => {
  test('speaks with ws as server, masked both small and large', async (t) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'wamp.2.cbor' });
    await once(server, 'listening');
    t.after(() => server.close());
    const headers: unknown[] = [];
    server.on('connection', (socket, request) => {
      headers.push(request.headers['x-tenant'], request.url);
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    const receiver = new RecordingReceiver(1 << 21);
    const { port } = server.address() as AddressInfo;
    const connection = await connectWebSocket(options(port, { headers: { 'X-Tenant': 'one' } }), (_, protocol) => {
      assert.equal(protocol, 'wamp.2.cbor');
      return receiver;
    });
    assert.equal(connection.details.peer, `tcp4:127.0.0.1:${port}`);
    assert.deepEqual(headers, ['one', '/path?query']);
    const messages = [0, 1, 300, 70_000, 1_000_000].map((size) => Buffer.alloc(size, 'abcdefg'));
    connection.write(framed(connection, messages));
    await receiver.until(() => receiver.messages.length === messages.length);
    assert.deepEqual(receiver.messages, messages);
    connection.close('normal', 'done');
    await receiver.until(() => receiver.disconnects === 1);
  });

  test('takes what comes with the answer', async (t) => {
    const { port, requests } = await scripted(t, (key) => accepting(key, [CBOR], '82036f6e65'));
    const receiver = new RecordingReceiver(100);
    const clock = new FakeClock();
    const connection = await connectWebSocket(options(port, { clock }), () => receiver);
    assert.equal(clock.pending, 1, 'only the ping is due');
    await receiver.until(() => receiver.messages.length === 1);
    assert.equal(String(receiver.messages[0]), 'one');
    assert.match(requests[0] ?? '', /^GET \/path\?query HTTP\/1\.1\r\n/);
    assert.match(requests[0] ?? '', /Host: 127\.0\.0\.1:\d+\r\n/);
    assert.match(requests[0] ?? '', /Sec-WebSocket-Protocol: wamp\.2\.json, wamp\.2\.cbor\r\n/);
    connection.destroy();
    await receiver.until(() => receiver.disconnects === 1);
    assert.equal(clock.pending, 0);
  });

  test('a server that masks its frames is refused', async (t) => {
    const { port } = await scripted(t, (key) => accepting(key, [CBOR], '8281000000006f'));
    const receiver = new RecordingReceiver(100);
    await connectWebSocket(options(port, { closeHandshakeTimeout: 100 }), () => receiver);
    await receiver.until(() => receiver.disconnects === 1);
    assert.deepEqual(receiver.messages, []);
  });

  const answers: readonly [name: string, answer: (key: string) => string | Buffer, message: RegExp][] = [
    ['a refusal', () => 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n', /the server answered 403/],
    ['an answer that is not HTTP', () => 'SSH-2.0-OpenSSH_9.2\r\n', /cannot open a WebSocket/],
    ['another upgrade', (key) => String(accepting(key, [CBOR])).replace('websocket', 'h2c'), /another upgrade/],
    ['a wrong key', () => accepting('AAAA', [CBOR]), /does not know the key/],
    [
      'no key',
      (key) => String(accepting(key, [CBOR])).replace(/Sec-WebSocket-Accept.*\r\n/, ''),
      /does not know the key/,
    ],
    ['no subprotocol', (key) => accepting(key, []), /none of the subprotocols/],
    ['another subprotocol', (key) => accepting(key, ['Sec-WebSocket-Protocol: soap']), /none of the subprotocols/],
    ['an extension', (key) => accepting(key, [CBOR, 'Sec-WebSocket-Extensions: permessage-deflate']), /an extension/],
    ['headers without end', () => `HTTP/1.1 101 x\r\nX: ${'a'.repeat(20_000)}`, /cannot open a WebSocket/],
  ];
  for (const [name, answer, message] of answers) {
    test(`${name}: an EndpointError that says so`, async (t) => {
      const { port } = await scripted(t, answer);
      await assert.rejects(connectWebSocket(options(port), nobody), (error) => {
        assert.ok(error instanceof EndpointError);
        assert.match(error.message, message);
        assert.match(error.message, /tcp 127\.0\.0\.1:\d+/);
        return true;
      });
    });
  }

  test('a server that says nothing is given up in time', async (t) => {
    const { port, requests } = await scripted(t, () => '');
    const clock = new FakeClock();
    const connecting = connectWebSocket(options(port, { clock }), nobody);
    while (requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(10_000);
    await assert.rejects(connecting, /did not answer in time/);
    assert.equal(clock.pending, 0);
  });

  test('may be aborted at any time', async (t) => {
    const { port, requests } = await scripted(t, () => '');
    await assert.rejects(
      connectWebSocket(options(port, { signal: AbortSignal.abort(new Error('enough')) }), nobody),
      /enough/,
    );
    const controller = new AbortController();
    const connecting = connectWebSocket(options(port, { signal: controller.signal }), nobody);
    while (requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('too late'));
    await assert.rejects(connecting, /too late/);
  });

  test('wants a URL of its kind', async () => {
    for (const url of ['http://127.0.0.1/', 'nonsense', 'rs://127.0.0.1:1']) {
      await assert.rejects(connectWebSocket(options(1, { url }), nobody), RangeError);
    }
  });

  test('what accept throws ends the attempt', async (t) => {
    const running = await runListener();
    t.after(running.stop);
    await assert.rejects(connectWebSocket(options(running.port, { protocols: [] }), nobody), /accepted although/);
    while (running.listener.size > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
