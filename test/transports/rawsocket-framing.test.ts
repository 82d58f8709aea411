import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  FRAME_MESSAGE,
  FRAME_PING,
  FRAME_PONG,
  FrameReader,
  type FrameSink,
  type FrameViolation,
  MAX_FRAME,
  MAX_PING,
  RAWSOCKET_FRAMING,
  writeFrameHeader,
} from '../../src/transports/rawsocket-framing.ts';
import { spoilPages } from '../support/spoiled-pages.ts';

interface Frame {
  readonly type: number;
  readonly payload: string;
}

class RecordingSink implements FrameSink {
  maxReceive: number;
  open = true;
  /** Closes after so many frames. */
  closeAfter = Number.POSITIVE_INFINITY;
  readonly frames: Frame[] = [];
  /** Buffers that frames came in, to see what was copied. */
  readonly buffers: Buffer[] = [];

  constructor(maxReceive = MAX_FRAME) {
    this.maxReceive = maxReceive;
  }

  message(bytes: Buffer, start: number, end: number): void {
    this.#record(FRAME_MESSAGE, bytes, start, end);
  }

  ping(bytes: Buffer, start: number, end: number): void {
    this.#record(FRAME_PING, bytes, start, end);
  }

  pong(bytes: Buffer, start: number, end: number): void {
    this.#record(FRAME_PONG, bytes, start, end);
  }

  #record(type: number, bytes: Buffer, start: number, end: number): void {
    assert.ok(this.open, 'a frame after the end');
    this.frames.push({ type, payload: bytes.toString('latin1', start, end) });
    this.buffers.push(bytes);
    if (this.frames.length >= this.closeAfter) this.open = false;
  }
}

function frame(type: number, payload: Buffer): Buffer {
  const out = Buffer.alloc(4 + payload.length);
  writeFrameHeader(out, 0, type, payload.length);
  payload.copy(out, 4);
  return out;
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, at) => bytes.subarray(from, places[at] ?? bytes.length));
}

function readAll(sink: RecordingSink, chunks: readonly Buffer[]): FrameViolation | null {
  const reader = new FrameReader(sink);
  for (const chunk of chunks) {
    const violation = reader.read(chunk);
    if (violation !== null) return violation;
    if (!sink.open) return null;
  }
  return null;
}

/** The specification, naively: what a whole stream means. */
function readNaively(bytes: Buffer, maxReceive: number): { frames: Frame[]; violation: FrameViolation | null } {
  const frames: Frame[] = [];
  let at = 0;
  while (bytes.length - at >= 4) {
    const first = bytes.readUInt8(at);
    const length = bytes.readUIntBE(at + 1, 3) + (first & 8 ? 2 ** 24 : 0);
    if (first >= 16 || length > 2 ** 24) return { frames, violation: 'reserved bits' };
    const type = first % 8;
    if (type > 2) return { frames, violation: 'unknown frame type' };
    if (type === 0 && length > maxReceive) return { frames, violation: 'message too long' };
    if (type > 0 && length > 65_536) return { frames, violation: 'ping too long' };
    if (bytes.length - at - 4 < length) break;
    frames.push({ type, payload: bytes.toString('latin1', at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return { frames, violation: null };
}

const payloads = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const frameList = fc.array(fc.tuple(fc.constantFrom(FRAME_MESSAGE, FRAME_PING, FRAME_PONG), payloads), {
  maxLength: 20,
});
const cutList = fc.array(fc.nat(), { maxLength: 30 });
/** Streams that begin well more often than chance allows. */
const hostileStream = fc
  .array(
    fc.oneof(
      payloads,
      payloads.map((bytes) => frame(bytes.length % 3, bytes)),
      fc.constant(Buffer.alloc(4)),
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => Buffer.concat(parts));

describe('RawSocket frame header', () => {
  const cases = [
    [FRAME_MESSAGE, 0, '00000000'],
    [FRAME_MESSAGE, 1, '00000001'],
    [FRAME_MESSAGE, 0x123456, '00123456'],
    [FRAME_MESSAGE, 2 ** 24 - 1, '00ffffff'],
    [FRAME_MESSAGE, 2 ** 24, '08000000'],
    [FRAME_PING, 5, '01000005'],
    [FRAME_PONG, 0x10000, '02010000'],
  ] as const;
  for (const [type, length, hex] of cases) {
    test(`type ${type}, ${length} bytes: ${hex}`, () => {
      const out = Buffer.alloc(6, 0xee);
      writeFrameHeader(out, 1, type, length);
      assert.equal(out.toString('hex'), `ee${hex}ee`);
    });
  }

  test('nothing beyond 16 MiB can be said', () => {
    assert.throws(() => RAWSOCKET_FRAMING.writeHeader(Buffer.alloc(4), 0, 2 ** 24 + 1), RangeError);
  });

  test('the framing of messages writes four octets of type 0', () => {
    const out = Buffer.alloc(RAWSOCKET_FRAMING.maxHeader);
    RAWSOCKET_FRAMING.writeHeader(out, 0, 258);
    assert.equal(out.toString('hex'), '00000102');
    assert.equal(RAWSOCKET_FRAMING.headerLength(258), 4);
  });
});

describe('FrameReader', () => {
  test('frames come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(frameList, cutList, (frames, cuts) => {
        const sink = new RecordingSink();
        const stream = Buffer.concat(frames.map(([type, payload]) => frame(type, payload)));
        assert.equal(readAll(sink, split(stream, cuts)), null);
        assert.deepEqual(
          sink.frames,
          frames.map(([type, payload]) => ({ type, payload: payload.toString('latin1') })),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('any bytes, cut anyhow, mean what the specification says', () => {
    fc.assert(
      fc.property(hostileStream, cutList, fc.nat(400), (stream, cuts, maxReceive) => {
        const sink = new RecordingSink(maxReceive);
        const violation = readAll(sink, split(stream, cuts));
        assert.deepEqual({ frames: sink.frames, violation }, readNaively(stream, maxReceive));
      }),
      { numRuns: 2_000 },
    );
  });

  test('octet by octet', () => {
    const sink = new RecordingSink();
    const stream = Buffer.concat([frame(FRAME_MESSAGE, Buffer.from('abc')), frame(FRAME_PING, Buffer.alloc(0))]);
    assert.equal(
      readAll(
        sink,
        [...stream].map((octet) => Buffer.from([octet])),
      ),
      null,
    );
    assert.deepEqual(sink.frames, [
      { type: FRAME_MESSAGE, payload: 'abc' },
      { type: FRAME_PING, payload: '' },
    ]);
  });

  test('a whole frame is not copied; a cut one is, once', () => {
    const whole = frame(FRAME_MESSAGE, Buffer.from('whole'));
    const cut = frame(FRAME_MESSAGE, Buffer.from('cut in two'));
    const first = Buffer.concat([whole, cut.subarray(0, 7)]);
    const sink = new RecordingSink();
    assert.equal(readAll(sink, [first, cut.subarray(7)]), null);
    assert.equal(sink.buffers[0], first);
    assert.equal(sink.buffers[1]?.length, 'cut in two'.length);
  });

  test('nothing is handed out once the sink is closed', () => {
    fc.assert(
      fc.property(frameList, cutList, fc.integer({ min: 1, max: 20 }), (frames, cuts, closeAfter) => {
        const sink = new RecordingSink();
        sink.closeAfter = closeAfter;
        readAll(sink, split(Buffer.concat(frames.map(([type, payload]) => frame(type, payload))), cuts));
        assert.equal(sink.frames.length, Math.min(frames.length, closeAfter));
      }),
      { numRuns: 300 },
    );
  });

  test('each of the 256 first octets', () => {
    for (let first = 0; first < 256; first++) {
      const violation = new FrameReader(new RecordingSink()).read(Buffer.from([first, 0, 0, 0]));
      const expected =
        first >= 16
          ? 'reserved bits'
          : first % 8 > 2
            ? 'unknown frame type'
            : first === 8 + FRAME_PING || first === 8 + FRAME_PONG
              ? 'ping too long'
              : null;
      assert.equal(violation, expected, `first octet ${first}`);
    }
  });

  test('the extra bit with any length is beyond 16 MiB', () => {
    for (const rest of [
      [0, 0, 1],
      [255, 255, 255],
    ]) {
      assert.equal(new FrameReader(new RecordingSink()).read(Buffer.from([8, ...rest])), 'reserved bits');
    }
  });

  test('an announced length is refused before memory is set aside', () => {
    const before = process.memoryUsage().arrayBuffers;
    const readers: FrameReader[] = [];
    for (let at = 0; at < 50; at++) {
      const reader = new FrameReader(new RecordingSink(1_000));
      assert.equal(reader.read(Buffer.from([0, 0xff, 0xff, 0xff, 1])), 'message too long');
      const pinged = new FrameReader(new RecordingSink());
      assert.equal(pinged.read(Buffer.from([FRAME_PING, 0xff, 0xff, 0xff, 1])), 'ping too long');
      readers.push(reader, pinged);
    }
    assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 24, 'memory was set aside');
    assert.equal(readers.length, 100);
  });

  test('exactly the limit passes, one more does not', () => {
    const sink = new RecordingSink(700);
    assert.equal(readAll(sink, [frame(FRAME_MESSAGE, Buffer.alloc(700))]), null);
    assert.equal(readAll(sink, [frame(FRAME_MESSAGE, Buffer.alloc(701))]), 'message too long');
    assert.equal(readAll(sink, [frame(FRAME_PING, Buffer.alloc(MAX_PING))]), null);
    assert.equal(readAll(sink, [frame(FRAME_PONG, Buffer.alloc(MAX_PING + 1))]), 'ping too long');
  });

  test('16 MiB exactly', () => {
    const sink = new RecordingSink();
    const stream = frame(FRAME_MESSAGE, Buffer.alloc(MAX_FRAME, 'x'));
    assert.equal(stream[0], 8);
    assert.equal(readAll(sink, [stream.subarray(0, 1_000_000), stream.subarray(1_000_000)]), null);
    assert.equal(sink.buffers[0]?.length, MAX_FRAME);
  });
});

describe('many readers at once', () => {
  test('[property] put together messages of their own only, also where one is given up midway', () => {
    const restore = spoilPages();
    const lengths = fc.array(fc.oneof(fc.nat(9_000), fc.integer({ min: 16_000, max: 68_000 })), {
      minLength: 1,
      maxLength: 5,
    });
    const peer = fc.record({ lengths, cuts: fc.array(fc.nat(300_000), { maxLength: 12 }) });
    fc.assert(
      fc.property(fc.array(peer, { minLength: 2, maxLength: 8 }), fc.nat(8), (peers, leaver) => {
        const streams = peers.map(({ lengths, cuts }, owner) => {
          const sink = new RecordingSink();
          if (owner === leaver) sink.closeAfter = 1;
          const frames = lengths.map((length, nth) => frame(FRAME_MESSAGE, Buffer.alloc(length, owner * 16 + nth)));
          return { sink, reader: new FrameReader(sink), chunks: split(Buffer.concat(frames), cuts), lengths, owner };
        });
        for (let round = 0; streams.some(({ chunks }) => round < chunks.length); round++) {
          for (const { sink, reader, chunks } of streams) {
            const chunk = chunks[round];
            if (chunk !== undefined && sink.open) assert.equal(reader.read(chunk), null);
          }
        }
        for (const { sink, lengths, owner } of streams) {
          assert.equal(sink.frames.length, owner === leaver ? 1 : lengths.length);
          for (const [nth, { payload }] of sink.frames.entries()) {
            assert.equal(payload, String.fromCharCode(owner * 16 + nth).repeat(lengths[nth] ?? 0));
          }
        }
      }),
      { numRuns: 100 },
    );
    assert.ok(restore() > 100);
  });
});
