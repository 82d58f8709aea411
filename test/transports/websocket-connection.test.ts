import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import { type ConnectionSettings, WebSocketConnection } from '../../src/transports/websocket-connection.ts';
import { DeflateCodec, JobLimit } from '../../src/transports/websocket-deflate.ts';
import { completeOptions } from '../../src/transports/websocket-options.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { bareDetails } from '../../src/wamp/transport-details.ts';
import { framed, RecordingReceiver, turns } from '../suites/recording-receiver.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { octetsOf, type Step } from './autobahn/frame-client.ts';

/** A socket whose other end is the test: it takes what is written when the test says so. */
class FakeSocket extends Duplex {
  readonly written: Buffer[] = [];
  takes = true;
  #take: (() => void) | null = null;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(Buffer.from(chunk));
    if (this.takes) done();
    else this.#take = done;
  }

  takeAll(): void {
    this.takes = true;
    this.#take?.();
  }

  get text(): string {
    return Buffer.concat(this.written).toString('hex');
  }
}

const DETAILS = bareDetails({ type: 'websocket', secure: false, peer: 'unknown', protocol: 'wamp.2.cbor' });

function connect(more: Partial<ConnectionSettings> = {}): {
  socket: FakeSocket;
  connection: WebSocketConnection;
  receiver: RecordingReceiver;
  clock: FakeClock;
  say: (...steps: readonly Step[]) => Promise<void>;
} {
  const socket = new FakeSocket();
  const clock = new FakeClock();
  const connection = new WebSocketConnection(socket, DETAILS, false, {
    ...completeOptions({}),
    rules: { masks: 'always', unmask: true, compression: true, validateUtf8: true, maxFrame: 1 << 30 },
    sender: null,
    inflater: null,
    clock,
    log: SILENT,
    ...more,
  });
  const receiver = new RecordingReceiver(1 << 20);
  connection.start(receiver, Buffer.alloc(0));
  const say = async (...steps: readonly Step[]): Promise<void> => {
    socket.push(Buffer.concat(steps.map(octetsOf)));
    await turns(2);
  };
  return { socket, connection, receiver, clock, say };
}

describe('WebSocketConnection', () => {
  test('while a message is inflated nothing is read, and what follows it waits', async () => {
    const limit = new JobLimit(1);
    let release: () => void = () => {};
    limit.run((done) => {
      release = done;
    });
    const inflater = DeflateCodec.inflater({ windowBits: 15, contextTakeover: false }, limit);
    const { socket, receiver, say } = connect({ inflater });
    const payload = deflateRawSync('compressed', { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    await say({ opcode: 2, rsv: 4, payload }, { opcode: 9, payload: 'p' }, { opcode: 2, payload: 'plain' });
    await say({ opcode: 2, payload: 'later' });
    assert.equal(socket.isPaused(), true);
    assert.equal(socket.readableLength, octetsOf({ opcode: 2, payload: 'later' }).length);
    assert.deepEqual([receiver.messages, socket.text], [[], '']);
    release();
    await receiver.until(() => receiver.messages.length === 3);
    assert.deepEqual(receiver.messages.map(String), ['compressed', 'plain', 'later']);
    assert.equal(socket.isPaused(), false);
    assert.equal(socket.text, '8a0170');
    inflater.destroy();
    socket.destroy();
  });

  test('after a message that cannot be inflated the rest is read and dropped, so that the end is seen', async () => {
    const inflater = DeflateCodec.inflater({ windowBits: 15, contextTakeover: false }, new JobLimit(1));
    const { socket, receiver, say, clock } = connect({ inflater });
    await say({ opcode: 2, rsv: 4, payload: 'never deflated' }, { opcode: 2, payload: 'plain' });
    await receiver.until(() => receiver.disconnects === 1);
    await turns(2);
    assert.equal(socket.isPaused(), false);
    assert.match(socket.text, /^88..03ef/);
    assert.deepEqual(receiver.messages, []);
    socket.push(null);
    await turns(3);
    assert.equal(socket.destroyed, true);
    assert.equal(clock.pending, 0);
  });

  test('pings of one chunk are answered in one write, before what is sent in reply', async () => {
    const { socket, connection, receiver, say } = connect();
    receiver.onMessage = () => connection.write(framed(connection, [Buffer.from('reply')]));
    await say(
      { opcode: 9, payload: 'a' },
      { opcode: 9, payload: 'b' },
      { opcode: 2, payload: 'x' },
      { opcode: 9, payload: 'c' },
    );
    assert.deepEqual(
      socket.written.map((bytes) => bytes.toString('hex')),
      ['8a01618a0162', '82057265706c79', '8a0163'],
    );
    socket.destroy();
  });

  test('a ping is answered before the close frame that what follows it causes', async () => {
    const { socket, receiver, say } = connect();
    socket.on('error', (error) => assert.fail(error));
    await say({ opcode: 9, payload: 'a' }, { opcode: 3 });
    assert.match(socket.text, /^8a016188..03ea/);
    assert.equal(receiver.disconnects, 1);
    const other = connect();
    other.socket.on('error', (error) => assert.fail(error));
    await other.say({ opcode: 9, payload: 'a' }, { opcode: 8 });
    assert.equal(other.socket.text, '8a0161880203e8');
    socket.destroy();
    other.socket.destroy();
  });

  test('a receiver that fails when it is told of the end is logged, and ends nothing else', async () => {
    const errors: string[] = [];
    const log = { ...SILENT, error: (text: string) => void errors.push(text) };
    const { socket, receiver, say } = connect({ log });
    receiver.disconnected = () => {
      throw new Error('a fault of ours');
    };
    await say({ opcode: 8 });
    await turns(2);
    assert.deepEqual(errors, ['a receiver failed']);
    assert.equal(socket.destroyed, true);
  });

  test('pings that nobody waits for do not pile up before a peer that does not read', async () => {
    const { socket, connection, clock } = connect({ autoPingInterval: 100, autoPingTimeout: 0 });
    clock.advance(100);
    assert.match(socket.text, /^890c/);
    socket.takes = false;
    connection.write(framed(connection, [Buffer.from('x')]));
    clock.advance(10_000);
    assert.equal(connection.pending, 3);
    socket.destroy();
    await turns(2);
  });

  test('of pings that cannot be answered only the latest is, later', async () => {
    const { socket, connection, receiver, say } = connect();
    socket.takes = false;
    assert.equal(connection.write(framed(connection, [Buffer.from('x')])), false);
    assert.equal(connection.pending, 3);
    await say({ opcode: 9, payload: 'a' }, { opcode: 9, payload: 'b' });
    await say({ opcode: 9, payload: 'c' });
    assert.equal(connection.pending, 3);
    socket.takeAll();
    await turns(2);
    assert.equal(socket.text, '8201788a0163');
    assert.equal(receiver.drains, 1);
    assert.equal(connection.pending, 0);
    socket.destroy();
  });

  test('no pong and no message after our close frame', async () => {
    const { socket, connection, receiver, say } = connect();
    connection.close('normal', '');
    await say({ opcode: 9, payload: 'a' }, { opcode: 2, payload: 'x' });
    assert.equal(socket.text, '880203e8');
    assert.deepEqual(receiver.messages, []);
    await say({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) });
    assert.equal(receiver.disconnects, 1);
    assert.equal(socket.writableEnded, true);
    socket.destroy();
  });

  test('no ping and no timer after the end', async () => {
    const { socket, receiver, clock, say } = connect({ autoPingInterval: 100 });
    await say({ opcode: 8 });
    clock.advance(1_000);
    assert.equal(socket.text, '880203e8');
    socket.destroy();
    await turns(2);
    assert.equal(clock.pending, 0);
    assert.equal(receiver.disconnects, 1);
  });

  test('a peer that breaks the protocol while it should close is not told twice', async () => {
    const { socket, connection, say } = connect();
    connection.close('policy', '');
    await say({ opcode: 3 });
    assert.equal(socket.text, '880203f0');
    assert.equal(socket.writableEnded, true);
    socket.destroy();
  });

  test('a socket that is gone before the start is reported all the same', async () => {
    const socket = new FakeSocket();
    socket.destroy();
    await turns(1);
    const connection = new WebSocketConnection(socket, DETAILS, false, {
      ...completeOptions({}),
      rules: { masks: 'always', unmask: true, compression: false, validateUtf8: true, maxFrame: 100 },
      sender: null,
      inflater: null,
      clock: new FakeClock(),
      log: SILENT,
    });
    const receiver = new RecordingReceiver(100);
    connection.start(receiver, Buffer.alloc(0));
    assert.equal(receiver.disconnects, 1);
  });
});
