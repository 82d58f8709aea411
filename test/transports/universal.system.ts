import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { UniversalListener, type UniversalPorts } from '../../src/transports/universal.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RawClient, RecordingLog } from '../webservice/web-fixture.ts';

interface Bench {
  readonly port: number;
  readonly listener: UniversalListener;
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  /** What came to whom. */
  readonly taken: { readonly by: string; read: string }[];
  /** Sockets accepted so far. */
  accepted: number;
}

const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function bench(more: Partial<UniversalPorts> = {}): Promise<Bench> {
  const clock = new FakeClock();
  const log = new RecordingLog();
  const taken: Bench['taken'] = [];
  const sockets: Socket[] = [];
  const take =
    (by: string) =>
    (socket: Socket): void => {
      const one = { by, read: '' };
      taken.push(one);
      socket.on('data', (chunk: Buffer) => {
        one.read += chunk.toString('latin1');
      });
    };
  const listener = new UniversalListener({ rawSocket: take('rawsocket'), http: take('http'), clock, log, ...more });
  const made = { port: 0, listener, clock, log, taken, accepted: 0 };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    made.accepted++;
    listener.handleSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  made.port = (server.address() as AddressInfo).port;
  return made;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

describe('a universal listener', () => {
  const rows: readonly (readonly [what: string, bytes: string, by: string])[] = [
    ['RawSocket', '\x7f\xf1\0\0', 'rawsocket'],
    ['HTTP', 'GET / HTTP/1.1\r\n', 'http'],
    ['nonsense', '\0\xff\xff', 'http'],
    ['TLS where there is none', '\x16\x03\x01', 'http'],
  ];
  for (const [what, bytes, by] of rows) {
    it(`tells ${what} by its first octet, whole or byte by byte, and keeps each octet`, async () => {
      const made = await bench();
      const whole = new RawClient(made.port);
      whole.socket.write(bytes, 'latin1');
      await until(() => made.taken[0]?.read === bytes);
      const slow = new RawClient(made.port);
      for (const [at, byte] of [...bytes].entries()) {
        slow.socket.write(byte, 'latin1');
        await until(() => made.taken[1]?.read.length === at + 1);
      }
      assert.deepEqual(
        made.taken.map((one) => [one.by, one.read]),
        [
          [by, bytes],
          [by, bytes],
        ],
      );
      assert.equal(made.clock.pending, 0);
      whole.socket.destroy();
      slow.socket.destroy();
    });
  }

  const refused: readonly (readonly [what: string, bytes: string, more: Partial<UniversalPorts>])[] = [
    ['MQTT', '\x10\x0c\0\x04MQTT', {}],
    ['RawSocket', '\x7f\xf1\0\0', { rawSocket: null }],
    ['HTTP', 'GET / HTTP/1.1\r\n\r\n', { http: null }],
  ];
  for (const [wants, bytes, more] of refused) {
    it(`hangs up on ${wants} where it is not spoken, and says so`, async () => {
      const made = await bench(more);
      const client = new RawClient(made.port);
      client.socket.write(bytes, 'latin1');
      await client.closed;
      assert.equal(client.received, '');
      assert.deepEqual(made.log.lines[0]?.fields['wants'], wants);
      assert.equal(made.taken.length, 0);
      assert.equal(made.clock.pending, 0);
    });
  }

  it('ends a client that says nothing for five seconds', async () => {
    const made = await bench();
    const client = new RawClient(made.port);
    await until(() => made.clock.pending === 1);
    made.clock.advance(4_999);
    client.socket.write('');
    await turn();
    assert.equal(client.socket.destroyed, false);
    made.clock.advance(1);
    await client.closed;
    assert.equal(made.taken.length, 0);
  });

  it('ends a client that leaves without a word, also half', async () => {
    const made = await bench();
    const client = new RawClient(made.port);
    client.socket.end();
    await client.closed;
    assert.equal(made.clock.pending, 0);
    assert.equal(made.log.lines.length, 0);
  });

  it('bounds the silent ones: more are dropped, and those that speak are none of them', async () => {
    const made = await bench({ maxSilent: 2 });
    const speaking = new RawClient(made.port);
    speaking.socket.write('G');
    await until(() => made.taken.length === 1);
    const silent = [new RawClient(made.port), new RawClient(made.port)];
    await until(() => made.clock.pending === 2);
    await new RawClient(made.port).closed;
    silent[0]?.socket.write('G');
    await until(() => made.taken.length === 2);
    const next = new RawClient(made.port);
    next.socket.write('G');
    await until(() => made.taken.length === 3);
    for (const client of [speaking, ...silent, next]) client.socket.destroy();
  });

  it('closes: the silent ones end, nobody else comes in', async () => {
    const made = await bench();
    const client = new RawClient(made.port);
    await until(() => made.clock.pending === 1);
    made.listener.close();
    await client.closed;
    await new RawClient(made.port).closed;
    assert.equal(made.clock.pending, 0);
  });
});
