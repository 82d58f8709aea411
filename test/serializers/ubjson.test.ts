import { describe } from 'node:test';
import { ubjson, ubjson12 } from '../../src/serializers/ubjson.ts';
import { testSerializer } from './serializer-suite.ts';
import { referenceUbjson } from './ubjson-reference.ts';

describe('UBJSON as Autobahn speaks it: BJData', () => {
  testSerializer(ubjson, referenceUbjson(true));
});

describe('UBJSON draft 12', () => {
  testSerializer(ubjson12, referenceUbjson(false));
});
