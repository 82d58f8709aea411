import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Json } from '../../src/webservice/json.ts';
import { NodeInfo, type NodeInfoFacts } from '../../src/webservice/node-info.ts';
import type { PathService } from '../../src/webservice/path-service.ts';
import { PathTree } from '../../src/webservice/path-tree.ts';
import { Redirect } from '../../src/webservice/redirect.ts';
import { type UpgradeHandler, WebSocketPath } from '../../src/webservice/websocket.ts';
import { exchange, RawClient, startWeb, statusOf } from './web-fixture.ts';

const FACTS: NodeInfoFacts = {
  node: 'node-<1>&"x"',
  worker: 'worker001',
  pid: 4711,
  version: '0.1.0',
  startedAt: new Date(0),
  now: new Date(26 * 3_600_000),
};

function tree(entries: Record<string, PathService>): PathTree {
  return new PathTree(new Map(Object.entries(entries)));
}

test('json: a fixed value, compact, for any page', async (t) => {
  const value = { a: [1, null, 'ä'], b: {} };
  const { url } = await startWeb(t, tree({ config: new Json(value) }));
  const answer = await fetch(`${url}/config`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
  assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  assert.equal(answer.headers.get('access-control-allow-credentials'), null);
  assert.equal(answer.headers.get('cache-control'), null);
  assert.equal(await answer.text(), '{"a":[1,null,"ä"],"b":{}}');
  assert.equal((await fetch(`${url}/config/`)).status, 200);
  assert.equal((await fetch(`${url}/config/more`)).status, 404);
});

test('json: each option does what it says', async (t) => {
  const service = new Json({ a: 1 }, { prettify: true, allowCrossOrigin: false, discourageCaching: true });
  const { url } = await startWeb(t, tree({ '/': service }));
  const answer = await fetch(url);
  assert.equal(await answer.text(), '{\n   "a": 1\n}');
  assert.equal(answer.headers.get('access-control-allow-origin'), null);
  assert.equal(answer.headers.get('cache-control'), 'no-store, no-cache, must-revalidate, max-age=0');
  assert.throws(() => new Json(undefined), TypeError);
});

test('redirect: 302 to the one address, whatever is asked for', async (t) => {
  const { url } = await startWeb(t, tree({ go: new Redirect('https://example.com/ä b?x=<y>') }));
  for (const path of ['/go', '/go/', '/go/deep/er?q=1']) {
    const answer = await fetch(url + path, { redirect: 'manual' });
    assert.equal(answer.status, 302, path);
    assert.equal(answer.headers.get('location'), 'https://example.com/%C3%A4%20b?x=<y>', path);
    assert.ok((await answer.text()).includes('href="https://example.com/%C3%A4%20b?x=&lt;y&gt;"'), path);
  }
});

test('redirect: an address that would break a header is refused at start', () => {
  for (const url of ['', 'http://x/\r\nSet-Cookie: a=b', 'http://x/\0', 'http://x/\ud800']) {
    assert.throws(() => new Redirect(url), TypeError, JSON.stringify(url));
  }
});

test('node info: facts, escaped; its own path; nothing to load', async (t) => {
  const { url } = await startWeb(t, tree({ ops: tree({ info: new NodeInfo(() => FACTS) }) }));
  const answer = await fetch(`${url}/ops/info/any<thing>?token=secret`);
  const text = await answer.text();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'/);
  for (const expected of [
    'node-&lt;1&gt;&amp;&quot;x&quot;',
    '4711',
    'worker001',
    '/ops/info<',
    '1970-01-01',
    '1 d 2 h',
  ]) {
    assert.ok(text.includes(expected), expected);
  }
  assert.ok(!text.includes('secret') && !text.includes('any&lt;') && !text.includes('thing'));
});

test('websocket: a status page, or 426; sockets that ask for an upgrade are handed over', async (t) => {
  const seen: string[] = [];
  const handler: UpgradeHandler = {
    handleUpgrade(request, socket, head) {
      seen.push(`${request.url} ${head.toString()}`);
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nmine');
    },
  };
  const { url, port, clock } = await startWeb(
    t,
    tree({ ws: new WebSocketPath(handler), quiet: new WebSocketPath(handler, { statusPage: false }) }),
  );
  const page = await fetch(`${url}/ws`);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /WAMP over WebSocket/);
  const bare = await fetch(`${url}/quiet`);
  assert.equal(bare.status, 426);
  assert.equal(bare.headers.get('upgrade'), 'websocket');

  const client = new RawClient(port);
  client.socket.write('GET /ws/x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhead');
  await client.until(/mine$/);
  client.socket.end();
  await client.closed;
  assert.deepEqual(seen, ['/ws/x head']);
  clock.advance(60_000);
});

test('an upgraded socket is free of the deadlines of HTTP', async (t) => {
  let upgraded = 0;
  const handler: UpgradeHandler = {
    handleUpgrade(_request, socket) {
      upgraded += 1;
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      socket.on('data', (chunk) => socket.write(chunk));
    },
  };
  const { port, clock, http } = await startWeb(t, tree({ ws: new WebSocketPath(handler) }), { clientTimeout: 40 });
  const client = new RawClient(port);
  client.socket.write('GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await client.until(/101/);
  clock.advance(3_600_000);
  assert.equal(clock.pending, 0);
  await http.close();
  // Longer than the client timeout, which Node keeps in real time.
  await new Promise((resolve) => setTimeout(resolve, 120));
  client.socket.write('still here');
  await client.until(/still here$/);
  client.socket.destroy();
  assert.equal(upgraded, 1);
});

test('an upgrade where no WebSocket is: 400, where nothing is: 404, and the socket ends', async (t) => {
  const { port } = await startWeb(t, tree({ info: new NodeInfo(() => FACTS) }));
  const upgrade = (path: string) =>
    exchange(port, `GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  assert.equal(statusOf(await upgrade('/info')), 400);
  assert.equal(statusOf(await upgrade('/other')), 404);
  assert.equal(statusOf(await upgrade('/%zz')), 400);
  assert.equal(statusOf(await upgrade('*')), 400);
});

test('only GET and HEAD; the rest is 405 and says so', async (t) => {
  const services: Record<string, PathService> = {
    json: new Json(1),
    go: new Redirect('/'),
    info: new NodeInfo(() => FACTS),
    ws: new WebSocketPath({ handleUpgrade() {} }),
  };
  const { url } = await startWeb(t, tree(services));
  for (const path of [...Object.keys(services), 'missing']) {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await fetch(`${url}/${path}`, { method, redirect: 'manual' });
      assert.equal(answer.status, 405, `${method} /${path}`);
      assert.equal(answer.headers.get('allow'), 'GET, HEAD');
      await answer.arrayBuffer();
    }
    const head = await fetch(`${url}/${path}`, { method: 'HEAD', redirect: 'manual' });
    const get = await fetch(`${url}/${path}`, { redirect: 'manual' });
    assert.equal(head.status, get.status, path);
    assert.equal(head.headers.get('content-length'), String((await get.arrayBuffer()).byteLength), path);
    assert.equal((await head.arrayBuffer()).byteLength, 0, path);
  }
});
