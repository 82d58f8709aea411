import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SerializerId } from '../../src/serializers/serializer.ts';
import {
  announcedSize,
  errorOctets,
  HandshakeError,
  handshakeOctets,
  readReply,
  readRequest,
  sizeExponent,
} from '../../src/transports/rawsocket-handshake.ts';

const ALL: ReadonlySet<SerializerId> = new Set(['json', 'msgpack', 'cbor', 'ubjson']);
const NAMES: readonly SerializerId[] = ['json', 'msgpack', 'cbor', 'ubjson'];

describe('RawSocket handshake', () => {
  test('all 65,536 second and third octets of a request', () => {
    let agreed = 0;
    for (let second = 0; second < 256; second++) {
      for (let third = 0; third < 256; third++) {
        const answer = readRequest(Buffer.from([0x7f, second, third, 0]), ALL);
        const serializer = second % 16;
        if (third !== 0) assert.equal(answer, 3);
        else if (serializer === 0 || serializer > 4) assert.equal(answer, 1);
        else {
          agreed++;
          const maxMessageSize = 512 << Math.floor(second / 16);
          assert.deepEqual(answer, { kind: 'agreed', serializer: NAMES[serializer - 1], maxMessageSize });
        }
      }
    }
    assert.equal(agreed, 64);
  });

  test('any fourth octet but zero is refused', () => {
    for (let fourth = 1; fourth < 256; fourth++) {
      assert.equal(readRequest(Buffer.from([0x7f, 0xf1, 0, fourth]), ALL), HandshakeError.reservedBits);
    }
  });

  test('a serializer that is not configured is refused', () => {
    const offered: ReadonlySet<SerializerId> = new Set(['cbor']);
    assert.equal(readRequest(Buffer.from([0x7f, 0xf1, 0, 0]), offered), HandshakeError.serializerUnsupported);
    assert.notEqual(typeof readRequest(Buffer.from([0x7f, 0xf3, 0, 0]), offered), 'number');
  });

  test('a refusal never says 0, and never looks like an agreement', () => {
    for (const error of Object.values(HandshakeError)) {
      const octets = errorOctets(error);
      assert.deepEqual([...octets], [0x7f, error << 4, 0, 0]);
      assert.notEqual(octets[1], 0);
      const reply = readReply(octets, 'json');
      assert.ok(typeof reply === 'string' && reply.endsWith(`(error ${error})`), String(reply));
    }
  });

  test('what one side writes the other reads', () => {
    for (const serializer of NAMES) {
      for (let exponent = 0; exponent < 16; exponent++) {
        const octets = handshakeOctets(serializer, exponent);
        const expected = { kind: 'agreed', serializer, maxMessageSize: 2 ** (9 + exponent) };
        assert.deepEqual(readRequest(octets, ALL), expected);
        assert.deepEqual(readReply(octets, serializer), expected);
      }
    }
  });

  test('a reply with another serializer or reserved bits is no agreement', () => {
    assert.match(String(readReply(Buffer.from([0x7f, 0xf2, 0, 0]), 'json')), /another serializer/);
    assert.match(String(readReply(Buffer.from([0x7f, 0xf1, 1, 0]), 'json')), /reserved bits/);
    assert.match(String(readReply(Buffer.from([0x7f, 0xf1, 0, 1]), 'json')), /reserved bits/);
    assert.match(String(readReply(Buffer.from([0x7f, 0x00, 0, 0]), 'json')), /unknown error \(error 0\)/);
    assert.match(String(readReply(Buffer.from([0x7f, 0x90, 0, 0]), 'json')), /unknown error \(error 9\)/);
  });

  test('sizes are announced as the next power of two', () => {
    for (const [size, announced] of [
      [512, 512],
      [513, 1_024],
      [1_000_000, 2 ** 20],
      [2 ** 20, 2 ** 20],
      [2 ** 24 - 1, 2 ** 24],
      [2 ** 24, 2 ** 24],
    ] as const) {
      assert.equal(announcedSize(sizeExponent(size)), announced);
    }
    for (const size of [0, 511, 2 ** 24 + 1, Number.NaN]) assert.throws(() => sizeExponent(size), RangeError);
  });
});
