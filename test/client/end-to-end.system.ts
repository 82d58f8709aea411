import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import type { ClientSession } from '../../src/client/client-session.ts';
import { connect } from '../../src/client/connect.ts';
import type { SerializerName } from '../../src/client/dial.ts';
import { Result } from '../../src/client/result.ts';
import { WampError } from '../../src/wamp/errors.ts';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';
import { type Certificates, hasOpenssl, makeCertificates } from '../transports/endpoint-certificates.ts';
import { wampError } from './wamp-error.ts';

const EVERYTHING = { call: true, register: true, publish: true, subscribe: true };
const ROLE = { name: 'anonymous', permissions: [{ uri: '*', allow: EVERYTHING }] };

let router: EmbeddedRouter;
let directory: string;

/** The transports of the router, in order. */
function transports() {
  const tcp = { type: 'tcp', port: 0, interface: '127.0.0.1' };
  return [
    { type: 'rawsocket', endpoint: tcp },
    { type: 'rawsocket', endpoint: { type: 'unix', path: join(directory, 'rs.sock') } },
    { type: 'websocket', endpoint: tcp },
    { type: 'websocket', endpoint: { type: 'unix', path: join(directory, 'ws.sock') } },
    {
      type: 'rawsocket',
      endpoint: tcp,
      auth: { ticket: { type: 'static', principals: { user1: { ticket: '123secret', role: 'anonymous' } } } },
    },
  ];
}

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'turnpike-'));
  router = await createRouter({ realms: [{ name: 'realm1', roles: [ROLE] }], transports: transports() });
});

after(async () => {
  await router.close();
  rmSync(directory, { recursive: true });
});

interface Way {
  readonly name: string;
  join(): Promise<ClientSession>;
}

function over(url: () => string, serializer: SerializerName): Omit<Way, 'name'> {
  return { join: () => connect({ url: url(), realm: 'realm1', serializers: [serializer] }) };
}

const rawSocket = () => `rs://127.0.0.1:${router.ports[0]}`;
const webSocket = () => `ws://127.0.0.1:${router.ports[2]}/`;

const WAYS: readonly Way[] = [
  { name: 'memory', join: () => router.join({ realm: 'realm1' }) },
  { name: 'RawSocket, json', ...over(rawSocket, 'json') },
  { name: 'RawSocket, msgpack', ...over(rawSocket, 'msgpack') },
  { name: 'RawSocket, cbor', ...over(rawSocket, 'cbor') },
  { name: 'RawSocket on a unix socket', ...over(() => `rs+unix://${directory}/rs.sock`, 'cbor') },
  { name: 'WebSocket, json', ...over(webSocket, 'json') },
  { name: 'WebSocket, json.batched', ...over(webSocket, 'json.batched') },
  { name: 'WebSocket, msgpack', ...over(webSocket, 'msgpack') },
  { name: 'WebSocket, msgpack.batched', ...over(webSocket, 'msgpack.batched') },
  { name: 'WebSocket, cbor', ...over(webSocket, 'cbor') },
  { name: 'WebSocket, cbor.batched', ...over(webSocket, 'cbor.batched') },
  { name: 'WebSocket on a unix socket', ...over(() => `ws+unix://${directory}/ws.sock:/`, 'msgpack') },
];

for (const way of WAYS) {
  describe(`a client over ${way.name}`, () => {
    let session: ClientSession;
    let other: ClientSession;

    before(async () => {
      session = await way.join();
      // In another serializer than most: what goes between the two is transcoded.
      other = await router.join({ realm: 'realm1' });
    });

    after(async () => {
      await session.leave();
      await other.leave();
      assert.deepEqual(session.load, { calls: 0, requests: 0, invocations: 0, registrations: 0, subscriptions: 0 });
    });

    it('calls and is called', async () => {
      const values = [
        1,
        -1,
        1.5,
        2 ** 40,
        true,
        null,
        'naïve ☃ 𝄞',
        [],
        [[1]],
        { a: { b: [1] } },
        Buffer.from([0, 255]),
      ];
      for (const [callee, caller] of [
        [session, other],
        [other, session],
        [session, session],
      ] as const) {
        const registration = await callee.register('com.example.echo', (args, kwargs) => new Result(args, kwargs));
        const { args, kwargs } = await caller.callFull('com.example.echo', values, { kwargs: { key: 'value' } });
        assert.deepEqual(JSON.stringify(args), JSON.stringify(values));
        assert.deepEqual({ ...kwargs }, { key: 'value' });
        await registration.unregister();
        await assert.rejects(caller.call('com.example.echo'), wampError('wamp.error.no_such_procedure'));
      }
    });

    it('carries large messages both ways', async () => {
      const large = 'x'.repeat(1_000_000);
      const registration = await other.register('com.example.large', ([text]) => text);
      assert.equal(await session.call('com.example.large', [large]), large);
      await registration.unregister();
    });

    it('keeps a thousand calls at once apart', async () => {
      const registration = await other.register('com.example.echo', async ([n]) => {
        if (Number(n) % 3 === 0) await turn();
        return n;
      });
      const numbers = Array.from({ length: 1_000 }, (_, n) => n);
      assert.deepEqual(await Promise.all(numbers.map((n) => session.call('com.example.echo', [n]))), numbers);
      await registration.unregister();
    });

    it('gets errors with URI and arguments', async () => {
      const registration = await other.register('com.example.fail', () => {
        throw new WampError('com.example.invalid_ticket', ['no', 1], { hint: 'x' });
      });
      await assert.rejects(session.call('com.example.fail'), (error: unknown) => {
        assert(error instanceof WampError);
        assert.equal(error.uri, 'com.example.invalid_ticket');
        assert.deepEqual(error.args, ['no', 1]);
        assert.deepEqual({ ...error.kwargs }, { hint: 'x' });
        return true;
      });
      await registration.unregister();
    });

    it('gets progressive results in order', async () => {
      const registration = await other.register('com.example.count', async ([to], _kwargs, { progress }) => {
        for (let n = 1; n <= Number(to); n++) {
          progress?.([n]);
          if (n % 10 === 0) await turn();
        }
        return 'done';
      });
      const got: unknown[] = [];
      const result = await session.call('com.example.count', [100], { onProgress: ([n]) => got.push(n) });
      assert.equal(result, 'done');
      assert.deepEqual(
        got,
        Array.from({ length: 100 }, (_, n) => n + 1),
      );
      await registration.unregister();
    });

    it('cancels a call, and its callee knows', async () => {
      let interrupted: () => void = () => {};
      const interruption = new Promise<void>((resolve) => {
        interrupted = resolve;
      });
      let running: () => void = () => {};
      const start = new Promise<void>((resolve) => {
        running = resolve;
      });
      const registration = await session.register('com.example.slow', (_args, _kwargs, { signal }) => {
        signal.addEventListener('abort', () => interrupted());
        running();
        return wait(60_000, null, { signal });
      });
      const controller = new AbortController();
      const call = other.call('com.example.slow', [], { signal: controller.signal });
      await start;
      controller.abort();
      await assert.rejects(call, wampError('wamp.error.canceled'));
      await interruption;
      await registration.unregister();
    });

    it('publishes and subscribes, in order', async () => {
      for (const [publisher, subscriber] of [
        [session, other],
        [other, session],
      ] as const) {
        const got: unknown[] = [];
        let all: () => void = () => {};
        const arrived = new Promise<void>((resolve) => {
          all = resolve;
        });
        const subscription = await subscriber.subscribe('com.example.count', ([n]) => {
          if (got.push(n) === 500) all();
        });
        for (let n = 0; n < 499; n++) publisher.publish('com.example.count', [n]);
        assert.equal(typeof (await publisher.publish('com.example.count', [499], { acknowledge: true })), 'number');
        await arrived;
        assert.deepEqual(
          got,
          Array.from({ length: 500 }, (_, n) => n),
        );
        await subscription.unsubscribe();
      }
    });

    it('gets its own events only where it asks for them', async () => {
      const got: unknown[] = [];
      const subscription = await session.subscribe('com.example.own', ([what]) => got.push(what));
      session.publish('com.example.own', ['excluded']);
      session.publish('com.example.own', ['included'], { excludeMe: false });
      await session.publish('com.example.own', ['excluded'], { acknowledge: true });
      await subscription.unsubscribe();
      assert.deepEqual(got, ['included']);
    });

    it('tells its callers when it leaves', async () => {
      const leaver = await way.join();
      let running: () => void = () => {};
      const start = new Promise<void>((resolve) => {
        running = resolve;
      });
      await leaver.register('com.example.leaver', () => {
        running();
        return new Promise(() => {});
      });
      const call = other.call('com.example.leaver').catch((error: unknown) => error);
      await start;
      await leaver.leave();
      wampError('wamp.error.canceled')(await call);
      await assert.rejects(other.call('com.example.leaver'), wampError('wamp.error.no_such_procedure'));
    });
  });
}

describe('connecting', () => {
  it('with a ticket', async () => {
    const url = `rs://127.0.0.1:${router.ports[4]}`;
    const session = await connect({ url, realm: 'realm1', authid: 'user1', ticket: '123secret' });
    assert.equal(session.authid, 'user1');
    assert.equal(session.authmethod, 'ticket');
    await session.leave();
    await assert.rejects(
      connect({ url, realm: 'realm1', authid: 'user1', ticket: 'wrong' }),
      wampError('wamp.error.not_authorized'),
    );
  });

  it('fails with the router’s reason', async () => {
    for (const url of [rawSocket(), webSocket()]) {
      await assert.rejects(connect({ url, realm: 'realm2' }), wampError('wamp.error.no_such_realm', /realm2/));
    }
  });

  it('fails with the network’s', async () => {
    for (const url of [`rs+unix://${directory}/none.sock`, `ws+unix://${directory}/none.sock:/`, 'rs://127.0.0.1:1']) {
      await assert.rejects(connect({ url, realm: 'realm1' }), (error: unknown) => {
        assert(error instanceof WampError);
        assert.equal(error.uri, 'wamp.error.network_failure');
        assert(error.cause instanceof Error);
        return true;
      });
    }
  });

  it('is cancelled by its signal', async () => {
    for (const url of [rawSocket(), webSocket()]) {
      const signal = AbortSignal.abort();
      await assert.rejects(connect({ url, realm: 'realm1', signal }), wampError('wamp.error.canceled'));
      const controller = new AbortController();
      const connecting = connect({ url, realm: 'realm1', signal: controller.signal });
      setImmediate(() => controller.abort());
      // It may win the race; then it is a session like any other.
      const session = await connecting.catch(wampError('wamp.error.canceled'));
      if (typeof session === 'object') await session.leave();
    }
  });

  it('needs a URL and serializers that go together', async () => {
    const unusable = { name: 'RangeError' };
    await assert.rejects(connect({ url: 'http://127.0.0.1', realm: 'realm1' }), unusable);
    await assert.rejects(connect({ url: rawSocket(), realm: 'realm1', serializers: [] }), unusable);
    await assert.rejects(connect({ url: rawSocket(), realm: 'realm1', serializers: ['json.batched'] }), unusable);
  });
});

describe('connecting with TLS', { skip: hasOpenssl() ? false : 'no openssl on this machine' }, () => {
  let secure: EmbeddedRouter;
  let certificates: Certificates;

  before(async () => {
    certificates = makeCertificates(directory);
    const { serverKey: key, serverCertificate: certificate, intermediate, ca } = certificates;
    const tls = { key, certificate, chain_certificates: [intermediate], ca_certificates: [ca] };
    const endpoint = { type: 'tcp', port: 0, interface: '127.0.0.1', tls };
    secure = await createRouter({
      realms: [{ name: 'realm1', roles: [ROLE] }],
      transports: [
        { type: 'rawsocket', endpoint },
        { type: 'websocket', endpoint },
      ],
    });
  });

  after(() => secure.close());

  const urls = () => [`rss://localhost:${secure.ports[0]}`, `wss://localhost:${secure.ports[1]}/`];

  it('trusts whom it is told to trust, and shows its own certificate', async () => {
    const { ca, clientCertificate: certificate, clientKey: key } = certificates;
    for (const url of urls()) {
      const session = await connect({ url, realm: 'realm1', tls: { caCertificates: [ca], certificate, key } });
      const registration = await session.register('com.example.secure', () => 'secure');
      assert.equal(await session.call('com.example.secure'), 'secure');
      await registration.unregister();
      await session.leave();
    }
  });

  it('trusts nobody else', async () => {
    for (const url of urls()) {
      await assert.rejects(connect({ url, realm: 'realm1' }), wampError('wamp.error.network_failure'));
    }
  });
});

describe('a router that takes small messages only', () => {
  let small: EmbeddedRouter;

  before(async () => {
    const endpoint = { type: 'tcp', port: 0, interface: '127.0.0.1' };
    small = await createRouter({
      realms: [{ name: 'realm1', roles: [ROLE] }],
      transports: [{ type: 'rawsocket', endpoint, options: { max_message_size: 1_024 } }],
    });
  });

  after(() => small.close());

  const join = (authid: string) => connect({ url: `rs://127.0.0.1:${small.ports[0]}`, realm: 'realm1', authid });

  it('gets none that is larger, and the session lives on', async () => {
    const session = await join('ada');
    const caller = await small.join({ realm: 'realm1' });
    const large = 'x'.repeat(2_000);
    const tooLarge = wampError('wamp.error.payload_size_exceeded');
    await session.register('com.example.large', () => large);
    await session.register('com.example.fail', () => {
      throw new WampError('com.example.error', [large]);
    });
    await assert.rejects(session.call('com.example.large', [large]), tooLarge);
    await assert.rejects(session.publish('com.example.t', [large], { acknowledge: true }), tooLarge);
    assert.equal(session.publish('com.example.t', [large]), false);
    await assert.rejects(caller.call('com.example.large'), tooLarge);
    await assert.rejects(caller.call('com.example.fail'), tooLarge);
    assert.equal(session.open, true);
    await session.leave();
    await caller.leave();
  });

  it('cannot be joined with a larger HELLO', async () => {
    await assert.rejects(join('x'.repeat(2_000)), wampError('wamp.error.payload_size_exceeded'));
  });
});

describe('the router shutting down', () => {
  it('says so to all', async () => {
    const own = await createRouter({
      realms: [{ name: 'realm1', roles: [ROLE] }],
      transports: [transports()[0] ?? {}, transports()[2] ?? {}],
    });
    const sessions = await Promise.all([
      own.join({ realm: 'realm1' }),
      connect({ url: `rs://127.0.0.1:${own.ports[0]}`, realm: 'realm1' }),
      connect({ url: `ws://127.0.0.1:${own.ports[1]}/`, realm: 'realm1' }),
    ]);
    const pending = sessions.map((session) => session.subscribe('com.example.t', () => {}));
    await Promise.all(pending);
    await own.close();
    for (const session of sessions) {
      assert.equal((await session.closed).reason, 'wamp.close.system_shutdown');
      assert.equal(session.load.subscriptions, 0);
    }
  });
});
