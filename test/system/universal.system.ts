import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from '../../src/client/connect.ts';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';
import { hasOpenssl, makeCertificates } from '../transports/endpoint-certificates.ts';
import { exchange, RawClient, statusOf } from '../webservice/web-fixture.ts';

const ANYTHING = { uri: '*', allow: { call: true, register: true, publish: true, subscribe: true } };
const ticket = { type: 'static', principals: { joe: { ticket: 'secret', role: 'user' } } };
const UNIVERSAL = {
  type: 'universal',
  rawsocket: { serializers: ['cbor', 'json'] },
  websocket: { ws: { type: 'websocket', auth: { ticket } }, '/': {} },
  web: {
    paths: {
      '/': { type: 'json', value: 'root' },
      ws: { type: 'json', value: 'hidden' },
      data: { type: 'json', value: 'data' },
      deep: { type: 'path', paths: { ws: { type: 'websocket' }, lp: { type: 'longpoll' } } },
    },
  },
};

const directory = mkdtempSync(join(tmpdir(), 'turnpike-universal-'));
const certificates = hasOpenssl() ? makeCertificates(directory) : null;
let router: EmbeddedRouter;

before(async () => {
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
  const tls =
    certificates === null
      ? []
      : [
          {
            key: certificates.serverKey,
            certificate: certificates.serverCertificate,
            chain_certificates: [certificates.intermediate],
          },
        ];
  router = await createRouter({
    realms: [{ name: 'realm1', roles: ['anonymous', 'user'].map((name) => ({ name, permissions: [ANYTHING] })) }],
    transports: [
      { ...UNIVERSAL, endpoint },
      { type: 'universal', rawsocket: {}, endpoint },
      ...tls.map((tls) => ({ ...UNIVERSAL, endpoint: { ...endpoint, tls } })),
    ],
  });
});

after(async () => {
  await router.close();
  rmSync(directory, { recursive: true });
});

/** Each calls a procedure of the one before it. */
async function conversation(port: number, secure: boolean): Promise<void> {
  const s = secure ? 's' : '';
  const host = `${secure ? 'localhost' : '127.0.0.1'}:${port}`;
  const tls = certificates === null || !secure ? {} : { tls: { caCertificates: [certificates.ca] } };
  const joe = { authid: 'joe', ticket: 'secret' };
  const clients = [];
  for (const [url, login] of [
    [`rs${s}://${host}`, {}],
    [`ws${s}://${host}/ws`, joe],
    [`ws${s}://${host}/ws/whatever`, joe],
    [`ws${s}://${host}/`, {}],
    [`ws${s}://${host}/deep/ws`, {}],
  ] as const) {
    clients.push(await connect({ url, realm: 'realm1', ...login, ...tls }));
  }
  for (const [at, client] of clients.entries()) {
    await client.register(`com.example.${port}.c${at}`, () => at);
    assert.equal(await clients.at(at - 1)?.call(`com.example.${port}.c${at}`), at);
  }
  for (const client of clients) await client.leave();
}

describe('a universal transport', () => {
  it('tells its addresses', () => {
    const port = router.ports[0];
    assert.deepEqual(router.addresses.slice(0, 6), [
      `rs://127.0.0.1:${port}`,
      `ws://127.0.0.1:${port}/ws`,
      `ws://127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}/`,
      `ws://127.0.0.1:${port}/deep/ws`,
      `http://127.0.0.1:${port}/deep/lp`,
    ]);
  });

  it('has RawSocket and WebSocket on one port, each with its own login', () =>
    conversation(router.ports[0] ?? 0, false));

  it('and over TLS', { skip: certificates === null ? 'no openssl here' : false }, () =>
    conversation(router.ports[2] ?? 0, true),
  );

  it('has HTTP on it, behind the WebSockets', async () => {
    const base = `http://127.0.0.1:${router.ports[0]}`;
    assert.equal(await (await fetch(`${base}/data`)).json(), 'data');
    assert.match(await (await fetch(`${base}/ws`)).text(), /speaks WAMP over WebSocket/);
    assert.match(await (await fetch(`${base}/`)).text(), /speaks WAMP over WebSocket/);
    assert.equal(
      (await fetch(`${base}/deep/lp/open`, { method: 'POST', body: '{"protocols":["wamp.2.json"]}' })).status,
      200,
    );
    assert.equal(await (await fetch(`${base}//data`)).text().then((text) => text.includes('WebSocket')), true);
  });

  it('and over TLS', { skip: certificates === null ? 'no openssl here' : false }, async () => {
    const status = await new Promise((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: router.ports[2], path: '/data', rejectUnauthorized: false },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      asked.once('error', reject);
      asked.end();
    });
    assert.equal(status, 200);
  });

  it('takes a request byte by byte, several on one connection, and a body', async () => {
    const client = new RawClient(router.ports[0] ?? 0);
    for (const byte of 'GET /data HTTP/1.1\r\nHost: a\r\n\r\n') client.socket.write(byte);
    await client.until(/"data"/);
    const body = '{"protocols":["wamp.2.json"]}';
    client.socket.write(
      `POST /deep/lp/open HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    await client.closed;
    assert.match(client.received, /"protocol":"wamp\.2\.json"/);
  });

  it('says of nonsense that it is', async () => {
    assert.equal(statusOf(await exchange(router.ports[0] ?? 0, '\0\x01\x02\r\n\r\n')), 400);
  });

  it('has no HTTP where there is none', async () => {
    assert.equal(await exchange(router.ports[1] ?? 0, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'), '');
    const client = await connect({ url: `rs://127.0.0.1:${router.ports[1]}`, realm: 'realm1' });
    await client.leave();
  });
});
