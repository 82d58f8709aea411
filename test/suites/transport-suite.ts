import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Accept, Connection } from '../../src/session/connection.ts';
import { framed, RecordingReceiver, turns } from './recording-receiver.ts';

/** Both ends of one connection, each of which has been accepted. */
export interface TransportPair {
  readonly server: Connection;
  readonly client: Connection;
}

/** A transport that is up and running. It must take messages of 4 MiB. */
export interface RunningTransport {
  /** Opens one connection; resolves when both sides have been accepted. */
  connect(server: Accept, client: Accept): Promise<TransportPair>;
  stop(): Promise<void>;
}

/** How to bring up one transport. */
export interface TransportSetup {
  readonly name: string;
  start(): Promise<RunningTransport>;
}

interface Ends {
  readonly server: Connection;
  readonly client: Connection;
  readonly atServer: RecordingReceiver;
  readonly atClient: RecordingReceiver;
}

const MIB = 1024 * 1024;

/** A message that differs from others in every byte range. */
function message(size: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + seed * 7 + (at >>> 8)) & 0x7f;
  return bytes;
}

function assertMessages(actual: readonly Buffer[], expected: readonly Buffer[]): void {
  assert.deepEqual(
    actual.map((bytes) => bytes.length),
    expected.map((bytes) => bytes.length),
  );
  for (const [at, bytes] of expected.entries()) assert.ok(actual[at]?.equals(bytes), `message ${at} differs`);
}

/** What every transport has to do: `Connection` and `Receiver` (`src/session/connection.ts`), to the letter. */
export function transportSuite(setup: TransportSetup): void {
  describe(`transport: ${setup.name}`, { timeout: 30_000 }, () => {
    let transport: RunningTransport;

    before(async () => {
      transport = await setup.start();
    });
    after(() => transport.stop());

    async function open(maxReceive = 4 * MIB): Promise<Ends> {
      const atServer = new RecordingReceiver(maxReceive);
      const atClient = new RecordingReceiver(maxReceive);
      const pair = await transport.connect(
        () => atServer,
        () => atClient,
      );
      return { ...pair, atServer, atClient };
    }

    async function closed({ server, atServer, atClient }: Ends): Promise<void> {
      server.destroy();
      await atServer.until(() => atServer.disconnects > 0);
      await atClient.until(() => atClient.disconnects > 0);
      await turns(3);
      assert.equal(atServer.disconnects, 1);
      assert.equal(atClient.disconnects, 1);
    }

    test('says who is there and what is spoken', async () => {
      const protocols: string[] = [];
      const receiver = new RecordingReceiver(MIB);
      const other = new RecordingReceiver(MIB);
      const { server, client } = await transport.connect(
        (connection, protocol) => {
          protocols.push(protocol, connection.details.protocol);
          return receiver;
        },
        (connection, protocol) => {
          protocols.push(protocol, connection.details.protocol);
          return other;
        },
      );
      assert.equal(new Set(protocols).size, 1);
      assert.match(protocols[0] ?? '', /^wamp\.2\.\w+/);
      assert.match(server.details.peer, /^(tcp4|tcp6|unix|process)/);
      assert.match(client.details.peer, /^(tcp4|tcp6|unix|process)/);
      assert.ok(server.maxSend >= 4 * MIB);
      await closed({ server, client, atServer: receiver, atClient: other });
    });

    test('carries messages both ways, whole and in order', async () => {
      const ends = await open();
      const sizes = [0, 1, 2, 125, 126, 127, 511, 512, 65_535, 65_536, 65_537, 200_000, 3];
      const messages = sizes.map(message);
      for (const one of messages) ends.client.write(framed(ends.client, [one]));
      ends.server.write(framed(ends.server, messages));
      await ends.atServer.until(() => ends.atServer.messages.length >= sizes.length);
      await ends.atClient.until(() => ends.atClient.messages.length >= sizes.length);
      assertMessages(ends.atServer.messages, messages);
      assertMessages(ends.atClient.messages, messages);
      await closed(ends);
    });

    test('carries any messages in any grouping', async () => {
      const ends = await open();
      const groups = fc.array(fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 20 }), {
        maxLength: 8,
      });
      await fc.assert(
        fc.asyncProperty(groups, async (sizes) => {
          const expected = sizes.flat().map(message);
          ends.atServer.messages.length = 0;
          let at = 0;
          for (const group of sizes) {
            ends.client.write(framed(ends.client, expected.slice(at, at + group.length)));
            at += group.length;
          }
          await ends.atServer.until(() => ends.atServer.messages.length >= expected.length);
          assertMessages(ends.atServer.messages, expected);
        }),
        { numRuns: 25 },
      );
      await closed(ends);
    });

    test('never delivers inside a write', async () => {
      const ends = await open();
      let writing = false;
      ends.atServer.onMessage = () => assert.equal(writing, false);
      ends.atClient.onMessage = () => assert.equal(writing, false);
      for (let count = 0; count < 20; count++) {
        writing = true;
        ends.client.write(framed(ends.client, [message(10, count)]));
        ends.server.write(framed(ends.server, [message(10, count)]));
        writing = false;
        await turns(1);
      }
      await ends.atServer.until(() => ends.atServer.messages.length === 20);
      await ends.atClient.until(() => ends.atClient.messages.length === 20);
      await closed(ends);
    });

    test('gives a buffer back only when it is done with it', async () => {
      const ends = await open();
      const expected: Buffer[] = [];
      for (let count = 0; count < 200; count++) {
        const bytes = message(1 + ((count * 977) % 40_000), count);
        expected.push(Buffer.from(bytes));
        const frames = framed(ends.client, [bytes]);
        if (ends.client.write(frames)) frames.fill(0xee);
      }
      await ends.atServer.until(() => ends.atServer.messages.length === expected.length);
      assertMessages(ends.atServer.messages, expected);
      await closed(ends);
    });

    test('takes a message as large as the receiver allows, and no larger', async () => {
      const ends = await open(2 * MIB);
      const largest = message(2 * MIB, 1);
      ends.client.write(framed(ends.client, [largest]));
      await ends.atServer.until(() => ends.atServer.messages.length === 1);
      assertMessages(ends.atServer.messages, [largest]);
      ends.client.write(framed(ends.client, [message(5, 5), message(2 * MIB + 1, 2), message(6, 6)]));
      await ends.atServer.until(() => ends.atServer.disconnects > 0);
      await ends.atClient.until(() => ends.atClient.disconnects > 0);
      assertMessages(ends.atServer.messages, [largest, message(5, 5)]);
      await closed(ends);
    });

    test('reads the limit anew for each message', async () => {
      const ends = await open(10);
      ends.atServer.onMessage = () => {
        ends.atServer.maxReceive = 1_000;
      };
      ends.client.write(framed(ends.client, [message(10, 1), message(1_000, 2)]));
      await ends.atServer.until(() => ends.atServer.messages.length === 2);
      assert.equal(ends.atServer.disconnects, 0);
      await closed(ends);
    });

    test('close delivers what was written before, and ends both sides once', async () => {
      const ends = await open();
      const written = [message(3 * MIB, 1), message(7, 2)];
      ends.server.write(framed(ends.server, written));
      ends.server.close('normal', 'done');
      ends.server.close('normal', 'again');
      assert.equal(ends.server.write(framed(ends.server, [message(1, 1)])), true);
      await ends.atClient.until(() => ends.atClient.disconnects > 0);
      await ends.atServer.until(() => ends.atServer.disconnects > 0);
      assertMessages(ends.atClient.messages, written);
      await closed(ends);
    });

    test('the client may close, too', async () => {
      const ends = await open();
      ends.client.write(framed(ends.client, [message(100_000, 1)]));
      ends.client.close('normal', '');
      await ends.atServer.until(() => ends.atServer.disconnects > 0);
      await ends.atClient.until(() => ends.atClient.disconnects > 0);
      assertMessages(ends.atServer.messages, [message(100_000, 1)]);
      await closed(ends);
    });

    for (const [name, end] of [
      ['close', (connection: Connection) => connection.close('policy', 'enough')],
      ['destroy', (connection: Connection) => connection.destroy()],
    ] as const) {
      test(`${name} inside receive: no message comes after it`, async () => {
        const ends = await open();
        ends.atServer.onMessage = () => {
          if (ends.atServer.messages.length === 2) end(ends.server);
        };
        const messages = [1, 2, 3, 4].map((seed) => message(50, seed));
        ends.client.write(framed(ends.client, messages));
        ends.client.write(framed(ends.client, messages));
        await ends.atServer.until(() => ends.atServer.disconnects > 0);
        await ends.atClient.until(() => ends.atClient.disconnects > 0);
        assert.equal(ends.atServer.messages.length, 2);
        await closed(ends);
      });

      test(`${name} while being accepted`, async () => {
        const atServer = new RecordingReceiver(MIB);
        const atClient = new RecordingReceiver(MIB);
        const { server, client } = await transport.connect(
          (connection) => {
            end(connection);
            return atServer;
          },
          () => atClient,
        );
        await atServer.until(() => atServer.disconnects > 0);
        await atClient.until(() => atClient.disconnects > 0);
        await closed({ server, client, atServer, atClient });
      });
    }

    test('destroy ends both sides once, and twice is no harm', async () => {
      const ends = await open();
      ends.client.destroy();
      ends.client.destroy();
      assert.equal(ends.client.write(framed(ends.client, [message(1, 1)])), true);
      await closed(ends);
      assert.equal(ends.atServer.messages.length, 0);
    });

    test('tells when bytes wait, and when they went', async () => {
      const ends = await open();
      const count = 24;
      const bytes = message(MIB, 1);
      let kept = 0;
      for (let at = 0; at < count; at++) if (!ends.server.write(framed(ends.server, [bytes]))) kept++;
      assert.ok(kept > 0, 'so much cannot have been taken at once');
      assert.ok(ends.server.pending > 0);
      await ends.atClient.until(() => ends.atClient.messages.length === count);
      await ends.atServer.until(() => ends.atServer.drains > 0);
      assert.equal(ends.server.pending, 0);
      assert.ok(ends.atClient.messages.every((one) => one.equals(bytes)));
      await closed(ends);
    });

    test('pause leaves the other side waiting, resume reads on', async () => {
      const ends = await open();
      const count = 24;
      const bytes = message(MIB, 1);
      ends.atServer.onMessage = () => {
        if (ends.atServer.messages.length === 1) ends.server.pause();
      };
      ends.client.write(framed(ends.client, [message(1, 1)]));
      await ends.atServer.until(() => ends.atServer.messages.length === 1);
      for (let at = 0; at < count; at++) ends.client.write(framed(ends.client, [bytes]));
      await turns(50);
      assert.equal(ends.atServer.messages.length, 1);
      assert.ok(ends.client.pending > 0, 'nothing waits with the writer');
      // The other direction is not concerned.
      ends.server.write(framed(ends.server, [message(9, 9)]));
      await ends.atClient.until(() => ends.atClient.messages.length === 1);
      ends.server.resume();
      ends.server.resume();
      await ends.atServer.until(() => ends.atServer.messages.length === count + 1);
      await closed(ends);
    });

    for (const end of ['close', 'destroy'] as const) {
      test(`${end} of a paused connection ends both sides`, async () => {
        const ends = await open();
        ends.server.pause();
        ends.client.write(framed(ends.client, [message(10, 1)]));
        await turns(3);
        if (end === 'close') ends.server.close('normal', '');
        else ends.server.destroy();
        await ends.atServer.until(() => ends.atServer.disconnects > 0);
        await ends.atClient.until(() => ends.atClient.disconnects > 0);
        ends.server.resume();
        await closed(ends);
      });
    }

    test('a failing receiver costs its own connection only', async () => {
      const failing = await open();
      const bystander = await open();
      failing.atServer.onMessage = () => {
        throw new Error('a fault in the receiver');
      };
      failing.client.write(framed(failing.client, [message(10, 1), message(10, 2)]));
      await failing.atServer.until(() => failing.atServer.disconnects > 0);
      assert.equal(failing.atServer.messages.length, 1);
      bystander.client.write(framed(bystander.client, [message(10, 3)]));
      await bystander.atServer.until(() => bystander.atServer.messages.length === 1);
      await closed(failing);
      await closed(bystander);
    });
  });
}
