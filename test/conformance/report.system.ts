/** The command, against a router that does wrong and one that is not there. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';
import { piped, turnpike } from '../cli/terminal.ts';
import { CREDENTIALS, METHODS, SECRETS } from '../system/provers.ts';
import { conformanceRouter, everyListener } from './conformance-fixture.ts';

const TICKET = { table: 'principals', principal: { ticket: '123secret' } };

let router: EmbeddedRouter;
let directory: string;
before(async () => {
  router = await conformanceRouter();
  directory = await mkdtemp(join(tmpdir(), 'conformance-'));
});
after(async () => {
  await router.close();
  await rm(directory, { recursive: true });
});

/** A router that welcomes, subscribes, and never publishes. */
async function wrongRouter(): Promise<WebSocketServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'wamp.2.json' });
  await once(server, 'listening');
  server.on('connection', (socket) => socket.on('message', (data) => answer(socket, JSON.parse(String(data)))));
  return server;
}

function answer(socket: WebSocket, [code, request]: unknown[]): void {
  const say = (...message: unknown[]): void => socket.send(JSON.stringify(message));
  if (code === 1) say(2, 1234, { agent: 'wrong', roles: { broker: { features: { event_retention: true } } } });
  else if (code === 32) say(33, request, 5);
  else if (code === 16) say(17, request, 6);
  else say(8, code, request, {}, 'wamp.error.no_such_subscription');
}

describe('turnpike conformance', () => {
  it('says what is wrong with a router, by clause, and fails', async () => {
    const server = await wrongRouter();
    try {
      const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { code, out } = await turnpike([
        'conformance',
        '--url',
        url,
        '--filter',
        'pubsub.event.fields,event-retention.set,pubsub.unacknowledged',
        '--timeout',
        '200',
        '--announced',
      ]);
      assert.equal(code, 1);
      assert.match(out, /Router: wrong, /);
      assert.match(out, /pubsub\.event\.fields \(json\): EVENT names subscription and publication/);
      assert.match(out, /DESCRIBED: PUBLISH becomes EVENT .* \[basic\/publish_subscribe\.md, "EVENT"\]/);
      assert.match(out, /step 3: a: \["EVENT".* expected, but nothing came in 200 ms/);
      assert.match(out, /pubsub\.unacknowledged\.plain .*\n.*\n.*nothing expected, got \["PUBLISHED"/);
      assert.match(out, /broker\.event_retention +announced +no +0\/2 +event-retention\.\*/);
    } finally {
      for (const client of server.clients) client.terminate();
      server.close();
    }
  });

  it('finds nothing wrong where nothing is, and tells programs the same', async () => {
    const [websocket, rawsocket] = router.addresses;
    const plain = await turnpike([
      'conformance',
      '--url',
      websocket ?? '',
      '--filter',
      'pubsub.',
      '--serializer',
      'all',
    ]);
    assert.equal(plain.code, 0, plain.out);
    assert.match(plain.out, /Nothing that is announced fails\./);
    const json = await turnpike(['conformance', '--url', rawsocket ?? '', '--filter', 'rpc.registered', '--json']);
    assert.equal(json.code, 0);
    const report = JSON.parse(json.out);
    assert.equal(report.conforms, true);
    assert.deepEqual(new Set(report.outcomes.map(({ verdict }: { verdict: string }) => verdict)), new Set(['passed']));
    assert.ok(report.router.announced.includes('dealer.call_canceling'));
  });

  it('tries that realms know nothing of each other, where it is told of a second one', async () => {
    const args = ['conformance', '--url', router.addresses[0] ?? '', '--filter', 'sessions.realms'];
    const without = await turnpike(args);
    assert.match(without.out, /0 passed, 0 failed/);
    const { code, out } = await turnpike([...args, '--other-realm', 'realm2']);
    assert.equal(code, 0, out);
    assert.match(out, /2 passed, 0 failed/);
    const same = await turnpike([...args, '--realm', 'realm2', '--other-realm', 'nowhere']);
    assert.equal(same.code, 1);
    assert.match(same.out, /WELCOME expected, got \["ABORT"/);
  });

  it('speaks batched, and over long-poll', async () => {
    const router = await everyListener();
    try {
      for (const [url, serializers] of [
        [router.urls.WebSocket.usual, 'json.batched,msgpack.batched'],
        [router.urls['long-poll'].usual, 'cbor,json.batched'],
        [router.urls['RawSocket on a unix socket'].ubjson12, 'ubjson12'],
      ] as const) {
        const args = ['--url', url, '--filter', 'rpc.registered', '--serializer', serializers, '--json'];
        const { code, out, err } = await turnpike(['conformance', ...args]);
        assert.equal(code, 0, err);
        const { outcomes } = JSON.parse(out) as { outcomes: { serializer: string; verdict: string }[] };
        assert.equal([...new Set(outcomes.map(({ serializer }) => serializer))].join(), serializers);
        assert.ok(outcomes.every(({ verdict }) => verdict === 'passed'));
      }
    } finally {
      await router.close();
    }
  });

  for (const method of [...METHODS, 'ticket'] as const) {
    it(`logs in by ${method}`, async () => {
      const secret = method === 'ticket' ? '123secret' : SECRETS[method];
      const { table, principal } = method === 'ticket' ? TICKET : CREDENTIALS[method];
      const auth = { [method]: { type: 'static', [table]: { joe: { ...principal, role: 'user' } } } };
      const allow = { call: true, register: true, publish: true, subscribe: true };
      const router = await createRouter({
        realms: [{ name: 'realm1', roles: [{ name: 'user', permissions: [{ uri: '', match: 'prefix', allow }] }] }],
        transports: [{ type: 'websocket', endpoint: { type: 'tcp', interface: '127.0.0.1', port: 0 }, auth }],
      });
      try {
        const args = ['--url', router.addresses[0] ?? '', '--filter', 'rpc.registered', '--authid', 'joe'];
        const login = ['conformance', ...args, '--authmethod', method];
        const right = await turnpike(login, '/', { WAMP_SECRET: secret });
        assert.equal(right.code, 0, right.err + right.out);
        assert.match(right.out, /[1-9] passed, 0 failed/);
        const file = join(directory, method);
        await writeFile(file, `${secret}\n`);
        const fromFile = [...login, method === 'cryptosign' ? '--key-file' : '--secret-file', file];
        assert.equal((await turnpike(fromFile, '/', { WAMP_SECRET: 'of another' })).code, 0);
        const guess = secret.replaceAll('1', '2');
        const wrong = await (method === 'cryptosign'
          ? turnpike(login, '/', { WAMP_SECRET: guess })
          : turnpike(login, '/', {}, piped(guess)));
        assert.equal(wrong.code, 1);
        assert.match(wrong.err, /WELCOME expected, got \["ABORT"/);
      } finally {
        await router.close();
      }
    });
  }

  it('lists the scenarios', async () => {
    const { code, out } = await turnpike(['conformance', '--list', '--filter', 'rpc.']);
    assert.equal(code, 0);
    assert.match(out, /^rpc\.registered +DESCRIBED +REGISTER is answered$/m);
    const json = await turnpike(['conformance', '--list', '--json']);
    assert.ok(JSON.parse(json.out).length > 300);
  });

  const MISUSES: readonly [args: readonly string[], code: number, text: RegExp][] = [
    [[], 2, /--url is needed/],
    [['--url', 'ftp://localhost'], 1, /is no URL of a router/],
    [['--url', 'http://127.0.0.1:1'], 1, /cannot open a long-poll transport at .*ECONNREFUSED/],
    [['--url', 'ws://127.0.0.1:1'], 1, /cannot connect|ECONNREFUSED/],
    [['--list', '--filter', 'nothing.like.this'], 2, /--filter leaves no scenario/],
    [['--url', 'ws://localhost', '--other-realm', 'realm1'], 2, /--other-realm is another one than --realm/],
    [['--list=yes'], 2, /--list takes no value/],
    [['--url', 'ws://localhost', '--timeout', 'soon'], 2, /--timeout is a number/],
    [['--url', 'ws://localhost', '--serializer', 'xml'], 2, /--serializer is all, or some of: cbor,/],
    [['--url', 'ws://localhost', '--authid', 'a'], 1, /standard input holds no secret/],
    [['--url', 'ws://localhost', '--authid', 'a', '--authmethod', 'cryptosign'], 2, /needs --key-file FILE, or WAMP_/],
    [['--url', 'ws://localhost', '--authid', 'a', '--secret', 'ab'], 2, /does not belong on the command line/],
    [['--url', 'ws://localhost', '--authid', 'a', '--ticket=ab'], 2, /does not belong on the command line/],
  ];
  for (const [args, code, text] of MISUSES) {
    it(`says what to do about: ${args.join(' ') || 'no arguments'}`, async () => {
      const outcome = await turnpike(['conformance', ...args]);
      assert.equal(outcome.code, code);
      assert.match(outcome.err, text);
    });
  }

  it('says why nobody can join', async () => {
    const outcome = await turnpike(['conformance', '--url', router.addresses[0] ?? '', '--realm', 'nowhere']);
    assert.equal(outcome.code, 1);
    assert.match(outcome.err, /no_such_realm/);
  });
});
