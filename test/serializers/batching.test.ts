import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Batching,
  BINARY_BATCHING,
  batchingFor,
  batchingUsed,
  JSON_BATCHING,
  JSON_BATCHING_SPEC,
  NO_BATCHING,
  splitBatch,
} from '../../src/serializers/batching.ts';
import { ProtocolViolation } from '../../src/wamp/errors.ts';

const BATCHINGS: readonly Batching[] = [BINARY_BATCHING, JSON_BATCHING, JSON_BATCHING_SPEC];

function join(batching: Batching, messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const prefix = Buffer.alloc(batching.prefixLength);
      batching.writePrefix(prefix, 0, message.length);
      return [prefix, message, Buffer.from(batching.suffix === null ? [] : [batching.suffix])];
    }),
  );
}

/** As a session does it: what comes may use another separator than what was assumed. */
function split(assumed: Batching, bytes: Buffer, start = 0, end = bytes.length): string[] {
  const messages: string[] = [];
  splitBatch(batchingUsed(assumed, bytes, start, end), bytes, start, end, (from, at, stop) => {
    messages.push(from.toString('latin1', at, stop));
  });
  return messages;
}

describe('batching', () => {
  it('splits what it put together', () => {
    // Neither separator occurs in JSON.
    const message = fc
      .uint8Array({ minLength: 1, maxLength: 300 })
      .map((bytes) => bytes.map((byte) => (byte === 0x18 || byte === 0x1e ? 0x20 : byte)));
    fc.assert(
      fc.property(fc.constantFrom(...BATCHINGS), fc.array(message, { minLength: 1 }), (batching, messages) => {
        const expected = messages.map((bytes) => Buffer.from(bytes).toString('latin1'));
        const batch = join(batching, messages);
        assert.deepEqual(split(batching, batch), expected);
        const around = Buffer.concat([Buffer.from([0x18, 0x1e]), batch, Buffer.from([0x18, 0x1e])]);
        assert.deepEqual(split(batching, around, 2, 2 + batch.length), expected);
      }),
    );
  });

  it('is one message where nothing is batched', () => {
    assert.deepEqual(split(NO_BATCHING, Buffer.from('[1]')), ['[1]']);
    assert.equal(batchingUsed(NO_BATCHING, Buffer.from('[1]\x18'), 0, 4), NO_BATCHING);
  });

  it('tells which separator a peer uses', () => {
    assert.equal(batchingUsed(JSON_BATCHING, Buffer.from('[1]\x1e'), 0, 4), JSON_BATCHING_SPEC);
    assert.equal(batchingUsed(JSON_BATCHING_SPEC, Buffer.from('[1]\x18'), 0, 4), JSON_BATCHING);
    assert.deepEqual(split(JSON_BATCHING, Buffer.from('[1]\x1e[2]\x1e')), ['[1]', '[2]']);
  });

  it('speaks as Autobahn does until the peer has spoken', () => {
    assert.equal(batchingFor(true, true).suffix, 0x18);
    assert.equal(batchingFor(false, true), BINARY_BATCHING);
    assert.equal(batchingFor(true, false), NO_BATCHING);
    assert.equal(batchingFor(false, false), NO_BATCHING);
  });

  it('writes the length of 256 MiB', () => {
    const prefix = Buffer.alloc(4);
    BINARY_BATCHING.writePrefix(prefix, 0, 0x10203040);
    assert.equal(prefix.toString('hex'), '10203040');
  });

  const broken: readonly (readonly [name: string, batching: Batching, bytes: string])[] = [
    ['an empty batch', BINARY_BATCHING, ''],
    ['an empty batch', JSON_BATCHING, ''],
    ['an empty message', BINARY_BATCHING, '00000000'],
    ['an empty message behind another', BINARY_BATCHING, '000000019000000000'],
    ['an empty message', JSON_BATCHING, '18'],
    ['an empty message between others', JSON_BATCHING, '5b5d18185b5d18'],
    ['an empty message', JSON_BATCHING_SPEC, '1e'],
    ['no end', JSON_BATCHING, '5b5d'],
    ['no end of the last', JSON_BATCHING, '5b5d185b5d'],
    ['half a length', BINARY_BATCHING, '000000'],
    ['half a length behind a message', BINARY_BATCHING, '00000001900000'],
    ['a length beyond the end', BINARY_BATCHING, '0000000290'],
    ['a length of 4 GiB', BINARY_BATCHING, 'ffffffff90'],
  ];
  for (const [name, batching, hex] of broken) {
    it(`refuses ${name}: ${hex || 'nothing'}`, () => {
      assert.throws(() => split(batching, Buffer.from(hex, 'hex')), ProtocolViolation);
    });
  }

  it('never throws anything but a violation', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BATCHINGS), fc.uint8Array(), (batching, noise) => {
        try {
          split(batching, Buffer.from(noise));
        } catch (error) {
          assert.ok(error instanceof ProtocolViolation);
        }
      }),
    );
  });
});
