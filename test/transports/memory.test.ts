import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, test } from 'node:test';
import type { Connection } from '../../src/session/connection.ts';
import { memoryPair } from '../../src/transports/memory.ts';
import { type Log, SILENT } from '../../src/wamp/log.ts';
import { framed, RecordingReceiver, turns } from '../suites/recording-receiver.ts';

interface Bench {
  readonly server: Connection;
  readonly client: Connection;
  readonly atServer: RecordingReceiver;
  readonly atClient: RecordingReceiver;
  /** Functions that wait for the next turn. */
  readonly waiting: (() => void)[];
  /** One turn: runs what waits now. */
  turn(): void;
}

function bench(log: Log = SILENT): Bench {
  const waiting: (() => void)[] = [];
  const atServer = new RecordingReceiver(1_000_000);
  const atClient = new RecordingReceiver(1_000_000);
  const schedule = (run: () => void): void => void waiting.push(run);
  const pair = memoryPair(
    { protocol: 'wamp.2.cbor', peer: 'process:4711', log, schedule },
    () => atServer,
    () => atClient,
  );
  const turn = (): void => {
    for (const run of waiting.splice(0)) run();
  };
  return { ...pair, atServer, atClient, waiting, turn };
}

const bytes = (text: string): Buffer => Buffer.from(text);

describe('memoryPair', () => {
  test('says what it is', () => {
    const { server, client } = bench();
    assert.equal(server.details, client.details);
    assert.deepEqual(server.details, {
      type: 'memory',
      secure: false,
      own: null,
      peer: 'process:4711',
      protocol: 'wamp.2.cbor',
      serializer: null,
      extensions: null,
      headersReceived: null,
      headersSent: null,
      cookie: null,
      clientCertificate: null,
      channelIds: {},
    });
    assert.equal(client.maxSend, Number.POSITIVE_INFINITY);
  });

  test('schedules one delivery for all that a turn wrote', () => {
    const { server, client, atServer, atClient, waiting, turn } = bench();
    client.write(framed(client, [bytes('a'), bytes('b')]));
    client.write(framed(client, [bytes('c')]));
    server.write(framed(server, [bytes('d')]));
    assert.equal(waiting.length, 1);
    assert.equal(atServer.messages.length, 0);
    assert.equal(client.pending, 15);
    turn();
    assert.equal(atServer.messages.join(), 'a,b,c');
    assert.equal(atClient.messages.join(), 'd');
    assert.equal(client.pending, 0);
    assert.deepEqual([atClient.drains, atServer.drains], [1, 1]);
    assert.equal(waiting.length, 0);
  });

  test('an answer given while receiving waits for the next turn', () => {
    const { server, client, atServer, atClient, turn } = bench();
    atServer.onMessage = () => server.write(framed(server, [bytes('answer')]));
    client.write(framed(client, [bytes('question')]));
    turn();
    assert.equal(atClient.messages.length, 0);
    turn();
    assert.equal(atClient.messages.join(), 'answer');
  });

  test('copies small writes and keeps large ones', () => {
    const { client, atServer, turn } = bench();
    const small = framed(client, [bytes('small')]);
    const large = framed(client, [Buffer.alloc(16 * 1024 + 1, 'x')]);
    assert.equal(client.write(small), true);
    small.fill(0xff);
    assert.equal(client.write(large), false);
    turn();
    assert.equal(atServer.messages[0]?.toString(), 'small');
    assert.ok(atServer.messages[1]?.equals(Buffer.alloc(16 * 1024 + 1, 'x')));
  });

  test('takes whole frames only', () => {
    const { client, atServer, turn } = bench();
    for (const octets of [[0], [0, 0, 0, 2, 1], [0, 0, 0, 1, 1, 0], [0xff, 0xff, 0xff, 0xff, 1]]) {
      assert.throws(() => client.write(Buffer.from(octets)), RangeError);
    }
    turn();
    assert.equal(atServer.messages.length, 0);
    assert.equal(client.pending, 0);
  });

  test('what was written while receiving is delivered before a close in the same turn', () => {
    const { server, client, atServer, atClient, turn } = bench();
    atServer.onMessage = () => {
      server.write(framed(server, [bytes('goodbye')]));
      server.close('normal', '');
    };
    client.write(framed(client, [bytes('leave')]));
    turn();
    assert.equal(atClient.disconnects, 0);
    turn();
    assert.equal(atClient.messages.join(), 'goodbye');
    assert.deepEqual([atClient.disconnects, atServer.disconnects], [1, 1]);
  });

  test('destroy drops what was not delivered', () => {
    const { client, atServer, atClient, waiting, turn } = bench();
    client.write(framed(client, [bytes('lost')]));
    client.destroy();
    assert.equal(client.pending, 0);
    assert.deepEqual([atClient.disconnects, atServer.disconnects], [0, 0]);
    turn();
    assert.equal(atServer.messages.length, 0);
    assert.deepEqual([atClient.disconnects, atServer.disconnects], [1, 1]);
    client.destroy();
    client.close('normal', '');
    while (waiting.length > 0) turn();
    assert.deepEqual([atClient.disconnects, atServer.disconnects], [1, 1]);
  });

  test('a closed side receives nothing more', () => {
    const { server, client, atServer, turn } = bench();
    client.write(framed(client, [bytes('late')]));
    server.close('normal', '');
    turn();
    assert.equal(atServer.messages.length, 0);
    assert.equal(atServer.disconnects, 1);
  });

  test('a fault of the receiver is logged and ends the connection', () => {
    const errors: string[] = [];
    const log: Log = { ...SILENT, error: (text) => void errors.push(text) };
    const { client, atServer, atClient, waiting, turn } = bench(log);
    atServer.onMessage = () => {
      throw new Error('fault');
    };
    client.write(framed(client, [bytes('a'), bytes('b')]));
    while (waiting.length > 0) turn();
    assert.equal(atServer.messages.length, 1);
    assert.deepEqual(errors, ['a message could not be handled']);
    assert.deepEqual([atClient.disconnects, atServer.disconnects], [1, 1]);
  });

  test('two sides that answer each other for ever leave the sockets their turn', async () => {
    const ends = memoryPair(
      { protocol: 'wamp.2.json', peer: 'process:1', log: SILENT },
      (connection) => echo(connection),
      (connection) => echo(connection),
    );
    ends.client.write(framed(ends.client, [bytes('ping')]));
    const listener = createServer((socket) => socket.end('served')).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    assert.ok(address !== null && typeof address === 'object');
    const response = await fetchText(address.port);
    assert.equal(response, 'served');
    ends.client.destroy();
    listener.close();
    await turns(3);
  });
});

function echo(connection: Connection): RecordingReceiver {
  const receiver = new RecordingReceiver(1_000);
  receiver.onMessage = (message) => void connection.write(framed(connection, [message]));
  return receiver;
}

async function fetchText(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}
