import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FrameError } from '../../src/transports/websocket-close.ts';
import {
  encodeFrame,
  FrameParser,
  type FrameRules,
  OPCODE,
  WEBSOCKET_FRAMINGS,
} from '../../src/transports/websocket-framing.ts';
import { spoilPages } from '../support/spoiled-pages.ts';
import { octetsOf, type Step } from './autobahn/frame-client.ts';

const RULES: FrameRules = { masks: 'always', unmask: true, compression: false, validateUtf8: true, maxFrame: 1 << 30 };

interface Run {
  /** What came out, and how it ended, in a form that can be compared. */
  readonly events: readonly string[];
  /** The largest buffer that a message lay in, where it was not the chunk itself. */
  readonly gathered: number;
}

interface Bounds {
  readonly maxMessage: number;
  readonly maxFragments: number;
}

/** Feeds chunks, each a copy of its own, as a socket gives them. */
function run(chunks: readonly Buffer[], rules: Partial<FrameRules> = {}, bounds: Partial<Bounds> = {}): Run {
  const events: string[] = [];
  let gathered = 0;
  let current: ArrayBufferLike | null = null;
  const parser = new FrameParser(
    {
      maxMessage: bounds.maxMessage ?? 100_000,
      maxFragments: bounds.maxFragments ?? 100,
      message: (bytes, start, end, text, compressed) => {
        if (bytes.buffer !== current) gathered = Math.max(gathered, bytes.length);
        const kind = `${text ? 'text' : 'binary'}${compressed ? ' compressed' : ''}`;
        events.push(`${kind} ${bytes.toString('hex', start, end)}`);
      },
      ping: (bytes, start, end) => events.push(`ping ${bytes.toString('hex', start, end)}`),
      pong: (bytes, start, end) => events.push(`pong ${bytes.toString('hex', start, end)}`),
      close: (code, reason) => events.push(`close ${code} ${reason}`),
    },
    { ...RULES, ...rules },
  );
  try {
    for (const chunk of chunks) {
      const copy = Buffer.allocUnsafeSlow(chunk.length);
      chunk.copy(copy);
      current = copy.buffer;
      parser.push(copy);
    }
  } catch (error) {
    assert.ok(error instanceof FrameError, `threw ${error}`);
    events.push(`failed ${error.code}`);
    parser.push(octetsOf({ opcode: 1, payload: 'after the end' }));
  }
  return { events, gathered };
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = sizes.length === 0 ? bytes.length : (sizes[index % sizes.length] ?? 1);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });

const anyStep: fc.Arbitrary<Step> = fc.record({
  opcode: fc.oneof({ arbitrary: fc.constantFrom(0, 1, 2, 8, 9, 10), weight: 9 }, { arbitrary: fc.nat(15), weight: 1 }),
  fin: fc.boolean(),
  rsv: fc.oneof({ arbitrary: fc.constant(0), weight: 12 }, { arbitrary: fc.nat(7), weight: 1 }),
  masked: fc.oneof({ arbitrary: fc.constant(true), weight: 20 }, { arbitrary: fc.constant(false), weight: 1 }),
  payload: fc.oneof(
    fc.string({ maxLength: 140 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 140 }).map((bytes) => Buffer.from(bytes)),
  ),
});

/** Messages as a decent client sends them: fragmented anywhere, with control frames in between. */
const goodStream = fc
  .array(
    fc.record({
      text: fc.boolean(),
      payload: fc.string({ unit: 'binary', maxLength: 600 }),
      parts: fc.array(fc.nat(200), { maxLength: 6 }),
      ping: fc.option(fc.uint8Array({ maxLength: 125 })),
    }),
    { maxLength: 6 },
  )
  .map((messages) => {
    const steps: Step[] = [];
    const expected: string[] = [];
    for (const { text, payload, parts, ping } of messages) {
      const bytes = Buffer.from(payload);
      const ends = [...parts.map((part) => Math.min(part, bytes.length)).sort((a, b) => a - b), bytes.length];
      ends.forEach((end, index) => {
        const opcode = index > 0 ? 0 : text ? 1 : 2;
        const start = ends[index - 1] ?? 0;
        steps.push({ opcode, fin: index === ends.length - 1, payload: bytes.subarray(start, end) });
        if (index === 0 && ping !== null) steps.push({ opcode: 9, payload: Buffer.from(ping) });
      });
      const message = `${text ? 'text' : 'binary'} ${bytes.toString('hex')}`;
      const pinged = ping === null ? [] : [`ping ${Buffer.from(ping).toString('hex')}`];
      expected.push(...(ends.length === 1 ? [message, ...pinged] : [...pinged, message]));
    }
    return { bytes: Buffer.concat(steps.map(octetsOf)), expected };
  });

describe('FrameParser', () => {
  test('any octets in any chunks: no throw but FrameError, and chunking changes nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), sizes, fc.boolean(), (octets, pieces, compression) => {
        const bytes = Buffer.from(octets);
        const whole = run([bytes], { compression, masks: 'any' });
        assert.deepEqual(run(cut(bytes, pieces), { compression, masks: 'any' }).events, whole.events);
      }),
      { numRuns: 2_000 },
    );
  });

  test('any frames in any chunks: chunking changes nothing', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 12 }), sizes, (steps, pieces) => {
        const bytes = Buffer.concat(steps.map(octetsOf));
        const whole = run([bytes]);
        assert.deepEqual(run(cut(bytes, pieces)).events, whole.events);
        assert.deepEqual(run(cut(bytes, [1])).events, whole.events);
      }),
      { numRuns: 1_000 },
    );
  });

  test('what a decent client sends comes out as it was', () => {
    fc.assert(
      fc.property(goodStream, sizes, ({ bytes, expected }, pieces) => {
        assert.deepEqual(run([bytes]).events, expected);
        assert.deepEqual(run(cut(bytes, pieces)).events, expected);
      }),
      { numRuns: 500 },
    );
  });

  test('gathers no more than the limit, whatever is announced', () => {
    const bound = fc.integer({ min: 0, max: 3_000 });
    const steps = fc.array(
      fc.record({
        opcode: fc.constantFrom(0, 1, 2),
        fin: fc.boolean(),
        payload: fc.nat(900).map((n) => Buffer.alloc(n, 97)),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(steps, bound, sizes, (frames, maxMessage, pieces) => {
        const bytes = Buffer.concat(frames.map(octetsOf));
        assert.ok(run(cut(bytes, pieces), {}, { maxMessage }).gathered <= maxMessage);
      }),
      { numRuns: 500 },
    );
  });

  test('[property] many at once, some given up midway, put together messages of their own only', () => {
    const restore = spoilPages();
    const lengths = fc.array(
      fc.oneof(fc.nat(200), fc.integer({ min: 8_000, max: 20_000 }), fc.integer({ min: 64_000, max: 68_000 })),
      { minLength: 1, maxLength: 4 },
    );
    const peer = fc.record({ lengths, step: fc.integer({ min: 1_000, max: 70_000 }), fragments: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(peer, { minLength: 2, maxLength: 8 }), fc.nat(8), (peers, leaver) => {
        const streams = peers.map(({ lengths, step, fragments }, owner) => {
          const frames: Buffer[] = [];
          const got: Buffer[] = [];
          const parser = new FrameParser(
            {
              maxMessage: 300_000,
              maxFragments: 100,
              message: (bytes, start, end) => got.push(Buffer.from(bytes.subarray(start, end))),
              ping: () => {},
              pong: () => {},
              close: () => {},
            },
            RULES,
          );
          for (const [nth, length] of lengths.entries()) {
            const size = Math.ceil(length / (fragments + 1)) + 1;
            for (let at = 0; at === 0 || at < length; at += size) {
              const payload = Buffer.alloc(Math.min(size, length - at), owner * 16 + nth);
              frames.push(octetsOf({ opcode: at === 0 ? 2 : 0, fin: at + size >= length, payload }));
            }
          }
          const sent = Buffer.concat(frames);
          return { parser, got, chunks: cut(sent, [step]), owner };
        });
        // In turns, as sockets are read; one is cut off in the middle.
        for (let round = 0; streams.some(({ chunks }) => round < chunks.length); round++) {
          for (const { parser, chunks, owner } of streams) {
            const chunk = chunks[round];
            if (chunk !== undefined) parser.push(Buffer.from(chunk));
            if (owner === leaver && round === 1) parser.stop();
          }
        }
        for (const { got, owner } of streams) {
          const { lengths } = peers[owner] as (typeof peers)[number];
          if (owner !== leaver) assert.equal(got.length, lengths.length);
          for (const [nth, message] of got.entries()) {
            assert.ok(message.equals(Buffer.alloc(lengths[nth] ?? 0, owner * 16 + nth)), `message ${nth} of ${owner}`);
          }
        }
      }),
      { numRuns: 100 },
    );
    assert.ok(restore() > 100);
  });

  test('refuses a length at its header, before any payload', () => {
    const header = (octets: string): Buffer => Buffer.from(octets, 'hex');
    const mask = '01020304';
    assert.deepEqual(run([header(`82ff7fffffffffffffff${mask}`)]).events, ['failed 1009']);
    assert.deepEqual(run([header(`82ff0000000000100000${mask}`)]).events, ['failed 1009']);
    assert.deepEqual(run([header(`82ff8000000000000000${mask}`)]).events, ['failed 1002']);
    assert.deepEqual(run([header(`82ffffffffffffffffff${mask}`)]).events, ['failed 1002']);
    assert.deepEqual(run([header(`82fe0080${mask}`)], { maxFrame: 100 }).events, ['failed 1009']);
    assert.deepEqual(run([header(`82fe007d${mask}`)]).events, ['failed 1002'], 'not the shortest form');
    assert.deepEqual(run([header(`82ff000000000000ffff${mask}`)]).events, ['failed 1002'], 'not the shortest form');
  });

  test('a message of exactly the limit passes, one octet more does not, in one frame or in several', () => {
    const limit = { maxMessage: 300 };
    const one = (size: number): Buffer => octetsOf({ opcode: 2, payload: Buffer.alloc(size) });
    const two = (size: number): Buffer =>
      Buffer.concat([
        octetsOf({ opcode: 2, fin: false, payload: Buffer.alloc(200) }),
        octetsOf({ opcode: 0, payload: Buffer.alloc(size - 200) }),
      ]);
    for (const make of [one, two]) {
      for (const chop of [[], [1]]) {
        assert.deepEqual(run(cut(make(300), chop), {}, limit).events, [`binary ${'00'.repeat(300)}`]);
        assert.deepEqual(run(cut(make(301), chop), {}, limit).events, ['failed 1009']);
      }
    }
  });

  test('counts fragments, empty ones too', () => {
    const frames = (count: number): Buffer =>
      Buffer.concat(
        Array.from({ length: count }, (_, at) => octetsOf({ opcode: at === 0 ? 2 : 0, fin: at === count - 1 })),
      );
    assert.deepEqual(run([frames(64)], {}, { maxFragments: 64 }).events, ['binary ']);
    assert.deepEqual(run([frames(65)], {}, { maxFragments: 64 }).events, ['failed 1008']);
  });

  test('unmasks at every alignment and phase', () => {
    for (const size of [0, 1, 3, 4, 7, 255, 256, 257, 259, 1_000]) {
      const payload = Buffer.from(Array.from({ length: size }, (_, at) => (at * 7) & 0x7f));
      const frame = octetsOf({ opcode: 2, payload });
      for (let offset = 0; offset < 8; offset += 1) {
        const room = Buffer.alloc(offset + frame.length);
        frame.copy(room, offset);
        const parsed: string[] = [];
        const parser = new FrameParser(
          {
            maxMessage: 10_000,
            maxFragments: 1,
            message: (bytes, start, end) => parsed.push(bytes.toString('hex', start, end)),
            ping() {},
            pong() {},
            close() {},
          },
          RULES,
        );
        parser.push(room.subarray(offset));
        assert.deepEqual(parsed, [payload.toString('hex')], `size ${size}, offset ${offset}`);
      }
      for (let first = 1; first < Math.min(size, 9); first += 1) {
        const start = frame.length - size;
        const pieces = [frame.subarray(0, start + first), frame.subarray(start + first)];
        assert.deepEqual(run(pieces).events, [`binary ${payload.toString('hex')}`], `size ${size}, cut at ${first}`);
      }
    }
  });

  test('leaves masks alone where it is told to, and knows who has to mask', () => {
    const masked = octetsOf({ opcode: 2, payload: 'abcd' });
    const plain = octetsOf({ opcode: 2, payload: 'abcd', masked: false });
    assert.deepEqual(run([masked], { unmask: false }).events, [`binary ${masked.subarray(6).toString('hex')}`]);
    assert.deepEqual(run([plain]).events, ['failed 1002']);
    assert.deepEqual(run([plain], { masks: 'any' }).events, ['binary 61626364']);
    assert.deepEqual(run([plain], { masks: 'never' }).events, ['binary 61626364']);
    assert.deepEqual(run([masked], { masks: 'never' }).events, ['failed 1002']);
  });

  test('RSV1 is for the first frame of a compressed message only', () => {
    const frame = (step: Step): Buffer => octetsOf(step);
    const compression = { compression: true };
    assert.deepEqual(run([frame({ opcode: 1, rsv: 4, payload: 'x' })], compression).events, ['text compressed 78']);
    assert.deepEqual(run([frame({ opcode: 1, rsv: 4, payload: 'x' })]).events, ['failed 1002']);
    assert.deepEqual(run([frame({ opcode: 9, rsv: 4 })], compression).events, ['failed 1002']);
    assert.deepEqual(
      run(
        [frame({ opcode: 1, rsv: 4, fin: false, payload: 'x' }), frame({ opcode: 0, rsv: 4, payload: 'y' })],
        compression,
      ).events,
      ['failed 1002'],
    );
    assert.deepEqual(
      run([frame({ opcode: 1, rsv: 4, fin: false, payload: 'x' }), frame({ opcode: 0, payload: 'y' })], compression)
        .events,
      ['text compressed 7879'],
    );
  });

  test('lets text that is not UTF-8 pass where it need not be checked', () => {
    const bad = octetsOf({ opcode: 1, payload: Buffer.from([0xff]) });
    assert.deepEqual(run([bad]).events, ['failed 1007']);
    assert.deepEqual(run([bad], { validateUtf8: false }).events, ['text ff']);
    assert.deepEqual(run([octetsOf({ opcode: 2, payload: Buffer.from([0xff]) })]).events, ['binary ff']);
  });

  test('hold keeps everything behind a message back, until resume', () => {
    const events: string[] = [];
    const parser = new FrameParser(
      {
        maxMessage: 100,
        maxFragments: 10,
        message: (bytes, start, end) => {
          events.push(bytes.toString('latin1', start, end));
          parser.hold();
        },
        ping: (bytes, start, end) => events.push(`ping ${bytes.toString('latin1', start, end)}`),
        pong() {},
        close: () => events.push('close'),
      },
      RULES,
    );
    const bytes = Buffer.concat(
      [{ opcode: 2, payload: 'one' }, { opcode: 9, payload: 'p' }, { opcode: 2, payload: 'two' }, { opcode: 8 }].map(
        octetsOf,
      ),
    );
    parser.push(Buffer.from(bytes.subarray(0, 12)));
    assert.deepEqual(events, ['one']);
    parser.push(Buffer.from(bytes.subarray(12, 20)));
    parser.push(Buffer.from(bytes.subarray(20)));
    assert.deepEqual(events, ['one']);
    assert.equal(parser.held, true);
    parser.resume();
    assert.deepEqual(events, ['one', 'ping p', 'two']);
    parser.resume();
    assert.deepEqual(events, ['one', 'ping p', 'two', 'close']);
    assert.equal(parser.held, false);
  });

  test('stop within a message: nothing comes after it', () => {
    let messages = 0;
    const parser = new FrameParser(
      {
        maxMessage: 100,
        maxFragments: 10,
        message: () => {
          messages += 1;
          parser.stop();
        },
        ping: () => assert.fail('a ping after the end'),
        pong() {},
        close() {},
      },
      RULES,
    );
    parser.push(Buffer.concat([{ opcode: 2 }, { opcode: 2 }, { opcode: 9 }].map(octetsOf)));
    assert.equal(messages, 1);
  });
});

describe('frames that are written', () => {
  const asServer = { masks: 'never' } as const;

  test('WEBSOCKET_FRAMINGS write headers that another implementation reads', () => {
    for (const size of [0, 1, 125, 126, 65_535, 65_536, 70_000]) {
      for (const [name, framing] of Object.entries(WEBSOCKET_FRAMINGS)) {
        const length = framing.headerLength(size);
        assert.ok(length <= framing.maxHeader);
        const frame = Buffer.alloc(length + size, 0x20);
        framing.writeHeader(frame, 0, size);
        const opcode = name === 'text' ? 1 : 2;
        assert.ok(
          frame.equals(octetsOf({ opcode, payload: Buffer.alloc(size, 0x20), masked: false })),
          `${name} ${size}`,
        );
      }
    }
    const huge = Buffer.alloc(10);
    WEBSOCKET_FRAMINGS.binary.writeHeader(huge, 0, 2 ** 32 + 5);
    assert.equal(huge.toString('hex'), '827f0000000100000005');
  });

  test('encodeFrame and the parser are each other inverse, masked or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.option(fc.integer()), (octets, mask) => {
        const payload = Buffer.from(octets);
        const before = payload.toString('hex');
        const frame = encodeFrame({ opcode: OPCODE.binary, fin: true, compressed: false, mask }, payload);
        assert.deepEqual(run([frame], mask === null ? asServer : {}).events, [`binary ${before}`]);
        assert.equal(payload.toString('hex'), before, 'the payload itself was masked');
      }),
      { numRuns: 300 },
    );
  });
});
