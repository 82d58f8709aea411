import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type LinkFraming, RAWSOCKET, WEBSOCKET } from '../../bench/link-framing.ts';
import { serializerById } from '../../src/serializers/registry.ts';
import { FRAME_PING, FRAME_PONG, writeFrameHeader } from '../../src/transports/rawsocket-framing.ts';
import { encodeFrame, OPCODE } from '../../src/transports/websocket-framing.ts';
import { createLink, RecordingSocket } from './link-fixture.ts';

const msgpack = serializerById('msgpack');

function webSocketFrame(
  opcode: number,
  payload: Buffer,
  more: Partial<Parameters<typeof encodeFrame>[0]> = {},
): Buffer {
  return encodeFrame({ opcode, fin: true, compressed: false, mask: null, ...more }, payload);
}

function rawSocketFrame(type: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(4);
  writeFrameHeader(header, 0, type, payload.length);
  return Buffer.concat([header, payload]);
}

const KINDS: readonly [name: string, framing: LinkFraming, frame: (payload: Buffer) => Buffer][] = [
  ['WebSocket', WEBSOCKET, (payload) => webSocketFrame(OPCODE.binary, payload)],
  ['RawSocket', RAWSOCKET, (payload) => rawSocketFrame(0, payload)],
];

for (const [name, framing, frame] of KINDS) {
  test(`messages on ${name} arrive however the stream is cut`, () => {
    const sizes = fc.oneof(fc.nat(200), fc.nat(70_000), fc.constantFrom(0, 125, 126, 65_535, 65_536));
    const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 40_000 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(fc.array(sizes, { maxLength: 12 }), cuts, (lengths, pieces) => {
        const { link, handler } = createLink(msgpack, framing);
        const messages = lengths.map((length, index) => Buffer.alloc(length, 65 + index));
        const stream = Buffer.concat(messages.map(frame));
        // One buffer for all reads, as sockets have it: nothing may be kept of it.
        const reads = Buffer.alloc(40_000);
        for (let at = 0, piece = 0; at < stream.length; piece++) {
          const length = stream.copy(reads, 0, at, at + (pieces[piece % pieces.length] ?? 1));
          link.read(reads, 0, length);
          reads.fill(0);
          at += length;
        }
        assert.deepEqual(handler.ends, []);
        assert.deepEqual(handler.messages, messages);
      }),
      { numRuns: 100 },
    );
  });
}

test('pings are answered with their payload', async () => {
  const raw = createLink(msgpack, RAWSOCKET);
  const ping = rawSocketFrame(FRAME_PING, Buffer.from('are you there?'));
  raw.link.read(ping, 0, ping.length);
  raw.link.flush();
  assert.deepEqual(raw.socket.written, [rawSocketFrame(FRAME_PONG, Buffer.from('are you there?'))]);
  const web = createLink(msgpack, WEBSOCKET);
  const frame = webSocketFrame(OPCODE.ping, Buffer.from('and you?'));
  web.link.read(frame, 0, frame.length);
  web.link.flush();
  const expected = encodeFrame(
    { opcode: OPCODE.pong, fin: true, compressed: false, mask: WEBSOCKET.mask },
    Buffer.from('and you?'),
  );
  assert.deepEqual(web.socket.written, [expected]);
});

function endedBy(frame: Buffer, framing: LinkFraming = WEBSOCKET): { ends: string[]; end: string } {
  const { link, socket, handler } = createLink(msgpack, framing, new RecordingSocket('127.0.0.1'));
  link.read(frame, 0, frame.length);
  link.read(frame, 0, frame.length);
  return { ends: handler.ends, end: socket.end };
}

test('what the bench cannot read ends the link, once, and says why', () => {
  const close = webSocketFrame(OPCODE.close, Buffer.concat([Buffer.from([0x03, 0xe8]), Buffer.from('bye')]));
  assert.deepEqual(endedBy(close), { ends: ['the router closed the WebSocket with code 1000 bye'], end: 'reset' });
  assert.deepEqual(endedBy(webSocketFrame(OPCODE.close, Buffer.alloc(0))).ends, [
    'the router closed the WebSocket without a code',
  ]);
  assert.match(endedBy(webSocketFrame(OPCODE.binary, Buffer.from('part'), { fin: false })).ends.join(), /fragments/);
  assert.match(endedBy(webSocketFrame(OPCODE.binary, Buffer.from('x'), { mask: 7 })).ends.join(), /masks its frames/);
  const huge = Buffer.from([0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]);
  assert.deepEqual(endedBy(huge).ends, ['the router sent a frame of 4294967306 bytes']);
});

test('what a handler throws ends the link', () => {
  const { link, handler, socket } = createLink(msgpack, RAWSOCKET);
  link.handler = {
    message: () => {
      throw new Error('not what was expected');
    },
    ended: (reason) => handler.ended(reason),
  };
  const frame = rawSocketFrame(0, Buffer.from('x'));
  link.read(Buffer.concat([frame, frame]), 0, 2 * frame.length);
  assert.deepEqual(handler.ends, ['not what was expected']);
  assert.equal(socket.end, 'destroyed', 'a Unix socket cannot be reset');
});

test('what the system has not taken is not written over', () => {
  const { link, socket } = createLink(msgpack, RAWSOCKET);
  socket.writableLength = 1;
  link.send(Buffer.from('first'));
  link.flush();
  link.send(Buffer.from('other'));
  link.flush();
  assert.deepEqual(
    socket.written.map((bytes) => bytes.toString('latin1', 4)),
    ['first', 'other'],
  );
});

test('all messages of a turn go out in one write', async () => {
  const { link, socket } = createLink(msgpack, RAWSOCKET);
  for (let count = 0; count < 1_000; count++) link.send(Buffer.from('message'));
  assert.equal(socket.written.length, 0);
  await new Promise(setImmediate);
  assert.deepEqual(
    socket.written.map((bytes) => bytes.length),
    [11_000],
  );
});

test('nothing is written after a drop', async () => {
  const { link, socket, handler } = createLink(msgpack, RAWSOCKET);
  link.send(Buffer.from('message'));
  link.drop();
  link.closed('too late');
  await new Promise(setImmediate);
  assert.deepEqual([socket.written, handler.ends], [[], []]);
});
