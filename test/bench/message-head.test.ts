import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode as encodeCbor } from 'cborg';
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { encodeMessage } from '../../bench/encode-message.ts';
import { headReader, MessageHead } from '../../bench/message-head.ts';
import { SERIALIZERS } from '../../src/serializers/registry.ts';
import type { FormatId } from '../../src/serializers/serializer.ts';
import { Msg } from '../../src/wamp/messages.ts';

function headOf(serializer: FormatId, bytes: Uint8Array): { code: number; id: number } {
  const head = new MessageHead();
  // As in a chunk: something before it, something behind it.
  const chunk = Buffer.concat([Buffer.from('#'), bytes, Buffer.from('9999')]);
  headReader(serializer)(chunk, 1, head);
  return { code: head.code, id: head.id };
}

const CODES = [Msg.RESULT, Msg.INVOCATION, Msg.YIELD, Msg.CALL] as const;

for (const serializer of SERIALIZERS) {
  test(`code and id of ${serializer.id} are read as they were written`, () => {
    const ids = fc.oneof(fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 1, max: 2 ** 53 - 1 }));
    fc.assert(
      fc.property(fc.constantFrom(...CODES), ids, (code, id) => {
        const bytes = encodeMessage(serializer, code, { id, text: 'com.example.uri', args: ['hello'] });
        assert.deepEqual(headOf(serializer.id, bytes), { code, id });
      }),
      { numRuns: 300 },
    );
  });

  test(`where ${serializer.id} does not go on with an integer, the id is 0`, () => {
    const bytes = encodeMessage(serializer, Msg.GOODBYE, { dict: { message: '7' }, text: 'wamp.close.normal' });
    assert.deepEqual(headOf(serializer.id, bytes), { code: Msg.GOODBYE, id: 0 });
  });
}

test('JSON with spaces', () => {
  assert.deepEqual(headOf('json', Buffer.from('[ 50 , 7814135 , {}]')), { code: 50, id: 7_814_135 });
  assert.deepEqual(headOf('json', Buffer.from('[50, 7]')), { code: 50, id: 7 });
});

test('numbers as other encoders write them', () => {
  const floats = new Packr({ useRecords: false });
  const id = 2 ** 40 + 1;
  assert.deepEqual(headOf('msgpack', floats.pack([50, id, {}])), { code: 50, id });
  assert.deepEqual(headOf('msgpack', Buffer.from([0xdc, 0, 3, 0xcc, 68, 0xd1, 1, 0, 0x80])), { code: 68, id: 256 });
  assert.deepEqual(headOf('msgpack', Buffer.from([0x93, 68, 0xd2, 0, 1, 0, 0, 0x80])), { code: 68, id: 65_536 });
  // As xconn writes all integers.
  const wide = Buffer.concat([Buffer.from([0x93]), wideInteger(68), wideInteger(id), Buffer.from([0x80])]);
  assert.deepEqual(headOf('msgpack', wide), { code: 68, id });
  assert.deepEqual(headOf('cbor', encodeCbor([68, id, {}])), { code: 68, id });
  const bytes = Buffer.concat([Buffer.from([0x98, 2, 0x18, 68, 0xfb]), doubleOf(id)]);
  assert.deepEqual(headOf('cbor', bytes), { code: 68, id });
});

function wideInteger(value: number): Buffer {
  const bytes = Buffer.alloc(9, 0xcf);
  bytes.writeBigUInt64BE(BigInt(value), 1);
  return bytes;
}

function doubleOf(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

test('rubbish is no message', () => {
  assert.deepEqual(headOf('json', Buffer.from('hello')), { code: 0, id: 0 });
  assert.deepEqual(headOf('msgpack', Buffer.from([0x92, 0xc0, 0xc0])), { code: 0, id: 0 });
  assert.deepEqual(headOf('cbor', Buffer.from([0x82, 0xf6, 0xf6])), { code: 0, id: 0 });
});
