/** `call_timeout_unit` of each kind of transport: what CALL and INVOCATION count a timeout in. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';
import { type Address, connectPeer, type Peer } from './raw-peer.ts';

const ENDPOINT = { type: 'tcp', interface: '127.0.0.1', port: 0 };
const SECONDS = { options: { call_timeout_unit: 's' } };
const PATHS = { ws: { type: 'websocket', ...SECONDS }, lp: { type: 'longpoll', ...SECONDS } };

const TRANSPORTS = [
  { type: 'rawsocket', endpoint: ENDPOINT },
  { type: 'websocket', endpoint: ENDPOINT, ...SECONDS },
  { type: 'rawsocket', endpoint: ENDPOINT, ...SECONDS },
  { type: 'web', endpoint: ENDPOINT, paths: { '/': { type: 'nodeinfo' }, ...PATHS } },
  {
    type: 'universal',
    endpoint: ENDPOINT,
    rawsocket: SECONDS,
    websocket: { '/': SECONDS },
    web: { paths: { '/': { type: 'path', paths: PATHS } } },
  },
  { type: 'web', endpoint: ENDPOINT, paths: { '/': { type: 'longpoll' } } },
];

/** Where a session comes in, by the place of its transport above. */
const IN_SECONDS: readonly (readonly [name: string, address: (ports: readonly number[]) => Address])[] = [
  ['WebSocket', ([, port = 0]) => ({ type: 'websocket', port })],
  ['RawSocket', ([, , port = 0]) => ({ type: 'rawsocket', port })],
  ['long-poll', ([, , , port]) => ({ type: 'longpoll', base: `http://127.0.0.1:${port}/lp` })],
  ['WebSocket of a universal transport', ([, , , , port = 0]) => ({ type: 'websocket', port })],
  ['RawSocket of a universal transport', ([, , , , port = 0]) => ({ type: 'rawsocket', port })],
  [
    'long-poll of a universal transport',
    ([, , , , port]) => ({ type: 'longpoll', base: `http://127.0.0.1:${port}/lp` }),
  ],
];

describe('the unit of call timeouts', () => {
  let router: EmbeddedRouter;
  let ports: readonly number[];
  /** One for which they are milliseconds, as specified. */
  let usual: Peer;

  before(async () => {
    const allow = { call: true, register: true };
    const roles = [{ name: 'anonymous', permissions: [{ uri: '*', allow }] }];
    router = await createRouter({ realms: [{ name: 'realm1', roles }], transports: TRANSPORTS });
    ports = router.ports.map((port) => port ?? 0);
    usual = await joined({ type: 'rawsocket', port: ports[0] ?? 0 });
  });

  after(() => router.close());

  for (const [name, address] of IN_SECONDS) {
    it(`is the second over ${name}, where the transport says so`, async () => {
      const peer = await joined(address(ports));
      assert.equal(await forwarded(peer, peer, 100), 100);
      assert.equal(await forwarded(usual, peer, 100_000), 100);
      const rest = await forwarded(peer, usual, 100);
      assert.ok(rest > 90_000 && rest <= 100_000, `${rest} ms`);
      peer.cut();
    });
  }

  it('is the millisecond over long-poll, where it says nothing', async () => {
    const peer = await joined({ type: 'longpoll', base: `http://127.0.0.1:${ports[5]}` });
    const other = await joined({ type: 'rawsocket', port: ports[2] ?? 0 });
    assert.equal(await forwarded(peer, other, 100_000), 100);
    peer.cut();
    other.cut();
  });

  it('is what the router itself waits for over long-poll', async () => {
    const peer = await joined({ type: 'longpoll', base: `http://127.0.0.1:${ports[3]}/lp` });
    await registered(usual, 'com.example.never', {});
    const start = performance.now();
    peer.say(48, 1, { timeout: 1 }, 'com.example.never');
    await usual.hear();
    assert.deepEqual((await peer.hear())?.slice(0, 5), [8, 48, 1, {}, 'wamp.error.timeout']);
    const took = performance.now() - start;
    assert.ok(took > 950 && took < 10_000, `${took} ms`);
    peer.cut();
  });
});

async function joined(address: Address): Promise<Peer> {
  const peer = await connectPeer(address);
  const callee = { features: { call_timeout: true, call_canceling: true } };
  peer.say(1, 'realm1', { roles: { caller: { features: {} }, callee } });
  assert.equal((await peer.hear())?.[0], 2);
  return peer;
}

async function registered(callee: Peer, procedure: string, options: object): Promise<void> {
  callee.say(64, 1, options, procedure);
  assert.equal((await callee.hear())?.[0], 65);
}

let procedures = 0;

/** The timeout that a callee is told, where a caller says this one. */
async function forwarded(caller: Peer, callee: Peer, timeout: number): Promise<number> {
  const procedure = `com.example.p${++procedures}`;
  await registered(callee, procedure, { forward_timeout: true });
  caller.say(48, 1, { timeout }, procedure);
  const [code, request, , details] = (await callee.hear()) ?? [];
  assert.equal(code, 68);
  callee.say(70, request, {});
  assert.equal((await caller.hear())?.[0], 50);
  return (details as { timeout: number }).timeout;
}
