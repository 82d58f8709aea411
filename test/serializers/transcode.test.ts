import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Payload, payloadFor } from '../../src/serializers/payload.ts';
import { SERIALIZERS, serializerById } from '../../src/serializers/registry.ts';
import type { FormatId } from '../../src/serializers/serializer.ts';
import { anyValue, CALL, canonical, readMessage, writeWithPayload } from './samples.ts';

/** Arguments as they come in: JSON as text, others as hexadecimal. */
function argumentsOf(id: FormatId, args: string): Payload {
  const serializer = serializerById(id);
  const bytes = id === 'json' ? Buffer.from(args) : Buffer.from(args.replaceAll(' ', ''), 'hex');
  const payload: Payload = { serializer, bytes, start: 0, end: bytes.length, count: 1, transcoded: null };
  // Only what was read, and thereby checked, is transcoded.
  return readMessage(serializer, writeWithPayload(serializer, CALL, payload));
}

function shown({ serializer, bytes, start, end }: Payload): string {
  return bytes.toString(serializer.text ? 'utf8' : 'hex', start, end);
}

interface Conversion {
  readonly what: string;
  readonly from: FormatId;
  readonly args: string;
  readonly to: Partial<Record<FormatId, string>>;
}

const CONVERSIONS: readonly Conversion[] = [
  {
    what: 'integers of 64 bits stay exact',
    from: 'msgpack',
    args: '92 cfffffffffffffffff d38000000000000000',
    to: { json: '[18446744073709551615,-9223372036854775808]', cbor: '82 1bffffffffffffffff 3b7fffffffffffffff' },
  },
  {
    what: 'integers of 64 bits stay exact',
    from: 'cbor',
    args: '82 1bffffffffffffffff 3b7fffffffffffffff',
    to: { json: '[18446744073709551615,-9223372036854775808]', msgpack: '92 cfffffffffffffffff d38000000000000000' },
  },
  {
    what: 'integers of 64 bits stay exact',
    from: 'json',
    args: '[18446744073709551615,-9223372036854775808,9007199254740993]',
    to: {
      msgpack: '93 cfffffffffffffffff d38000000000000000 cf0020000000000001',
      cbor: '83 1bffffffffffffffff 3b7fffffffffffffff 1b0020000000000001',
    },
  },
  {
    what: 'integers take their shortest form',
    from: 'json',
    args: '[0,-1,127,128,-32,-33,255,256,-128,-129,65535,65536,-32768,-32769,4294967295]',
    to: {
      msgpack: '9f 00 ff 7f cc80 e0 d0df ccff cd0100 d080 d1ff7f cdffff ce00010000 d18000 d2ffff7fff ceffffffff',
      cbor: '8f 00 20 187f 1880 381f 3820 18ff 190100 387f 3880 19ffff 1a00010000 397fff 398000 1affffffff',
    },
  },
  {
    what: 'integers take their shortest form',
    from: 'json',
    args: '[4294967296,-2147483648,-2147483649,9007199254740992,-9007199254740992]',
    to: {
      msgpack: '95 cf0000000100000000 d280000000 d3ffffffff7fffffff cf0020000000000000 d3ffe0000000000000',
      cbor: '85 1b0000000100000000 3a7fffffff 3a80000000 1b0020000000000000 3b001fffffffffffff',
    },
  },
  {
    what: 'signed forms of positive integers are the same integers',
    from: 'msgpack',
    args: '95 d07f d17fff d27fffffff d30000000000000001 d3ffffffffffffffff',
    to: { json: '[127,32767,2147483647,1,-1]' },
  },
  {
    what: 'an integer beyond 64 bits is a float in binary',
    from: 'json',
    args: '[18446744073709551616,-9223372036854775809,100000000000000000000000]',
    to: {
      msgpack: '93 cb43f0000000000000 cbc3e0000000000000 cb44b52d02c7e14af6',
      cbor: '83 fb43f0000000000000 fbc3e0000000000000 fb44b52d02c7e14af6',
    },
  },
  {
    what: 'a bignum is the exact number, or a float where 64 bits are too few',
    from: 'cbor',
    args: '84 c249010000000000000000 c349010000000000000000 c24101 c240',
    to: {
      json: '[18446744073709551616,-18446744073709551617,1,0]',
      msgpack: '94 cb43f0000000000000 cbc3f0000000000000 01 00',
    },
  },
  {
    what: 'the lowest integer of CBOR is exact in JSON only',
    from: 'cbor',
    args: '81 3bffffffffffffffff',
    to: { json: '[-18446744073709551616]', msgpack: '91 cbc3f0000000000000' },
  },
  {
    what: 'floats stay floats, also where their value is an integer',
    from: 'msgpack',
    args: '95 cb3ff0000000000000 cb4059133333333333 ca3f000000 cb4415af1d78b58c40 cb7e37e43c8800759c',
    to: {
      json: '[1.0,100.3,0.5,100000000000000000000.0,1e+300]',
      cbor: '85 fb3ff0000000000000 fb4059133333333333 fb3fe0000000000000 fb4415af1d78b58c40 fb7e37e43c8800759c',
    },
  },
  {
    what: 'floats of any width are the number they are',
    from: 'cbor',
    args: '86 f93e00 f90001 f97bff fa3f800000 f98000 fb3ff199999999999a',
    to: {
      json: '[1.5,5.960464477539063e-8,65504.0,1.0,-0.0,1.1]',
      msgpack:
        '96 cb3ff8000000000000 cb3e70000000000000 cb40effc0000000000 cb3ff0000000000000 cb8000000000000000 cb3ff199999999999a',
    },
  },
  {
    what: 'numbers with fraction or exponent are floats',
    from: 'json',
    args: '[1.0, 1e2 ,-0,-0.0,1.5E-1,1e400]',
    to: {
      msgpack:
        '96 cb3ff0000000000000 cb4059000000000000 cb8000000000000000 cb8000000000000000 cb3fc3333333333333 cb7ff0000000000000',
    },
  },
  {
    what: 'NaN and infinities, which JSON lacks, are null there',
    from: 'msgpack',
    args: '93 cb7ff8000000000000 cb7ff0000000000000 caff800000',
    to: { json: '[null,null,null]', cbor: '83 fb7ff8000000000000 fb7ff0000000000000 fbfff0000000000000' },
  },
  {
    what: 'NaN and infinities, which JSON lacks, are null there',
    from: 'cbor',
    args: '83 f97e00 f97c00 f9fc00',
    to: { json: '[null,null,null]', msgpack: '93 cb7ff8000000000000 cb7ff0000000000000 cbfff0000000000000' },
  },
  {
    what: 'undefined is null',
    from: 'cbor',
    args: '84 f7 f6 f4 f5',
    to: { json: '[null,null,false,true]', msgpack: '94 c0 c0 c2 c3' },
  },
  {
    what: 'binary is NUL and base64 in JSON',
    from: 'msgpack',
    args: '93 c403010203 c400 c404ffeeddcc',
    to: { json: '["\\u0000AQID","\\u0000","\\u0000/+7dzA=="]', cbor: '83 43010203 40 44ffeeddcc' },
  },
  {
    what: 'NUL and base64 is binary in binary formats, slashes escaped or not',
    from: 'json',
    args: '["\\u0000AQID","\\u0000","\\u0000\\/+7dzA=="]',
    to: { msgpack: '93 c403010203 c400 c404ffeeddcc', cbor: '83 43010203 40 44ffeeddcc' },
  },
  {
    what: 'NUL and something else stays a string',
    from: 'json',
    args: '["\\u0000A","\\u0000AQ=D","\\u0000AQ!D","\\u0000====","a\\u0000AQID","\\u0000AQ==\\u0000AQ=="]',
    to: {
      msgpack: '96 a20041 a50041513d44 a50041512144 a5003d3d3d3d a6610041514944 aa0041513d3d0041513d3d',
    },
  },
  {
    what: 'strings are escaped where JSON must',
    from: 'msgpack',
    args: '91 b5 c3a9 e282ac f09f9880 22 5c 2f 08 0c 0a 0d 09 01 1f 7f 41',
    to: {
      json: '["é€😀\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7fA"]',
      cbor: '81 75 c3a9 e282ac f09f9880 22 5c 2f 08 0c 0a 0d 09 01 1f 7f 41',
    },
  },
  {
    what: 'escapes are resolved',
    from: 'json',
    args: '["\\u00e9\\u20AC\\ud83d\\uDE00\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041é"]',
    to: { msgpack: '91 b4 c3a9 e282ac f09f9880 22 5c 2f 08 0c 0a 0d 09 41 c3a9' },
  },
  {
    what: 'keys are strings like others',
    from: 'json',
    args: '[{"a\\n\\u00e9":{"":[]}, "__proto__" : {} }]',
    to: {
      msgpack: '91 82 a4610ac3a9 81 a0 90 a9 5f5f70726f746f5f5f 80',
      cbor: '81 a2 64610ac3a9 a1 60 80 69 5f5f70726f746f5f5f a0',
    },
  },
  {
    what: 'containers have no white space left',
    from: 'json',
    args: '[ [ ] , { } , [ [ 1 , 2 ] ] ,\n{\t"a"\r: 1 } ]',
    to: { msgpack: '94 90 80 91 92 01 02 81 a161 01', cbor: '84 80 a0 81 82 01 02 a1 6161 01' },
  },
  {
    what: 'indefinite lengths become definite',
    from: 'cbor',
    args: '9f 9f 01 ff 7f 6161 6162 ff 5f 4101 40 ff bf 7f 61 6b ff 9f ff ff ff',
    to: { json: '[[1],"ab","\\u0000AQ==",{"k":[]}]', msgpack: '94 91 01 a26162 c40101 81 a16b 90' },
  },
  {
    what: 'extensions and timestamps are the binary they hold',
    from: 'msgpack',
    args: '94 d6ff00000001 d40501 c70203aabb c70007',
    to: {
      json: '["\\u0000AAAAAQ==","\\u0000AQ==","\\u0000qrs=","\\u0000"]',
      cbor: '84 4400000001 4101 42aabb 40',
    },
  },
  {
    what: 'what msgpackr writes for undefined is null',
    from: 'msgpack',
    args: '93 d40000 c7010000 d40001',
    to: { json: '[null,null,"\\u0000AQ=="]', cbor: '83 f6 f6 4101' },
  },
  {
    what: 'integers take their shortest form, and 64 bits stay exact',
    from: 'json',
    args: '[255,256,-129,65536,18446744073709551615,-9223372036854775808]',
    to: {
      ubjson: '5b 55ff 750001 497fff 6d00000100 4dffffffffffffffff 4c0000000000000080 5d',
      ubjson12: '5b 55ff 490100 49ff7f 6c00010000 4855143138343436373434303733373039353531363135 4c8000000000000000 5d',
    },
  },
  {
    what: 'numbers of any form are the number they are',
    from: 'ubjson',
    // h, d, D, H, B
    args: '5b 68003e 64000000bf 44000000000000f03f 485503312e35 4855143138343436373434303733373039353531363135 4207 5d',
    to: { json: '[1.5,-0.5,1.0,1.5,18446744073709551615,7]' },
  },
  {
    what: 'typed and counted containers are lists and dictionaries; no-ops are nothing',
    from: 'ubjson',
    // [N[$i#2 -1 1 N[#2 Z N T [$[#2 ] ] {$U#1 "a" 7 [$u#1 256 {#1 "b" [$B#1 ] ]
    args: '5b 4e 5b24692355 02 ff01 4e 5b235502 5a 4e54 5b245b235502 5d5d 7b2455235501 550161 07 5b2475235501 0001 7b235501 550162 5b2442235501ff 5d',
    to: {
      json: '[[-1,1],[null,true],[[],[]],{"a":7},[256],{"b":"\\u0000/w=="}]',
      msgpack: '96 92ff01 92c0c3 929090 81a16107 91cd0100 81a162c401ff',
    },
  },
  {
    what: 'a list of unsigned bytes is binary in draft 12',
    from: 'ubjson12',
    args: '5b 5b2455235503 010203 4361 5d',
    to: { ubjson: '5b 5b2442235503 010203 53550161 5d', json: '["\\u0000AQID","a"]' },
  },
  {
    what: 'a list of unsigned bytes is a list of integers in BJData',
    from: 'ubjson',
    args: '5b 5b2455235503 010203 5d',
    to: { json: '[[1,2,3]]' },
  },
  {
    what: 'NaN and infinities are null in draft 12',
    from: 'msgpack',
    args: '92 cb7ff8000000000000 cb7ff0000000000000',
    to: { ubjson: '5b 44000000000000f87f 44000000000000f07f 5d', ubjson12: '5b 5a5a 5d' },
  },
  {
    what: 'undefined is null',
    from: 'cbor',
    args: '81 f7',
    to: { json: '[null]', msgpack: '91 c0' },
  },
  {
    what: 'tags are dropped, their content stays',
    from: 'cbor',
    args: '86 c0 74323031332d30332d32315432303a30343a30305a c1 1a514b67b0 c4 82 21 196ab3 d9d9f7 8101 d825 5000112233445566778899aabbccddeeff d840 4101',
    to: {
      json: '["2013-03-21T20:04:00Z",1363896240,[-2,27315],[1],"\\u0000ABEiM0RVZneImaq7zN3u/w==","\\u0000AQ=="]',
    },
  },
];

describe('transcoding', () => {
  for (const { what, from, args, to } of CONVERSIONS) {
    for (const target of SERIALIZERS) {
      const expected = to[target.id];
      if (expected === undefined) continue;
      it(`${from} to ${target.id}: ${what}`, () => {
        const payload = payloadFor(argumentsOf(from, args), target);
        assert.equal(shown(payload), target.text ? expected : expected.replaceAll(' ', ''));
        const message = readMessage(target, writeWithPayload(target, CALL, payload));
        assert.equal(message.count, 1);
      });
    }
  }

  it('keeps a string of binary formats that looks like binary of JSON; only JSON takes it for that', () => {
    const payload = argumentsOf('msgpack', '91 a50041514944');
    assert.equal(shown(payloadFor(payload, serializerById('json'))), '["\\u0000AQID"]');
    assert.equal(shown(payloadFor(payload, serializerById('cbor'))), '81650041514944');
  });

  it('keeps every value, from each format to each', () => {
    fc.assert(
      fc.property(fc.array(anyValue), fc.dictionary(fc.string(), anyValue), (args, kwargs) => {
        for (const source of SERIALIZERS) {
          const payload = source.encodePayload([0, ...args], { x: 0, ...kwargs });
          for (const target of SERIALIZERS) {
            const transcoded = target.transcode(payload);
            const message = readMessage(target, writeWithPayload(target, CALL, transcoded));
            const expected = canonical([[0, ...args], { x: 0, ...kwargs }]);
            assert.deepEqual(canonical(target.decodePayload(message)), expected);
            // What is written is as short as what the target itself would write, or nearly.
            assert.ok(transcoded.end <= target.encodePayload([0, ...args], { x: 0, ...kwargs }).end * 1.1 + 64);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('counts what comes without a count, however much it is', () => {
    for (const count of [0, 1, 15, 16, 23, 24, 255, 256, 1100, 65_535, 65_536, 70_000]) {
      const args = Array.from({ length: count }, (_, index) => index % 10);
      const dict = Object.fromEntries(args.map((value, index) => [`k${index}`, value]));
      const payload = serializerById('json').encodePayload([args, dict], null);
      for (const target of SERIALIZERS) {
        assert.deepEqual(canonical(target.decodePayload(payloadFor(payload, target))), canonical([[args, dict]]));
      }
    }
  });

  it('is done once for each format', () => {
    const payload = argumentsOf('json', '[1]');
    const cbor = serializerById('cbor');
    assert.equal(payloadFor(payload, cbor), payloadFor(payload, cbor));
    assert.equal(payloadFor(payload, payload.serializer), payload);
    const none = readMessage(payload.serializer, Buffer.from('[48,1,{},"a"]'));
    assert.equal(payloadFor(none, cbor), none);
  });

  it('takes the largest string and binary', () => {
    const large = 'é"'.repeat(1_000_000);
    const bytes = Buffer.alloc(3_000_001, 7);
    for (const source of SERIALIZERS) {
      const payload = source.encodePayload([large, bytes], null);
      for (const target of SERIALIZERS) {
        const [args] = target.decodePayload(target.transcode(payload)) as [[string, Buffer]];
        assert.ok(args[0] === large && bytes.equals(args[1]), `${source.id} to ${target.id}`);
      }
    }
  });
});
