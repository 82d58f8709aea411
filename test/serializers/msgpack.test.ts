import { describe } from 'node:test';
import { Packr } from 'msgpackr';
import { msgpack } from '../../src/serializers/msgpack.ts';
import { canonical } from './samples.ts';
import { type Other, testSerializer } from './serializer-suite.ts';

const packr = new Packr({ useRecords: false, mapsAsObjects: false, int64AsType: 'bigint', largeBigIntToFloat: false });

const msgpackr: Other = {
  name: 'msgpackr',
  encode: (value) => Buffer.from(packr.pack(value)),
  decode: (bytes) => canonical(packr.unpack(bytes)),
  view: (value) => value,
};

describe('MessagePack', () => {
  testSerializer(msgpack, msgpackr);
});
