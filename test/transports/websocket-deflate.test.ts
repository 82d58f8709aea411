import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { DeflateCodec, JobLimit } from '../../src/transports/websocket-deflate.ts';
import { FrameParser } from '../../src/transports/websocket-framing.ts';
import { MaskSource } from '../../src/transports/websocket-mask.ts';
import { FrameSender } from '../../src/transports/websocket-sender.ts';

const limit = new JobLimit(10);

function process(codec: DeflateCodec, message: Buffer, max = Number.POSITIVE_INFINITY): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    codec.process(message, max, (failure, result) => (failure === null ? resolve(result) : reject(failure)));
  });
}

function pair(contextTakeover: boolean, windowBits: number): [DeflateCodec, DeflateCodec] {
  return [
    DeflateCodec.deflater({ windowBits, memoryLevel: 8, contextTakeover }, limit),
    DeflateCodec.inflater({ windowBits, contextTakeover }, limit),
  ];
}

describe('DeflateCodec', () => {
  for (const contextTakeover of [true, false]) {
    test(`what is deflated inflates to the same, ${contextTakeover ? 'with' : 'without'} context takeover`, async () => {
      const messages = fc.array(fc.uint8Array({ maxLength: 3_000 }), { minLength: 1, maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(messages, fc.integer({ min: 9, max: 15 }), async (list, bits) => {
          const [deflater, inflater] = pair(contextTakeover, bits);
          for (const message of list) {
            const deflated = await process(deflater, Buffer.from(message));
            assert.ok((await process(inflater, deflated)).equals(message));
          }
          deflater.destroy();
          inflater.destroy();
        }),
        { numRuns: 60 },
      );
    });
  }

  test('context takeover makes a repeated message small, and its absence makes each stand for itself', async () => {
    const message = Buffer.from(Array.from({ length: 1_000 }, (_, at) => (at * at * 31) & 0xff));
    const [keeping, unused] = pair(true, 15);
    const first = await process(keeping, message);
    assert.ok((await process(keeping, message)).length < first.length / 5);
    const [forgetting, inflater] = pair(false, 15);
    const one = await process(forgetting, message);
    assert.ok((await process(forgetting, message)).equals(one));
    assert.ok((await process(inflater, one)).equals(message));
    for (const codec of [keeping, unused, forgetting, inflater]) codec.destroy();
  });

  test('inflating stops at the limit', async () => {
    for (const contextTakeover of [true, false]) {
      const inflater = DeflateCodec.inflater({ windowBits: 15, contextTakeover }, limit);
      const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024), { finishFlush: constants.Z_SYNC_FLUSH });
      await assert.rejects(process(inflater, bomb.subarray(0, -4), 65_536), { code: 1009 });
      inflater.destroy();
    }
  });

  test('a result of exactly the limit is good', async () => {
    const [deflater, inflater] = pair(false, 15);
    const deflated = await process(deflater, Buffer.alloc(1_000, 1));
    assert.equal((await process(inflater, deflated, 1_000)).length, 1_000);
    await assert.rejects(process(inflater, deflated, 999), { code: 1009 });
    deflater.destroy();
    inflater.destroy();
  });

  test('damaged data is 1007', async () => {
    const inflater = DeflateCodec.inflater({ windowBits: 15, contextTakeover: false }, limit);
    await assert.rejects(process(inflater, Buffer.from('not deflated at all')), { code: 1007 });
    inflater.destroy();
  });

  test('any data inflates or fails, within the limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, contextTakeover) => {
        const inflater = DeflateCodec.inflater({ windowBits: 15, contextTakeover }, limit);
        try {
          assert.ok((await process(inflater, Buffer.from(bytes), 5_000)).length <= 5_000);
        } catch (error) {
          assert.ok([1007, 1009].includes((error as { code: number }).code), String(error));
        } finally {
          inflater.destroy();
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a message that ends the stream does not end the connection', async () => {
    const inflater = DeflateCodec.inflater({ windowBits: 15, contextTakeover: true }, limit);
    const final = Buffer.concat([deflateRawSync('first'), Buffer.from([0])]);
    assert.equal((await process(inflater, final)).toString(), 'first');
    assert.equal((await process(inflater, final)).toString(), 'first');
    const [deflater] = pair(true, 15);
    assert.equal((await process(inflater, await process(deflater, Buffer.from('second')))).toString(), 'second');
    deflater.destroy();
    inflater.destroy();
  });

  test('destroy ends a job without a word, and lets the next one have its place', async () => {
    const one = new JobLimit(1);
    const first = DeflateCodec.deflater({ windowBits: 15, memoryLevel: 8, contextTakeover: true }, one);
    const waiting = DeflateCodec.deflater({ windowBits: 15, memoryLevel: 8, contextTakeover: true }, one);
    const last = DeflateCodec.deflater({ windowBits: 15, memoryLevel: 8, contextTakeover: true }, one);
    first.process(Buffer.alloc(1_000_000), Number.POSITIVE_INFINITY, () => assert.fail('a word'));
    waiting.process(Buffer.alloc(10), Number.POSITIVE_INFINITY, () => assert.fail('a word'));
    const result = process(last, Buffer.from('x'));
    waiting.destroy();
    first.destroy();
    assert.ok((await result).length > 0);
    last.destroy();
  });
});

describe('JobLimit', () => {
  test('runs so many at once, the others in order', () => {
    const jobs = new JobLimit(2);
    const started: number[] = [];
    const releases: (() => void)[] = [];
    for (let index = 0; index < 5; index += 1) {
      jobs.run((release) => {
        started.push(index);
        releases.push(release);
      });
    }
    assert.deepEqual(started, [0, 1]);
    releases[1]?.();
    assert.deepEqual(started, [0, 1, 2]);
    releases[0]?.();
    releases[2]?.();
    assert.deepEqual(started, [0, 1, 2, 3, 4]);
  });
});

describe('FrameSender', () => {
  /** `LENGTH_FRAMING` */
  function framed(messages: readonly Buffer[]): Buffer {
    return Buffer.concat(
      messages.flatMap((message) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(message.length);
        return [length, message];
      }),
    );
  }

  test('keeps the order of small and large messages, compressed, cut and masked', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.array(fc.nat(3_000), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(Number.POSITIVE_INFINITY, 100),
      fc.boolean(),
      async (writes, fragmentSize, masked) => {
        const [deflater, inflater] = pair(true, 15);
        const received: { bytes: Buffer; compressed: boolean }[] = [];
        const parser = new FrameParser(
          {
            maxMessage: 10_000,
            maxFragments: 100,
            message: (bytes, start, end, text, compressed) => {
              assert.equal(text, false);
              received.push({ bytes: Buffer.from(bytes.subarray(start, end)), compressed });
            },
            ping() {},
            pong() {},
            close() {},
          },
          {
            masks: masked ? 'always' : 'never',
            unmask: true,
            compression: true,
            validateUtf8: true,
            maxFrame: fragmentSize,
          },
        );
        const masks = new MaskSource((bytes) => bytes.fill(0x5a).set([1, 2, 3, 4, 5, 6, 7]));
        const sender = new FrameSender(
          { fragmentSize, drawMask: masked ? () => masks.next() : null, deflater, threshold: 1_000 },
          { emit: (frames) => parser.push(Buffer.from(frames)), fail: (error) => assert.fail(error) },
        );
        const sent = writes.map((sizes) => sizes.map((size, at) => Buffer.alloc(size, `${size}-${at}.`)));
        for (const messages of sent) sender.write(framed(messages), false);
        await new Promise<void>((resolve) => sender.whenIdle(resolve));
        assert.equal(sender.pending, 0);
        const expected = sent.flat();
        assert.equal(received.length, expected.length);
        for (const [at, message] of expected.entries()) {
          const { bytes, compressed } = received[at]!;
          assert.equal(compressed, message.length >= 1_000);
          const result = compressed ? await process(inflater, bytes) : bytes;
          assert.ok(result.equals(message), `message ${at}`);
        }
        sender.destroy();
        inflater.destroy();
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test('says whether the buffer may be reused, and how much waits', async () => {
    const [deflater] = pair(true, 15);
    const emitted: Buffer[] = [];
    const sender = new FrameSender(
      { fragmentSize: Number.POSITIVE_INFINITY, drawMask: null, deflater, threshold: 100 },
      { emit: (frames) => emitted.push(frames), fail: (error) => assert.fail(error) },
    );
    assert.equal(sender.write(framed([Buffer.alloc(10)]), true), true);
    assert.equal(sender.pending, 0);
    assert.equal(sender.write(framed([Buffer.alloc(10), Buffer.alloc(200), Buffer.alloc(20)]), true), false);
    assert.equal(sender.pending, 220);
    sender.destroy();
    assert.equal(sender.pending, 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(emitted.length, 2, 'something went out after the end');
  });
});
