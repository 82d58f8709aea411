/** Large messages share memory, one after another: whose octets arrive where, when all of them are under way at once. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect as connectSocket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ClientSession } from '../../src/client/client-session.ts';
import { connect } from '../../src/client/connect.ts';
import type { SerializerName } from '../../src/client/dial.ts';
import { PAGES } from '../../src/session/page-pool.ts';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';
import { spoilPages } from '../support/spoiled-pages.ts';

const ROLE = {
  name: 'anonymous',
  permissions: [{ uri: '*', allow: { call: true, register: true, publish: true, subscribe: true } }],
};
const SERIALIZERS = [
  'json',
  'msgpack',
  'cbor',
  'ubjson',
  'json.batched',
  'msgpack.batched',
  'cbor.batched',
] as const satisfies readonly SerializerName[];
/** Around the sizes of pages, of what is put together in them, and of what is worth a write. */
const SIZES = [100, 8_100, 16_300, 17_400, 33_000, 49_100, 65_536, 66_500, 131_072, 262_000, 1_048_576, 1_100_000];
const MEGABYTE = 1024 * 1024;

let router: EmbeddedRouter;
let restore: () => number;
const sessions: ClientSession[] = [];

before(async () => {
  restore = spoilPages();
  const endpoint = { type: 'tcp', port: 0, interface: '127.0.0.1' };
  // Clients and router are one process here: none of them reads while another one writes.
  const options = { max_outbox_size: 64 * MEGABYTE };
  const serializers = ['json', 'msgpack', 'cbor', 'ubjson'];
  router = await createRouter({
    realms: [{ name: 'realm1', roles: [ROLE] }],
    transports: [
      { type: 'websocket', endpoint, serializers, options },
      { type: 'rawsocket', endpoint, serializers, options },
      {
        type: 'websocket',
        endpoint,
        serializers,
        options: { ...options, auto_fragment_size: 20_000, compression: { deflate: {} } },
      },
    ],
  });
});

after(async () => {
  for (const session of sessions) await session.leave();
  await router.close();
  assert.ok(restore() > 1000, 'pages are used again');
  assert.ok(PAGES.kept <= 16 * MEGABYTE);
});

/** A text that says whose it is and where each part of it belongs. */
function textOf(owner: string, nth: number, size: number): string {
  const unit = `${owner}#${nth}:`;
  return unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
}

function digest(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

async function join(serializer: SerializerName, transport: number): Promise<ClientSession> {
  const url = `${transport === 1 ? 'rs' : 'ws'}://127.0.0.1:${router.ports[transport]}${transport === 1 ? '' : '/'}`;
  const session = await connect({ url, realm: 'realm1', serializers: [serializer] });
  sessions.push(session);
  return session;
}

/** Joins, says that a message of 200 KB comes, sends half of it, and goes. */
function giveUpMidway(): void {
  const socket = connectSocket(router.ports[1] as number, '127.0.0.1');
  const hello = Buffer.from(JSON.stringify([1, 'realm1', { roles: { caller: {} } }]));
  socket.on('error', () => {});
  socket.once('connect', () =>
    socket.write(Buffer.concat([Buffer.from([0x7f, 0xf1, 0, 0, 0, 0, 0, hello.length]), hello])),
  );
  let read = 0;
  socket.on('data', (chunk) => {
    // What is longer than the answer to the handshake has WELCOME behind it.
    if (read <= 4 && read + chunk.length > 4) {
      socket.write(Buffer.concat([Buffer.from([0, 3, 13, 64]), Buffer.alloc(100_000, 0x61)]), () => socket.destroy());
    }
    read += chunk.length;
  });
}

describe('large messages of many sessions at once', { timeout: 120_000 }, () => {
  it('arrive as they were sent, over every transport and serializer, while others leave in the middle of theirs', async () => {
    const peers = await Promise.all(
      [0, 1, 2].flatMap((transport) =>
        // Batches are of WebSocket alone.
        SERIALIZERS.filter((name) => transport === 0 || !name.includes('.')).map(async (serializer) => {
          const name = `${serializer}${transport}`;
          const session = await join(serializer, transport);
          const heard = new Map<string, string>();
          await session.register(`com.example.echo.${name}`, ([text]) => text);
          await session.subscribe('com.example.news', ([owner, text]) => {
            heard.set(String(owner), digest(String(text)));
          });
          return { name, session, heard };
        }),
      ),
    );
    await Promise.all(
      peers.map(async ({ name, session }, at) => {
        const pending: Promise<void>[] = [];
        for (let nth = 0; nth < 24; nth++) {
          const size = SIZES[(nth * 5 + at) % SIZES.length] as number;
          const text = textOf(name, nth, size);
          const callee = peers[(at + nth * 3 + 1) % peers.length] as (typeof peers)[number];
          const call = async (): Promise<void> => {
            const result = await session.call(`com.example.echo.${callee.name}`, [text]);
            assert.equal(digest(String(result)), digest(text), `${name} → ${callee.name}, ${size}`);
          };
          pending.push(call());
          if (nth % 6 === 0) giveUpMidway();
          if (nth % 8 === at % 8) await turn();
        }
        await Promise.all(pending);
      }),
    );
    const news = peers.map(({ name }, at) => textOf(name, 1000, SIZES[at % SIZES.length] as number));
    await Promise.all(
      peers.map(({ name, session }, at) =>
        session.publish('com.example.news', [name, news[at]], { acknowledge: true }),
      ),
    );
    for (const [at, { name }] of peers.entries()) {
      for (const { name: reader, heard } of peers) {
        if (reader === name) continue;
        while (!heard.has(name)) await turn();
        assert.equal(heard.get(name), digest(news[at] ?? ''), `${name} → ${reader}`);
      }
    }
  });

  it('go to those who read slowly as they were sent', async () => {
    const [slow, publisher] = [await join('cbor', 1), await join('msgpack', 0)];
    const heard: string[] = [];
    await slow.register('com.example.slow', ([text]) => {
      heard.push(digest(String(text)));
      // Nothing is read meanwhile, by anybody: the kernel's buffers fill.
      const until = performance.now() + 5;
      while (performance.now() < until);
    });
    const texts = Array.from({ length: 60 }, (_, nth) => textOf('slow', nth, 60_000 + nth * 37));
    await Promise.all(texts.map((text) => publisher.call('com.example.slow', [text])));
    assert.deepEqual(heard, texts.map(digest));
  });
});
