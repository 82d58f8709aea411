import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import path from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { readShared } from '../../src/transports/shared-reads.ts';
import { makeCertificates } from './endpoint-certificates.ts';
import { temporaryDirectory } from './rawsocket-harness.ts';
import { AUTOBAHN_OPTIONS, runListener } from './websocket-harness.ts';

interface Pair {
  readonly client: Socket;
  readonly accepted: Socket;
}

const KINDS = ['TCP', 'a unix socket', 'TLS'] as const;

const { directory, remove } = await temporaryDirectory();
after(remove);
const certificates = makeCertificates(directory);
let paths = 0;

/** A connection between two sockets of this process. */
async function pair(t: TestContext, kind: (typeof KINDS)[number] = 'TCP'): Promise<Pair> {
  const isTls = kind === 'TLS';
  const [cert, key] = [readFileSync(certificates.serverCertificate), readFileSync(certificates.serverKey)];
  const server = isTls ? createTlsServer({ cert, key }) : createServer();
  if (kind === 'a unix socket') server.listen(path.join(directory, `${++paths}.sock`));
  else server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo | string;
  const to = typeof address === 'string' ? { path: address } : { port: address.port, host: '127.0.0.1' };
  const client = isTls ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
  const [accepted] = (await once(server, isTls ? 'secureConnection' : 'connection')) as [Socket];
  t.after(() => {
    client.destroy();
    accepted.destroy();
    server.close();
  });
  return { client, accepted };
}

/** What has been read so far, copied. */
function gather(socket: Socket): () => string {
  let read = '';
  const isShared = readShared(socket, (length, bytes) => {
    read += bytes.toString('latin1', 0, length);
  });
  assert.ok(isShared, 'this Node.js keeps what `onread` gives elsewhere: see shared-reads.ts');
  return () => read;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

describe('Sockets that read into one buffer', { timeout: 60_000 }, () => {
  for (const kind of KINDS) {
    test(`over ${kind}, also after something was read otherwise`, async (t) => {
      const { client, accepted } = await pair(t, kind);
      client.write('first');
      assert.equal(String(await once(accepted, 'data')), 'first');
      const read = gather(accepted);
      client.write('second');
      await until(() => read() !== '');
      assert.equal(read(), 'second');
    });

    test(`over ${kind}, in turns, two sockets take only what is theirs`, async (t) => {
      const [one, other] = [await pair(t, kind), await pair(t, kind)];
      const [ones, others] = [gather(one.accepted), gather(other.accepted)];
      for (let round = 0; round < 20; round++) {
        one.client.write('a'.repeat(50_000));
        other.client.write('b'.repeat(30_000));
      }
      await until(() => ones().length === 1_000_000 && others().length === 600_000);
      assert.match(ones(), /^a+$/);
      assert.match(others(), /^b+$/);
    });

    test(`over ${kind}, a socket that is paused reads nothing, and all of it when it goes on`, async (t) => {
      const { client, accepted } = await pair(t, kind);
      const read = gather(accepted);
      accepted.pause();
      client.write('x'.repeat(1000));
      for (let turns = 0; turns < 20; turns++) await turn();
      assert.equal(read(), '');
      accepted.resume();
      await until(() => read().length === 1000);
      client.end('the last words');
      await once(accepted, 'end');
      assert.equal(read().slice(1000), 'the last words');
    });
  }

  test('a reset is told as ever', async (t) => {
    const reset = await pair(t);
    gather(reset.accepted);
    reset.client.resetAndDestroy();
    const [error] = (await once(reset.accepted, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');
  });

  test('not where something was read already that nobody took', async (t) => {
    const { client, accepted } = await pair(t);
    accepted.on('readable', () => {});
    client.write('kept');
    await until(() => accepted.readableLength > 0);
    assert.equal(
      readShared(accepted, () => {}),
      false,
    );
    assert.equal(String(accepted.read()), 'kept');
  });

  test('not where there is no connection, or no socket', () => {
    for (const none of [new Socket(), {}, null]) {
      assert.equal(
        readShared(none, () => {}),
        false,
      );
    }
  });
});

/** Octets that say whose they are and where they belong. */
function payload(owner: number, nth: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at++) bytes[at] = owner * 31 + nth * 7 + (at >>> 3);
  return bytes;
}

describe('WebSockets that read into one buffer', { timeout: 120_000 }, () => {
  test('[property] many at once, some compressed, some cut in pieces: each gets back its own octets', async (t) => {
    const { port, stop } = await runListener(AUTOBAHN_OPTIONS);
    t.after(stop);
    const sizes = fc.array(fc.oneof(fc.nat(200), fc.nat(20_000), fc.integer({ min: 60_000, max: 300_000 })), {
      minLength: 1,
      maxLength: 12,
    });
    const client = fc.record({
      sizes,
      perMessageDeflate: fc.boolean(),
      cut: fc.option(fc.integer({ min: 1, max: 9 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(client, { minLength: 2, maxLength: 12 }), async (clients) => {
        const echoed = clients.map(async ({ sizes, perMessageDeflate, cut }, owner) => {
          const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate });
          await once(socket, 'open');
          const all = new Promise<void>((resolve, reject) => {
            let nth = 0;
            socket.on('message', (data: Buffer) => {
              const expected = payload(owner, nth, sizes[nth] as number);
              if (!data.equals(expected)) reject(new Error(`client ${owner} got octets that are not its own`));
              if (++nth === sizes.length) resolve();
            });
            socket.on('close', () => reject(new Error(`client ${owner} was cut off`)));
          });
          for (const [nth, size] of sizes.entries()) {
            const bytes = payload(owner, nth, size);
            const step = cut === null ? size : Math.ceil(size / cut);
            for (let at = 0; at === 0 || at < size; at += Math.max(step, 1)) {
              socket.send(bytes.subarray(at, at + step), { binary: true, fin: at + step >= size });
            }
          }
          await all;
          socket.terminate();
        });
        await Promise.all(echoed);
      }),
      { numRuns: 40 },
    );
  });
});
