/** Whole messages, byte by byte as Python's encoders of both formats that are called ubjson write them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { serializerById } from '../../src/serializers/registry.ts';
import { MESSAGE_TABLE } from '../../src/wamp/message-table.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { canonical, readMessage } from './samples.ts';

interface Vector {
  /** As WAMP writes it in JSON, bytes too. */
  readonly message: readonly unknown[];
  /** What bjdata 0.6 writes, in hexadecimal. */
  readonly ubjson: string;
  /** What py-ubjson 0.16 writes. `test/interop/ubjson.test.js` asks both of them. */
  readonly ubjson12: string;
}

const FILE = join(repositoryRoot(), 'test', 'serializers', 'ubjson-vectors.json');
const VECTORS = JSON.parse(readFileSync(FILE, 'utf8')) as readonly Vector[];
/** Python writes a text of one character as such, which is read here and not written. */
const ONE_CHARACTER = /"[ -~]"(?!:)/;
const json = serializerById('json');

for (const id of ['ubjson', 'ubjson12'] as const) {
  describe(`message vectors of ${id}`, () => {
    const serializer = serializerById(id);

    for (const { message, [id]: hex } of VECTORS) {
      const text = JSON.stringify(message);
      it(`are read and written: ${text.slice(0, 60)}`, () => {
        const bytes = Buffer.from(hex, 'hex');
        const plain = Buffer.from(text);
        const expected = json.decode(plain, 0, plain.length);
        assert.deepEqual(canonical(serializer.decode(bytes, 0, bytes.length)), canonical(expected));
        if (!ONE_CHARACTER.test(text)) assert.equal(Buffer.from(serializer.encode(expected)).toString('hex'), hex);
        const [read, same] = [readMessage(serializer, bytes), readMessage(json, plain)];
        const parts = ({ code, first, second, dict, text }: typeof read): unknown => [code, first, second, dict, text];
        assert.deepEqual(canonical(parts(read)), canonical(parts(same)));
        assert.deepEqual(canonical(serializer.decodePayload(read)), canonical(json.decodePayload(same)));
      });
    }

    it('are of every message', () => {
      const codes = new Set(VECTORS.map(({ message: [code] }) => code));
      assert.deepEqual(
        MESSAGE_TABLE.map(({ code }) => code).filter((code) => !codes.has(code)),
        [],
      );
    });
  });
}
