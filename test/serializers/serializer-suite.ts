import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Message } from '../../src/serializers/message.ts';
import { copyPayload, payloadFor } from '../../src/serializers/payload.ts';
import { Prepared } from '../../src/serializers/prepared.ts';
import { SERIALIZERS } from '../../src/serializers/registry.ts';
import type { Serializer } from '../../src/serializers/serializer.ts';
import { EMPTY } from '../../src/wamp/dict.ts';
import { ProtocolViolation } from '../../src/wamp/errors.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { MESSAGE_TABLE } from '../../src/wamp/message-table.ts';
import {
  anyDamage,
  anyMessage,
  anyValue,
  CALL,
  canonical,
  readMessage,
  writeMessage,
  writeWithPayload,
} from './samples.ts';

/** The same format by somebody else, to disagree with. */
export interface Other {
  readonly name: string;
  encode(value: unknown): Buffer;
  /** As `canonical` would have it. */
  decode(bytes: Buffer): unknown;
  /** What a value, `canonical`, looks like after a way through the format. */
  view(value: unknown): unknown;
}

/** Marks data that no error may quote. */
const SECRET = 'swordfish';

function violates(serializer: Serializer, bytes: Buffer, text?: RegExp): void {
  assert.throws(
    () => readMessage(serializer, bytes),
    (error) => {
      assert.ok(error instanceof ProtocolViolation, `not a violation: ${String(error)}`);
      assert.ok(!error.message.includes(SECRET), 'quotes data');
      if (text !== undefined) assert.match(error.message, text);
      return true;
    },
  );
}

/** What holds of every serializer. */
export function testSerializer(serializer: Serializer, other: Other): void {
  /** A message written by the other implementation, so that any shape of it can be had. */
  const violatesAs = (value: unknown, text?: RegExp): void => violates(serializer, other.encode(value), text);

  describe('messages', () => {
    it('bounds what Options and Details may hold, in any shape', () => {
      const options = (values: number): unknown =>
        Object.fromEntries(Array.from({ length: values }, (_, at) => [`k${at}`, at]));
      const most = LIMITS.dictionary - 1;
      assert.equal(Object.keys(readMessage(serializer, other.encode([48, 1, options(most), 'a'])).dict).length, most);
      violatesAs([48, 1, options(most + 1), 'a'], /too many values/);
      violatesAs([48, 1, { list: new Array(most).fill(SECRET) }, 'a'], /too many values/);
    });

    it('reads what it wrote, for every row of the table', () => {
      fc.assert(
        fc.property(anyMessage, (parts) => {
          const message = readMessage(serializer, writeMessage(serializer, parts));
          const { code, first, second, text } = message;
          assert.deepEqual(
            { code, first, second, text },
            { code: parts.code, first: parts.first, second: parts.second, text: parts.text },
          );
          assert.deepEqual(canonical(message.dict), canonical(parts.dict ?? {}));
          const payload = [parts.args, parts.kwargs].filter((part) => part !== null);
          assert.deepEqual(canonical(serializer.decodePayload(message)), canonical(payload));
        }),
        { numRuns: 300 },
      );
    });

    it('writes what another implementation understands', () => {
      fc.assert(
        fc.property(anyMessage, (parts) => {
          const row = MESSAGE_TABLE.find(({ code }) => code === parts.code);
          let integers = 0;
          const fields = (row?.fields ?? []).map((field) => {
            if (field === 'dict') return parts.dict ?? {};
            if (field === 'text' || field === 'realm') return parts.text;
            return integers++ === 0 ? parts.first : parts.second;
          });
          if (row !== undefined && row.optional > 0 && parts.dict === null) fields.pop();
          const payload = [parts.args, parts.kwargs].filter((part) => part !== null);
          const expected = canonical([parts.code, ...fields, ...payload]);
          assert.deepEqual(other.decode(writeMessage(serializer, parts)), other.view(expected));
        }),
        { numRuns: 300 },
      );
    });

    it('looks at nothing outside the range', () => {
      fc.assert(
        fc.property(
          anyMessage,
          fc.uint8Array({ maxLength: 20 }),
          fc.uint8Array({ maxLength: 20 }),
          (parts, before, after) => {
            const bytes = writeMessage(serializer, parts);
            const around = Buffer.concat([before, bytes, after]);
            const message = new Message(serializer);
            serializer.read(around, before.length, before.length + bytes.length, message);
            const expected = readMessage(serializer, bytes);
            assert.equal(message.start - before.length, expected.start);
            assert.equal(message.end - before.length, expected.end);
            assert.deepEqual(serializer.decodePayload(message), serializer.decodePayload(expected));
            if (bytes.length > 1) {
              assert.throws(
                () => serializer.read(around, before.length, before.length + bytes.length - 1, message),
                ProtocolViolation,
              );
            }
          },
        ),
        { numRuns: 200 },
      );
    });

    it('refuses every beginning of a message', () => {
      const bytes = writeMessage(serializer, {
        ...CALL,
        dict: { timeout: 1000, text: 'é'.repeat(200) },
        args: [1, -1.5, 'x'.repeat(40), [null, true], Buffer.alloc(300), 2n ** 60n, { a: { b: [] } }],
        kwargs: { key: 'value' },
      });
      readMessage(serializer, bytes);
      for (let length = 0; length < bytes.length; length++) violates(serializer, bytes.subarray(0, length));
    });

    it('splices a payload that it never decoded into another message', () => {
      fc.assert(
        fc.property(fc.array(anyValue), (args) => {
          const message = readMessage(serializer, other.encode([48, 7, {}, 'com.example', args]));
          const invocation = { ...CALL, code: 68, first: 3, second: 4 };
          const bytes = writeWithPayload(serializer, invocation, copyPayload(message));
          assert.deepEqual(other.decode(bytes), other.view(canonical([68, 3, 4, {}, args])));
        }),
        { numRuns: 100 },
      );
    });

    it('writes strings of every width of header', () => {
      for (const length of [0, 1, 23, 24, 31, 32, 47, 48, 85, 86, 255, 256, 21_845, 21_846, 65_535, 65_536]) {
        for (const character of ['a', '"', 'é', '€', '😀']) {
          const parts = { ...CALL, text: character.repeat(length), args: [1] };
          const message = readMessage(serializer, writeMessage(serializer, parts));
          assert.ok(message.text === parts.text, `${length} times ${character}`);
          assert.deepEqual(serializer.decodePayload(message), [[1]]);
        }
      }
    });

    it('throws TypeError where no message has the code', () => {
      assert.throws(() => writeMessage(serializer, { ...CALL, code: 7 }), TypeError);
    });

    it('leaves an empty optional dictionary out', () => {
      const bytes = writeMessage(serializer, { ...CALL, code: 35, text: '' });
      assert.deepEqual(other.decode(bytes), [35, 1]);
    });
  });

  describe('shape', () => {
    const call = (...more: unknown[]): unknown[] => [48, 1, {}, 'com.example', ...more];

    it('counts the elements of each message', () => {
      for (const { code, fields, optional, payload } of MESSAGE_TABLE) {
        const samples = { id: 1, code: 48, dict: {}, text: 'com.example', realm: 'realm1' };
        const message: unknown[] = [code, ...fields.map((field) => samples[field])];
        readMessage(serializer, other.encode(message));
        if (optional > 0) readMessage(serializer, other.encode(message.slice(0, -optional)));
        violatesAs(message.slice(0, -optional - 1), /number of elements/);
        if (payload) {
          readMessage(serializer, other.encode([...message, []]));
          readMessage(serializer, other.encode([...message, [], {}]));
          violatesAs([...message, [], {}, SECRET], /number of elements/);
        } else {
          violatesAs([...message, []], /number of elements/);
        }
      }
    });

    it('refuses what is no message', () => {
      for (const value of [null, 1, SECRET, {}, [], [SECRET], [null], [[]], [{}], [true], ['48', 1, {}, 'a']])
        violatesAs(value);
    });

    it('refuses codes that no message has', () => {
      for (const code of [0, 7, 9, 15, 71, 255, 256, 304, 336, 338, 65_584, 2 ** 32 + 48, -48, 48.5])
        violatesAs([code, 1, {}, 'a']);
    });

    it('knows an id', () => {
      for (const id of [1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53]) {
        assert.equal(readMessage(serializer, other.encode([48, id, {}, 'a'])).first, id);
      }
      for (const id of [
        0,
        -1,
        1.5,
        2n ** 53n + 1n,
        2n ** 53n + 2n,
        2n ** 63n,
        2n ** 64n - 1n,
        -(2n ** 60n),
        true,
        null,
        '1',
        [],
        {},
      ]) {
        violatesAs([48, id, {}, 'a'], /CALL: element 1: is not an id/);
      }
    });

    it('lets the router initiate UNSUBSCRIBED and UNREGISTERED with the id 0', () => {
      for (const code of [35, 67]) {
        const message = readMessage(serializer, other.encode([code, 0, { subscription: 5 }]));
        assert.equal(message.first, 0);
        assert.equal(message.dict['subscription'], 5);
      }
    });

    it('wants ERROR to name a message', () => {
      assert.equal(readMessage(serializer, other.encode([8, 48, 2, {}, 'a'])).second, 2);
      violatesAs([8, 7, 2, {}, 'a'], /ERROR: element 1: is not a message code/);
    });

    it('takes null for a realm, and for no other string', () => {
      assert.equal(readMessage(serializer, other.encode([1, null, {}])).text, null);
      violatesAs([48, 1, {}, null], /CALL: element 3: is not a string/);
      violatesAs([5, null, {}], /AUTHENTICATE: element 1: is not a string/);
    });

    it('refuses strings and dictionaries that are something else', () => {
      for (const value of [1, true, [], {}, 1.5]) violatesAs([48, 1, {}, value], /is not a string/);
      for (const value of [null, 1, true, [], SECRET]) violatesAs([48, 1, value, 'a'], /is not a dictionary/);
    });

    it('wants a list and a dictionary for payload', () => {
      for (const value of [null, 1, true, {}, SECRET, Buffer.from(SECRET)])
        violatesAs(call(value), /CALL: element 4: is not a list/);
      for (const value of [null, 1, true, [], SECRET])
        violatesAs(call([], value), /CALL: element 5: is not a dictionary/);
    });

    it('takes one binary for payload where enc_algo says so', () => {
      const passthru = (...payload: unknown[]): unknown[] => [48, 1, { enc_algo: 'cryptobox' }, 'a', ...payload];
      const bytes = Buffer.from('a1666e6f74696365', 'hex');
      const message = readMessage(serializer, serializer.encode(passthru(bytes)));
      assert.equal(message.count, 1);
      assert.deepEqual(serializer.decodePayload(message), [bytes]);
      readMessage(serializer, serializer.encode(passthru([1], { a: 1 })));
      violates(serializer, serializer.encode(passthru(bytes, {})));
      violates(serializer, serializer.encode(passthru('no binary')));
      violates(serializer, serializer.encode(passthru({})));
      for (const target of SERIALIZERS) {
        const again = writeWithPayload(
          target,
          { ...CALL, dict: { enc_algo: 'cryptobox' } },
          payloadFor(message, target),
        );
        assert.deepEqual(target.decodePayload(readMessage(target, again)), [bytes]);
      }
    });
  });

  describe('dictionaries', () => {
    it('gives EMPTY for an empty one', () => {
      assert.equal(readMessage(serializer, other.encode([48, 1, {}, 'a'])).dict, EMPTY);
    });

    it('keeps names of Object.prototype as data', () => {
      const dict = readMessage(
        serializer,
        serializer.encode([
          48,
          1,
          new Map(Object.entries({ constructor: 1, toString: 2 })).set('__proto__', { polluted: 3 } as never),
          'a',
        ]),
      ).dict;
      assert.equal(Object.getPrototypeOf(dict), null);
      assert.deepEqual(Object.keys(dict), ['constructor', 'toString', '__proto__']);
      assert.deepEqual(Object.values(dict).map(canonical), [1, 2, canonical({ polluted: 3 })]);
      assert.equal(dict['polluted'], undefined);
      assert.equal(dict['hasOwnProperty'], undefined);
    });
  });

  describe('limits', () => {
    const nested = (depth: number): unknown => {
      let value: unknown = [];
      for (let level = 1; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
      return value;
    };

    it(`takes ${LIMITS.depth} levels and no more`, () => {
      // The list of arguments is one level itself.
      const encoded = (depth: number): Buffer => other.encode([48, 1, {}, 'a', [nested(depth)]]);
      readMessage(serializer, encoded(LIMITS.depth - 1));
      violates(serializer, encoded(LIMITS.depth), /CALL: element 4: is nested too deep/);
      violates(serializer, other.encode([48, 1, nested(LIMITS.depth + 2), 'a']), /element 2: is nested too deep/);
    });

    it(`takes ${LIMITS.elements} elements and no more`, () => {
      const args = new Array(LIMITS.elements).fill(0);
      readMessage(serializer, other.encode([48, 1, {}, 'a', args]));
      args.push(0);
      violates(serializer, other.encode([48, 1, {}, 'a', args]), /too many elements/);
      // Those of options and payload count together, keys as well as values.
      const some = new Array(1_000).fill(0);
      const others = new Array(LIMITS.elements - some.length).fill(0);
      violates(serializer, other.encode([48, 1, { a: some }, 'a', others]), /too many elements/);
    });

    it(`takes keys of ${LIMITS.keyLength} bytes and no more`, () => {
      const longest = 'é'.repeat(LIMITS.keyLength / 2);
      readMessage(serializer, other.encode([48, 1, {}, 'a', [], { [longest]: 1 }]));
      violates(serializer, other.encode([48, 1, {}, 'a', [], { [`${longest}a`]: 1 }]), /key that is too long/);
      violates(serializer, other.encode([48, 1, { [`${longest}a`]: 1 }, 'a']), /key that is too long/);
    });
  });

  describe('values', () => {
    it('writes a prepared value as the value itself, wherever it stands', () => {
      fc.assert(
        fc.property(anyValue, anyValue, (value, other) => {
          const prepared = new Prepared(value);
          for (const place of [
            (one: unknown) => [one, other],
            (one: unknown) => [other, one, other],
            (one: unknown) => ({ a: other, b: one, c: { d: one }, e: other }),
          ]) {
            assert.deepEqual(serializer.encode(place(prepared)), serializer.encode(place(value)));
          }
        }),
      );
    });

    it('come back as they were', () => {
      fc.assert(
        fc.property(anyValue, (value) => {
          const bytes = serializer.encode(value);
          assert.deepEqual(canonical(serializer.decode(bytes, 0, bytes.length)), canonical(value));
        }),
        { numRuns: 500 },
      );
    });

    it('are the same to another implementation, both ways', () => {
      fc.assert(
        fc.property(anyValue, (value) => {
          assert.deepEqual(other.decode(serializer.encode(value)), other.view(canonical(value)));
          const message = readMessage(serializer, other.encode([50, 1, {}, [value]]));
          const [args] = serializer.decodePayload(message);
          assert.deepEqual(canonical(args), canonical([value]));
        }),
        { numRuns: 500 },
      );
    });

    it('undefined is null, and is left out of dictionaries', () => {
      const bytes = serializer.encode([undefined, { a: undefined, b: 1 }, new Map([['c', undefined]])]);
      assert.deepEqual(other.decode(bytes), other.view(canonical([null, { b: 1 }, {}])));
      assert.deepEqual(serializer.encode(undefined), serializer.encode(null));
    });

    it('of every width of count are the same to another implementation', () => {
      for (const count of [0, 15, 16, 23, 24, 255, 256, 65_535, 65_536, 70_000]) {
        const list = new Array(count).fill(7);
        const dict = Object.fromEntries(list.map((value, index) => [`k${index}`, value]));
        const binary = Buffer.alloc(count, 1);
        const value = [list, dict, binary, 'a'.repeat(count)];
        assert.deepEqual(other.decode(serializer.encode(value)), other.view(canonical(value)));
      }
    });

    it('lone surrogates become U+FFFD', () => {
      for (const value of ['\ud800', 'a\udfffb', '\ud83d'.repeat(2000), `${'x'.repeat(60)}\ude00`]) {
        const expected = value.replaceAll(/[\ud800-\udfff]/g, '\ufffd');
        assert.deepEqual(other.decode(serializer.encode([value])), [expected]);
        assert.equal(readMessage(serializer, writeMessage(serializer, { ...CALL, text: value })).text, expected);
      }
    });

    it('refuses what it cannot write', () => {
      const cycle: unknown[] = [];
      cycle.push(cycle);
      let shared: unknown[] = [];
      for (let level = 0; level < 60; level++) shared = [shared, shared];
      const refused = [
        () => {},
        Symbol('a'),
        new Date(),
        /a/,
        new Map([[1, 2]]),
        cycle,
        shared,
        nestedLists(LIMITS.depth + 1),
        2n ** 64n,
        -(2n ** 63n) - 1n,
        { ['k'.repeat(LIMITS.keyLength + 1)]: 1 },
        new Set(),
      ];
      for (const value of refused) assert.throws(() => serializer.encode(value), TypeError);
      // A failure leaves nothing behind.
      assert.deepEqual(other.decode(serializer.encode([1])), [1]);
      serializer.encode(nestedLists(LIMITS.depth));
    });

    it('may be encoded while another is', () => {
      const outer = {
        get inner(): Buffer {
          return serializer.encode(['inner']);
        },
      };
      const bytes = serializer.encode(outer);
      assert.deepEqual(canonical(serializer.decode(bytes, 0, bytes.length)), canonical(outer));
    });

    it('of a payload: empty ones are left out', () => {
      assert.equal(serializer.encodePayload(null, null).count, 0);
      assert.equal(serializer.encodePayload([], {}).count, 0);
      assert.equal(serializer.encodePayload([1], {}).count, 1);
      const payload = serializer.encodePayload(null, { a: 1 });
      assert.deepEqual(canonical(serializer.decodePayload(payload)), canonical([[], { a: 1 }]));
    });
  });

  describe('hostile bytes', () => {
    /** Whatever is accepted can be decoded, and delivered to every client. */
    const accepted = (message: Message): void => {
      assert.equal(serializer.decodePayload(message).length, message.count);
      for (const target of SERIALIZERS) {
        const payload = payloadFor(message, target);
        const dict = { ...(message.dict['enc_algo'] !== undefined && { enc_algo: 'x_test' }) };
        const bytes = writeWithPayload(target, { ...CALL, dict }, payload);
        const again = readMessage(target, bytes);
        assert.equal(again.count, message.count);
      }
      message.transcoded = null;
    };

    const tryToRead = (bytes: Buffer): boolean => {
      const message = new Message(serializer);
      try {
        serializer.read(bytes, 0, bytes.length, message);
      } catch (error) {
        if (error instanceof ProtocolViolation) return false;
        throw error;
      }
      accepted(message);
      return true;
    };

    it('are violations, or messages that everybody can read', () => {
      fc.assert(
        fc.property(anyMessage, fc.array(anyDamage, { minLength: 1, maxLength: 3 }), (parts, damages) => {
          tryToRead(damages.reduce((bytes, damage) => damage(bytes), writeMessage(serializer, parts)));
        }),
        { numRuns: 3000 },
      );
    });

    it('even in payloads of random bytes', () => {
      const start = writeMessage(serializer, { ...CALL, args: [0] });
      let read = 0;
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
          // Behind the header, in place of the last value.
          const keep = readMessage(serializer, start).start;
          if (tryToRead(Buffer.concat([start.subarray(0, keep), noise]))) read++;
          tryToRead(Buffer.from(noise));
        }),
        { numRuns: 3000 },
      );
      assert.ok(read < 3000);
    });
  });
}

function nestedLists(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level++) value = [value];
  return value;
}
