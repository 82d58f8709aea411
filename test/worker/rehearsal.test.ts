import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../src/config/load.ts';
import type { RouterWorkerConfig } from '../../src/config/schema-worker.ts';
import { rehearsalOf } from '../../src/worker/rehearsal.ts';

const AUTH = { ticket: { type: 'static', principals: { joe: { ticket: 'abc', role: 'user' } } } };
const SOCKET = { auth: AUTH, cookie: { store: { type: 'database', path: 'cookies' } } };
const TLS = { type: 'tcp', port: 443, tls: { key: 'server.key', certificate: 'server.pem' } };
const EVENTS = [{ uri: 'com.example.news' }];

const WORKER = {
  type: 'router',
  realms: [
    {
      name: 'realm1',
      roles: [{ name: 'user' }],
      store: { type: 'cfxdb', path: 'events', limit: 7, 'event-history': EVENTS },
    },
    { name: 'realm2', roles: [{ name: 'user' }] },
  ],
  transports: [
    { type: 'websocket', endpoint: TLS, ...SOCKET },
    { type: 'rawsocket', endpoint: { type: 'unix', path: 'turnpike.sock' }, auth: AUTH },
    {
      type: 'web',
      endpoint: { ...TLS, port: 444 },
      paths: {
        '/': { type: 'json', value: { cookie: { store: 1 } } },
        app: { type: 'path', paths: { ws: { type: 'websocket', ...SOCKET }, lp: { type: 'longpoll', ...SOCKET } } },
      },
    },
    {
      type: 'universal',
      endpoint: { ...TLS, port: 445 },
      rawsocket: { auth: AUTH },
      websocket: { ws: SOCKET },
      web: { paths: { '/': { type: 'json', value: 1 } } },
    },
  ],
};

function parsed(): RouterWorkerConfig {
  const text = JSON.stringify({ version: 2, workers: [WORKER] });
  const { config } = parseConfig(text, { file: 'config.json', env: {} });
  return config.workers[0] as RouterWorkerConfig;
}

describe('the rehearsal of a router', () => {
  it('listens at free ports of this machine alone, and keeps everything in memory', () => {
    const { transports, realms } = rehearsalOf(parsed());
    for (const { endpoint } of transports) {
      assert.deepEqual(endpoint, { type: 'tcp', version: 4, interface: '127.0.0.1', port: 0, shared: false });
    }
    const text = JSON.stringify(transports);
    assert.equal(text.match(/"store":\{"type":"memory"\}/g)?.length, 4);
    assert.ok(!text.includes('database') && !text.includes('"tls":'));
    assert.ok(text.includes('"value":{"cookie":{"store":1}}'));
    assert.equal(realms[0]?.store?.type, 'memory');
    assert.equal(realms[0]?.store?.limit, 7);
    assert.equal(realms[0]?.store?.['event-history'].length, 1);
    assert.equal(realms[1]?.store, undefined);
  });

  it('is the same otherwise', () => {
    const config = parsed();
    const { transports, realms, ...rest } = rehearsalOf(config);
    assert.deepEqual({ ...rest, transports: config.transports, realms: config.realms }, config);
    assert.deepEqual(
      transports.map((transport) => ({ ...transport, endpoint: null })).filter(({ type }) => type === 'rawsocket'),
      config.transports
        .map((transport) => ({ ...transport, endpoint: null }))
        .filter(({ type }) => type === 'rawsocket'),
    );
  });
});
