/** Peers that misbehave on real sockets, and others that must not notice. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { type ClientSession, connect, createRouter, type EmbeddedRouter } from '../../src/index.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { LogLines } from './log-lines.ts';

const ALLOW = { call: true, register: true, publish: true, subscribe: true };
const HELLO = JSON.stringify([1, 'realm1', { roles: { subscriber: {}, caller: {}, callee: {} } }]);

const lines = new LogLines();
let router: EmbeddedRouter;

before(async () => {
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
  const options = { max_outbox_size: 1_000_000 };
  router = await createRouter(
    {
      realms: [
        {
          name: 'realm1',
          roles: [{ name: 'anonymous', permissions: [{ uri: 'com.example.', match: 'prefix', allow: ALLOW }] }],
        },
      ],
      transports: [
        { type: 'websocket', endpoint, options },
        { type: 'rawsocket', endpoint, options },
      ],
    },
    { log: lines.log },
  );
});

after(() => router.close());

const webSocket = () => `ws://127.0.0.1:${router.ports[0]}/`;

function frame(message: unknown): Buffer {
  const text = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  const header = Buffer.alloc(4);
  header.writeUInt32BE(text.length);
  return Buffer.concat([header, text]);
}

/** A RawSocket client of JSON that has shaken hands. */
async function rawClient(port = router.ports[1] ?? 0): Promise<Socket> {
  const socket = connectSocket(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(Buffer.from([0x7f, 0xf1, 0, 0]));
  await once(socket, 'data');
  return socket;
}

/** Subscribes, and reads nothing any more. */
async function rawSubscriber(topic: string, port?: number): Promise<Socket> {
  const socket = await rawClient(port);
  socket.write(frame(HELLO));
  await once(socket, 'data');
  socket.write(frame([32, 1, {}, topic]));
  await once(socket, 'data');
  socket.pause();
  socket.on('error', () => {});
  return socket;
}

async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let patience = 1_000; !holds() && patience > 0; patience--) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.ok(holds(), what);
}

describe('a client that does not read', () => {
  for (const transport of ['RawSocket', 'WebSocket'] as const) {
    it(`over ${transport} is disconnected, and costs the others nothing`, async () => {
      const publisher = await connect({ url: webSocket(), realm: 'realm1' });
      const reader = await connect({ url: webSocket(), realm: 'realm1' });
      let events = 0;
      await reader.subscribe('com.example.topic', () => {
        events++;
      });
      const slow = await deafSubscriber(transport);
      assert.equal(router.sessions, 3);
      const args = ['x'.repeat(100_000)];
      let published = 0;
      while (router.sessions === 3 && published < 1_000) {
        await publisher.publish('com.example.topic', args, { acknowledge: true });
        published++;
      }
      assert.ok(published < 1_000, 'it was not disconnected');
      await eventually(() => events === published, `the reader got ${events} of ${published} events`);
      assert.match(lines.all, /a client was too slow and is disconnected/);
      slow.destroy();
      await publisher.leave();
      await reader.leave();
      await eventually(() => router.sessions === 0, 'a session is left');
    });
  }

  async function deafSubscriber(transport: 'RawSocket' | 'WebSocket'): Promise<Socket> {
    if (transport === 'RawSocket') return rawSubscriber('com.example.topic');
    const subscribe = JSON.stringify([32, 1, {}, 'com.example.topic']);
    const client = new WebSocket(webSocket(), 'wamp.2.json');
    client.on('error', () => {});
    await once(client, 'open');
    client.send(HELLO);
    await once(client, 'message');
    client.send(subscribe);
    await once(client, 'message');
    const { _socket: socket } = client as unknown as { _socket: Socket };
    client.pause();
    socket.pause();
    return socket;
  }
});

describe('clients that are each within their bound', () => {
  it('are disconnected when too much waits for all of them, those first for whom most does', async () => {
    const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
    const options = { max_outbox_size: 64 * 1024 * 1024 };
    const crowded = await createRouter(
      {
        options: { max_outboxes_size: 64 * 1024 * 1024 },
        realms: [{ name: 'realm1', roles: [{ name: 'anonymous', permissions: [{ uri: '*', allow: ALLOW }] }] }],
        transports: [{ type: 'rawsocket', endpoint, options }],
      },
      { log: lines.log },
    );
    const port = crowded.ports[0] ?? 0;
    const publisher = await connect({ url: `rs://127.0.0.1:${port}`, realm: 'realm1' });
    const deaf = [];
    for (const topic of ['a', 'b', 'c', 'd']) deaf.push(await rawSubscriber(`com.example.${topic}`, port));
    const args = ['x'.repeat(1_000_000)];
    // Each is sent 24 MB, of which the kernel takes some; together they would keep more than the bound.
    for (let n = 0; n < 24 && crowded.sessions === 5; n++) {
      for (const topic of ['a', 'b', 'c', 'd']) {
        await publisher.publish(`com.example.${topic}`, args, { acknowledge: true });
      }
    }
    assert.ok(crowded.sessions < 5, 'nobody was disconnected');
    assert.ok(crowded.sessions > 1, 'all were disconnected');
    assert.match(lines.all, /too much waits for all clients of this worker \(max_outboxes_size\)/);
    for (const socket of deaf) socket.destroy();
    await publisher.leave();
    await crowded.close();
  });
});

describe('connections that say nothing', () => {
  it(`are refused beyond ${LIMITS.pendingSessions}, while those that are in go on`, async () => {
    const session = await connect({ url: webSocket(), realm: 'realm1' });
    await session.register('com.example.add2', ([a, b]) => Number(a) + Number(b));
    const silent: Socket[] = [];
    // Some at a time: more than the backlog at once would test the kernel.
    for (let n = 0; n < LIMITS.pendingSessions; n += 100) {
      silent.push(...(await Promise.all(Array.from({ length: 100 }, () => rawClient()))));
    }
    assert.equal(router.sessions, 1 + LIMITS.pendingSessions);
    await assert.rejects(connect({ url: webSocket(), realm: 'realm1' }), { uri: 'wamp.error.network_failure' });
    await assert.rejects(connect({ url: `rs://127.0.0.1:${router.ports[1]}`, realm: 'realm1' }), {
      uri: 'wamp.error.network_failure',
    });
    assert.equal(await session.call('com.example.add2', [2, 3]), 5);
    for (const socket of silent) socket.destroy();
    await eventually(() => router.sessions === 1, 'silent connections are left');
    await (await connect({ url: webSocket(), realm: 'realm1' })).leave();
    await session.leave();
    await eventually(() => router.sessions === 0, 'a session is left');
  });
});

describe('a client that breaks the protocol', () => {
  const BROKEN: readonly (readonly [what: string, message: string])[] = [
    ['a message before HELLO', '[48,1,{},"com.example.procedure"]'],
    ['no JSON', '{'],
    ['a list that is too deep', '['.repeat(10_000)],
    ['a message that only routers send', '[2,1,{}]'],
  ];

  for (const [what, message] of BROKEN) {
    it(`${what}: ABORT, then the end of the connection`, async () => {
      const client = new WebSocket(webSocket(), 'wamp.2.json');
      await once(client, 'open');
      const closing = once(client, 'close');
      const answer = once(client, 'message');
      client.send(message);
      const [data] = await answer;
      assert.deepEqual(JSON.parse(String(data)).slice(0, 3).at(-1), 'wamp.error.protocol_violation');
      const [code] = await closing;
      assert.equal(code, 1002);
      await eventually(() => router.sessions === 0, 'the session is left');
    });
  }

  it('does not disturb others whose call is in flight', async () => {
    const callee = await connect({ url: webSocket(), realm: 'realm1' });
    const caller: ClientSession = await connect({ url: webSocket(), realm: 'realm1' });
    let answer: (value: unknown) => void = () => {};
    let invoke: () => void = () => {};
    const invoked = new Promise<void>((resolve) => {
      invoke = resolve;
    });
    await callee.register('com.example.slow', () => {
      invoke();
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    const call = caller.call('com.example.slow');
    await invoked;
    const socket = await rawClient();
    socket.on('error', () => {});
    const end = once(socket, 'close');
    socket.write(Buffer.concat([frame(HELLO), frame([70, 1, {}]), frame([2, 1, {}])]));
    socket.resume();
    await end;
    answer('done');
    assert.equal(await call, 'done');
    await caller.leave();
    await callee.leave();
    await eventually(() => router.sessions === 0, 'a session is left');
  });
});
