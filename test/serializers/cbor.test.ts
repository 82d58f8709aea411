import { describe } from 'node:test';
import { decode, encode } from 'cborg';
import { cbor } from '../../src/serializers/cbor.ts';
import { canonical } from './samples.ts';
import { type Other, testSerializer } from './serializer-suite.ts';

const cborg: Other = {
  name: 'cborg',
  encode: (value) => Buffer.from(encode(value)),
  decode: (bytes) => canonical(decode(bytes, { useMaps: true })),
  view: (value) => value,
};

describe('CBOR', () => {
  testSerializer(cbor, cborg);
});
