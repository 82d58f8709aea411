/** Calls and events over every transport, from every serializer to every other. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ClientSession, type ConnectOptions, connect, createRouter, Result, WampError } from '../../src/index.ts';
import { type Certificates, hasOpenssl, makeCertificates } from '../transports/endpoint-certificates.ts';

const ALLOW = { call: true, register: true, publish: true, subscribe: true };
const directory = mkdtempSync(join(tmpdir(), 'turnpike-routing-'));
const certificates: Certificates | null = hasOpenssl() ? makeCertificates(directory) : null;
if (certificates === null) console.log('TLS is left out: openssl is absent');

const tcp = { type: 'tcp', interface: '127.0.0.1', port: 0 };
const tls = {
  key: certificates?.serverKey,
  certificate: certificates?.serverCertificate,
  chain_certificates: [certificates?.intermediate],
};
const router = await createRouter({
  realms: [
    { name: 'realm1', roles: [{ name: 'anonymous', permissions: [{ uri: '', match: 'prefix', allow: ALLOW }] }] },
  ],
  transports: [
    { type: 'websocket', endpoint: tcp },
    { type: 'rawsocket', endpoint: tcp },
    { type: 'websocket', endpoint: { type: 'unix', path: join(directory, 'ws.sock') } },
    { type: 'rawsocket', endpoint: { type: 'unix', path: join(directory, 'rs.sock') } },
    ...(certificates === null
      ? []
      : [
          { type: 'websocket', endpoint: { ...tcp, tls } },
          { type: 'rawsocket', endpoint: { ...tcp, tls } },
        ]),
  ],
});

interface Member {
  readonly name: string;
  readonly options: Pick<ConnectOptions, 'url' | 'serializers' | 'tls'>;
  /** Whether integers beyond 2^53 go through. */
  readonly bigIntegers: boolean;
  session: ClientSession;
  events: { args: unknown[]; kwargs: unknown }[];
  onEvent: () => void;
}

const [webSocket, rawSocket, , , secureWebSocket, secureRawSocket] = router.ports;
const SERIALIZERS = ['json', 'msgpack', 'cbor', 'ubjson'] as const;
const WEBSOCKET = SERIALIZERS.flatMap((serializer) => [serializer, `${serializer}.batched`] as const);
const trust = certificates === null ? {} : { tls: { caCertificates: [certificates.ca] } };
const members: readonly Member[] = [
  ...WEBSOCKET.map((serializer) => member('WebSocket', `ws://127.0.0.1:${webSocket}/`, serializer)),
  ...SERIALIZERS.map((serializer) => member('RawSocket', `rs://127.0.0.1:${rawSocket}`, serializer)),
  member('WebSocket, unix', `ws+unix://${directory}/ws.sock:/`, 'msgpack'),
  member('RawSocket, unix', `rs+unix://${directory}/rs.sock`, 'cbor'),
  ...(certificates === null
    ? []
    : [
        member('WebSocket, TLS', `wss://localhost:${secureWebSocket}/`, 'cbor.batched', trust),
        member('RawSocket, TLS', `rss://localhost:${secureRawSocket}`, 'json', trust),
      ]),
];

function member(
  transport: string,
  url: string,
  serializer: (typeof WEBSOCKET)[number],
  more: Pick<ConnectOptions, 'tls'> = {},
): Member {
  const options = { url, serializers: [serializer], ...more };
  const bigIntegers = !serializer.startsWith('json');
  // The session comes with `before`.
  const session = null as unknown as ClientSession;
  return { name: `${transport}, ${serializer}`, options, bigIntegers, session, events: [], onEvent: () => {} };
}

const uriOf = (of: Member, what: string) => `com.example.m${members.indexOf(of)}.${what}`;

before(async () => {
  for (const each of members) {
    each.session = await connect({ ...each.options, realm: 'realm1' });
    await each.session.register(uriOf(each, 'echo'), (args, kwargs) => new Result(args, kwargs));
    await each.session.register(uriOf(each, 'fail'), (args, kwargs) => {
      throw new WampError('com.example.failed', args, kwargs);
    });
    await each.session.subscribe(uriOf(each, 'topic'), (args, kwargs) => {
      each.events.push({ args, kwargs });
      each.onEvent();
    });
  }
});

after(async () => {
  for (const { session } of members) await session.leave();
  await router.close();
  assert.equal(router.sessions, 0);
  rmSync(directory, { recursive: true });
});

const ARGS = [
  'Grüße 🚧 \u0000 \u2028 \ufffd',
  0,
  -1,
  2 ** 31,
  -(2 ** 40),
  Number.MAX_SAFE_INTEGER,
  0.1,
  1e300,
  true,
  null,
  [[], [1, { a: [] }]],
  Buffer.from([0, 1, 0x18, 0x1e, 0x7f, 0x80, 0xff]),
];
const KWARGS = { text: '', nested: { 'a b': [null, false], ключ: Buffer.alloc(0) }, list: [1.5, 'x'] };
const BIG = [2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n), -(2n ** 53n) - 1n];

for (const caller of members) {
  describe(caller.name, () => {
    it('calls everybody, and gets back what it sent', async () => {
      for (const callee of members) {
        const result = await caller.session.callFull(uriOf(callee, 'echo'), ARGS, { kwargs: KWARGS });
        assert.deepEqual(plain([result.args, result.kwargs]), plain([ARGS, KWARGS]), callee.name);
        if (!caller.bigIntegers || !callee.bigIntegers) continue;
        const big = await caller.session.callFull(uriOf(callee, 'echo'), BIG);
        assert.deepEqual(big.args, BIG, callee.name);
      }
    });

    it('gets everybody’s errors', async () => {
      for (const callee of members) {
        const failing = caller.session.call(uriOf(callee, 'fail'), ['why', 1], { kwargs: { more: ['ü'] } });
        await assert.rejects(failing, (error) => {
          assert.ok(error instanceof WampError);
          assert.deepEqual(
            plain([error.uri, error.args, error.kwargs]),
            ['com.example.failed', ['why', 1], { more: ['ü'] }],
            callee.name,
          );
          return true;
        });
      }
    });

    it('publishes to everybody', async () => {
      for (const subscriber of members) {
        if (subscriber === caller) continue;
        const arrival = new Promise<void>((resolve) => {
          subscriber.onEvent = resolve;
        });
        await caller.session.publish(uriOf(subscriber, 'topic'), ARGS, { kwargs: KWARGS, acknowledge: true });
        await arrival;
        const { args, kwargs } = subscriber.events.pop() ?? {};
        assert.deepEqual(plain([args, kwargs]), plain([ARGS, KWARGS]), subscriber.name);
        assert.equal(subscriber.events.length, 0);
      }
    });

    it('sends and gets back 1 MB, as text and as bytes', async () => {
      const callee = members[(members.indexOf(caller) + 1) % members.length];
      assert.ok(callee);
      const args = ['ä'.repeat(500_000), Buffer.alloc(1_000_000, 0xc3)];
      const result = await caller.session.callFull(uriOf(callee, 'echo'), args);
      assert.ok(result.args[0] === args[0]);
      assert.ok(Buffer.from(result.args[1] as Uint8Array).equals(args[1] as Buffer));
    });
  });
}

/** The same with bytes as text, and without prototypes. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
