import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Json } from '../../src/webservice/json.ts';
import type { PathService } from '../../src/webservice/path-service.ts';
import { PathTree } from '../../src/webservice/path-tree.ts';
import { WebSocketPath } from '../../src/webservice/websocket.ts';
import { exchange, RawClient, RecordingLog, startWeb, statusOf } from './web-fixture.ts';

const OK = new Json('ok');
const GET = 'GET / HTTP/1.1\r\nHost: h\r\n';
const CLOSE = 'Connection: close\r\n\r\n';

test('header bombs: 431 for too many, too long, or an endless line', async (t) => {
  const { port } = await startWeb(t, OK);
  const headers = (count: number) => Array.from({ length: count }, (_, i) => `x-${i}: 1\r\n`).join('');
  assert.equal(statusOf(await exchange(port, `${GET}${headers(98)}${CLOSE}`)), 200);
  assert.equal(statusOf(await exchange(port, `${GET}${headers(99)}${CLOSE}`)), 431);
  assert.equal(statusOf(await exchange(port, `${GET}${headers(2_001)}${CLOSE}`)), 431);
  assert.equal(statusOf(await exchange(port, `${GET}x: ${'y'.repeat(17_000)}\r\n${CLOSE}`)), 431);
  assert.equal(statusOf(await exchange(port, `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nHost: h\r\n${CLOSE}`)), 431);
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
  assert.equal(statusOf(await exchange(port, `${GET}${upgrade}${headers(100)}\r\n`)), 431);
});

test('what is not HTTP gets 400, and none of it comes back', async (t) => {
  const { port } = await startWeb(t, OK);
  const mark = 'MARK';
  const requests = [
    `\x16\x03\x01\x02\x00\x01\x00${mark}`,
    `\x7f\xf1\x00\x00${mark}`,
    `${mark}\r\n\r\n`,
    `GET / HTTP/9.9\r\nHost: ${mark}\r\n\r\n`,
    `GET /${mark} HTTP/1.1\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: h\r\n${mark} : x\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: h\r\nX: a\0${mark}\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: h\r\nX: a\n${mark}\r\n\r\n`,
    `GET /\0${mark} HTTP/1.1\r\nHost: h\r\n\r\n`,
    `GET /a b${mark} HTTP/1.1\r\nHost: h\r\n\r\n`,
    `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n${mark}`,
    `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n${mark}`,
    `GET / HTTP/1.1\r\nHost: h\r\nHost: ${mark}\r\n\r\n`,
    `GET ${mark} HTTP/1.1\r\nHost: h\r\n\r\n`,
    `GET /%${mark} HTTP/1.1\r\nHost: h\r\n\r\n`,
    `OPTIONS * HTTP/1.1\r\nHost: ${mark}\r\n\r\n`,
  ];
  for (const request of requests) {
    const answer = await exchange(port, request);
    assert.equal(statusOf(answer), 400, JSON.stringify(request));
    assert.ok(!answer.includes(mark), JSON.stringify(request));
  }
});

test('CRLF and markup in path, query, host and agent are not reflected', async (t) => {
  const { port } = await startWeb(t, new PathTree(new Map()));
  const evil = '%0d%0aSet-Cookie:%20a=b%3Cscript%3Ealert(1)%3C/script%3E';
  const answer = await exchange(
    port,
    `GET /<script>${evil}?<script> HTTP/1.1\r\nHost: "><script>\r\nUser-Agent: <script>\r\nOrigin: <script>\r\n${CLOSE}`,
  );
  assert.equal(statusOf(answer), 404);
  assert.doesNotMatch(answer, /set-cookie|script|alert/i);
  assert.match(answer, /X-Content-Type-Options: nosniff\r\n/);
});

test('a connection that says nothing gets 408 at its deadline', async (t) => {
  const { port, clock } = await startWeb(t, OK);
  const client = new RawClient(port);
  await once(client.socket, 'connect');
  while (clock.pending === 0) await new Promise(setImmediate);
  clock.advance(9_999);
  assert.equal(clock.pending, 1);
  clock.advance(1);
  await client.closed;
  assert.equal(statusOf(client.received), 408);
  assert.equal(clock.pending, 0);
});

test('a request that drips in does not refresh the deadline', async (t) => {
  const { port, clock } = await startWeb(t, OK, { requestTimeout: 1_000 });
  const client = new RawClient(port);
  await once(client.socket, 'connect');
  for (const part of ['GET', ' / HT', 'TP/1.1\r\n', 'Host: h\r\n', 'X: y']) {
    client.socket.write(part);
    await new Promise(setImmediate);
    clock.advance(190);
  }
  clock.advance(50);
  await client.closed;
  assert.equal(statusOf(client.received), 408);
});

test('a second request that drips in has a deadline too', async (t) => {
  const { port, clock } = await startWeb(t, OK, { requestTimeout: 1_000, keepAliveTimeout: 500 });
  const client = new RawClient(port);
  client.socket.write(`${GET}\r\n`);
  await client.until(/"ok"$/);
  assert.equal(clock.pending, 1);
  client.socket.write('GET / HTTP/1.1\r\nHo');
  await new Promise(setImmediate);
  clock.advance(1_500);
  await client.closed;
  assert.match(client.received, /"ok"HTTP\/1\.1 408 /);
});

test('a body that drips in ends with the deadline', async (t) => {
  let asked = () => {};
  const begun = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const waiting: PathService = { handle: () => asked() };
  const { port, clock } = await startWeb(t, waiting, { requestTimeout: 1_000 });
  const client = new RawClient(port);
  client.socket.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nx');
  await begun;
  clock.advance(1_000);
  await client.closed;
  assert.equal(client.received, '');
});

test('an idle connection is closed after the keep-alive time', async (t) => {
  const { port } = await startWeb(t, OK, { keepAliveTimeout: 30 });
  const client = new RawClient(port);
  client.socket.write(`${GET}\r\n`);
  await client.closed;
  assert.equal(statusOf(client.received), 200);
});

test('a client that does not read its answer is dropped', async (t) => {
  const large = new Json('x'.repeat(32 * 1024 * 1024));
  const { port } = await startWeb(t, large, { clientTimeout: 100 });
  const client = new RawClient(port);
  client.socket.pause();
  client.socket.write(`${GET}\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 600));
  client.socket.resume();
  await client.closed;
  assert.ok(client.received.length < 32 * 1024 * 1024);
});

test('pipelined requests are answered in order', async (t) => {
  const echo: PathService = {
    handle: (request, response) => {
      setImmediate(() => response.end(`<${request.url}>`));
    },
  };
  const { port, clock } = await startWeb(t, echo);
  const answer = await exchange(port, `GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n${CLOSE}`);
  assert.deepEqual(answer.match(/<.*?>/g), ['</1>', '</2>']);
  assert.equal(clock.pending, 0);
});

test('an upgrade to something else than WebSocket is ignored: the request is answered', async (t) => {
  const size = 8 * 1024 * 1024;
  const services = new Map<string, PathService>([
    ['large', new Json('x'.repeat(size))],
    ['ws', new WebSocketPath({ handleUpgrade: (_request, socket) => void socket.end('handed over') })],
  ]);
  const { port, clock } = await startWeb(t, new PathTree(services));
  const h2c = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`;
  const large = await exchange(port, h2c('/large'));
  assert.equal(statusOf(large), 200);
  assert.match(large.slice(0, 1_000), /\r\nConnection: close\r\n/);
  assert.ok(large.endsWith('x"') && large.length > size);
  assert.match(await exchange(port, h2c('/ws')), /A WAMP endpoint/);
  assert.equal(statusOf(await exchange(port, h2c('/missing'))), 404);
  assert.equal(statusOf(await exchange(port, h2c('*'))), 400);
  assert.equal(await exchange(port, h2c('/ws').replace('h2c', 'h2c, WebSocket')), 'handed over');
  assert.equal(clock.pending, 0);
});

test('an ignored upgrade has the same deadlines as any request', async (t) => {
  const large = new Json('x'.repeat(32 * 1024 * 1024));
  const { port } = await startWeb(t, large, { clientTimeout: 100 });
  const client = new RawClient(port);
  client.socket.pause();
  client.socket.write('GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 400));
  client.socket.resume();
  await client.closed;
  assert.ok(client.received.length < 32 * 1024 * 1024);
});

test('a service that fails: 500, the reason in the log only', async (t) => {
  const log = new RecordingLog();
  const failing: PathService = {
    handle: async (_request, response, rest) => {
      if (rest[0] === 'late') response.write('begun');
      throw new Error('the secret reason');
    },
    upgrade: () => {
      throw new Error('the secret reason');
    },
  };
  const { port } = await startWeb(t, failing, {}, log);
  const answer = await exchange(port, `${GET}${CLOSE}`);
  assert.equal(statusOf(answer), 500);
  assert.doesNotMatch(answer, /secret reason/);
  const cut = await exchange(port, `GET /late HTTP/1.1\r\nHost: h\r\n${CLOSE}`);
  assert.doesNotMatch(cut, /secret reason/);
  assert.equal(await exchange(port, `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`), '');
  assert.deepEqual(
    log.lines.map(({ level, text }) => `${level} ${text}`),
    ['error a path service failed', 'error a path service failed', 'error an upgrade failed'],
  );
});

test('the access log has a line for each answer, without the query', async (t) => {
  const log = new RecordingLog();
  const { url, port } = await startWeb(t, new PathTree(new Map([['a', OK]])), { accessLog: true }, log);
  await (await fetch(`${url}/a?ticket=secret`)).text();
  await exchange(port, `GET /b HTTP/1.1\r\nHost: h\r\nUser-Agent: ${'u'.repeat(1_000)}\r\n${CLOSE}`);
  assert.deepEqual(
    log.lines.map(({ fields }) => [fields['method'], fields['path'], fields['status'], fields['peer']]),
    [
      ['GET', '/a', 200, '127.0.0.1'],
      ['GET', '/b', 404, '127.0.0.1'],
    ],
  );
  assert.ok(!JSON.stringify(log.lines).includes('secret'));
  assert.equal(String(log.lines[1]?.fields['agent']).length, 256);
});

test('HSTS is said over TLS only', async (t) => {
  const plain = await startWeb(t, OK, { hstsMaxAge: 60 });
  const answer = await fetch(plain.url);
  assert.equal(answer.headers.get('strict-transport-security'), null);
  assert.equal(answer.headers.get('server'), 'Turnpike');
  await answer.text();
  // As a TLSSocket looks to the server; TLS itself is the endpoint's.
  const asTls = (socket: object) => void Object.defineProperty(socket, 'encrypted', { value: true });
  const secure = await startWeb(t, OK, { hstsMaxAge: 60 }, undefined, asTls);
  assert.equal((await fetch(secure.url)).headers.get('strict-transport-security'), 'max-age=60');
  const off = await startWeb(t, OK, {}, undefined, asTls);
  assert.equal((await fetch(off.url)).headers.get('strict-transport-security'), null);
});

test('close: idle connections end at once, others after their answer', async (t) => {
  let finish = () => {};
  const slow: PathService = {
    handle: (_request, response) => {
      response.write('begin ');
      finish = () => response.end('end');
    },
  };
  const { port, http, clock } = await startWeb(t, slow);
  const idle = new RawClient(port);
  await once(idle.socket, 'connect');
  const busy = new RawClient(port);
  busy.socket.write(`${GET}\r\n`);
  await busy.until(/begin/);
  const closed = http.close();
  await idle.closed;
  finish();
  await Promise.all([busy.closed, closed]);
  assert.match(busy.received, /end/);
  assert.equal(clock.pending, 0);
  assert.equal(await exchange(port, `${GET}\r\n`), '');
});

test('close: an answer that does not end is cut off', async (t) => {
  const endless: PathService = { handle: (_request, response) => void response.write('begin') };
  const { port, http, clock } = await startWeb(t, endless, { closeTimeout: 700 });
  const client = new RawClient(port);
  client.socket.write(`${GET}\r\n`);
  await client.until(/begin/);
  const closed = http.close();
  clock.advance(700);
  await Promise.all([closed, client.closed]);
});

test('resets in every state harm nobody', async (t) => {
  const { port, url } = await startWeb(t, OK);
  for (const bytes of ['', 'GET', GET, `${GET}\r\n`, `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`]) {
    const client = new RawClient(port);
    await once(client.socket, 'connect');
    client.socket.write(bytes);
    client.socket.resetAndDestroy();
    await client.closed;
  }
  assert.equal((await fetch(url)).status, 200);
});
