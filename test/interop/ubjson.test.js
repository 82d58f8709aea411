/** Both formats that are called ubjson, against the encoders that Autobahn|Python has and had for them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serializerById } from '../../dist/src/serializers/registry.js';
import { hasPythonModule, PYTHON } from './clients/all.js';

const VECTORS = JSON.parse(readFileSync(new URL('../serializers/ubjson-vectors.json', import.meta.url), 'utf8'));
const PEER = fileURLToPath(new URL('clients/ubjson_peer.py', import.meta.url));

const INTEGERS = [7, 8, 15, 16, 31, 32, 53].flatMap((bits) => {
  const edge = 2 ** bits;
  return [edge - 1, edge, -edge, ...(bits < 53 ? [edge + 1, -edge - 1, -edge + 1] : [])];
});
const WIDE = [2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n)];
const TEXTS = [
  '',
  'a',
  '\0',
  'ü',
  '🚧 \u2028',
  'x'.repeat(255),
  'é'.repeat(200),
  'y'.repeat(40_000),
  'z'.repeat(70_000),
];
const VALUES = [
  null,
  true,
  false,
  0.1,
  -1.5,
  1e300,
  5e-324,
  ...INTEGERS,
  ...WIDE,
  ...TEXTS,
  ...[0, 1, 255, 256, 40_000].map((length) => Buffer.alloc(length, 0xfe)),
  [],
  {},
  [[], {}, [1, [2, [3]]]],
  { a: { 'ü b': [null, { '': 1 }] }, long: 'é'.repeat(200) },
  Object.fromEntries(TEXTS.filter((text) => text.length < 300).map((text, index) => [text, index])),
];

/** Integers as bigints, so that none of 64 bits is rounded; bytes as text, and no prototypes. */
function exact(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, exact(item)]));
}

let peer;
let answers;

before(() => {
  peer = spawn(PYTHON, [PEER], { stdio: ['pipe', 'pipe', 'inherit'] });
  answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
});

after(() => peer.stdin.end());

async function rewritten(module, bytes) {
  peer.stdin.write(`${JSON.stringify([module, bytes.toString('hex')])}\n`);
  const { value } = await answers.next();
  assert.doesNotMatch(value, /^refused/);
  return Buffer.from(value, 'hex');
}

for (const [id, module] of [
  ['ubjson', 'bjdata'],
  ['ubjson12', 'ubjson'],
]) {
  describe(`${id}, by the Python module ${module}`, { skip: hasPythonModule(module) ? false : 'absent' }, () => {
    test('each value comes back as it went', async () => {
      const serializer = serializerById(id);
      for (const value of VALUES) {
        const bytes = await rewritten(module, serializer.encode([value]));
        assert.deepEqual(exact(serializer.decode(bytes, 0, bytes.length)), exact([value]));
      }
    });

    test('the message vectors of our own tests are what it writes', async () => {
      for (const { message, [id]: hex } of VECTORS) {
        assert.equal((await rewritten(module, Buffer.from(hex, 'hex'))).toString('hex'), hex, JSON.stringify(message));
      }
    });

    test('all of them together', async () => {
      const serializer = serializerById(id);
      const bytes = await rewritten(module, serializer.encode(VALUES));
      assert.deepEqual(exact(serializer.decode(bytes, 0, bytes.length)), exact(VALUES));
    });
  });
}
