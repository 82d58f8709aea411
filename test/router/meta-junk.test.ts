import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { META_PROCEDURES } from '../../src/router/meta/procedures.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { message } from '../support/recording-peer.ts';
import { answerTo } from './meta-fixture.ts';
import { newRealm, realm, type Seat, sit } from './realm-fixture.ts';

let seat: Seat;

beforeEach(() => {
  newRealm({ metaApi: true });
  seat = sit();
});

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let at = 0; at < depth; at++) value = [value];
  return value;
}

/** No parameter of any procedure takes one of these, but where it may be left out. */
const JUNK: readonly (readonly [name: string, value: unknown])[] = [
  ['a negative number', -1],
  ['zero', 0],
  ['a fraction', 1.5],
  ['more than an id', 2 ** 53 + 2],
  ['64 bits', 2n ** 63n],
  ['true', true],
  ['binary', Buffer.from([1, 2, 3])],
];

describe('row 95: junk arguments', () => {
  for (const { uri, parameters } of META_PROCEDURES) {
    const least = parameters.findIndex(({ optional }) => optional);
    const required = least < 0 ? parameters.length : least;

    it(`${uri}: is told what is wrong with them`, () => {
      const expectRefusal = (args: readonly unknown[], kwargs: Record<string, unknown>, what: string): void => {
        const { name, text, payload } = answerTo(seat, uri, args, kwargs);
        assert.deepEqual([name, text], ['ERROR', 'wamp.error.invalid_argument'], what);
        const [[sentence] = []] = payload as [unknown[]?];
        assert(String(sentence).startsWith(uri), `${what}: ${sentence}`);
      };
      if (required > 0) expectRefusal([], {}, 'none');
      expectRefusal(Array(parameters.length + 1).fill(null), {}, 'too many');
      expectRefusal([], { __proto__x: 1 }, 'a name that it does not know');
      for (const [at, { name }] of parameters.entries()) {
        for (const [what, junk] of JUNK) {
          expectRefusal([...Array(at).fill(null), junk], {}, `${what} as ${name}`);
        }
        expectRefusal(Array(at + 1).fill(null), { [name]: 1 }, `${name} twice`);
      }
    });
  }

  it('of any kind are answered once, and never with a failure of the router', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 5 }),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom('wamp.session.count', 'exact', 'detached', 'x'.repeat(100_000), nested(LIMITS.depth - 6)),
    );
    const names = [...new Set(META_PROCEDURES.flatMap(({ parameters }) => parameters.map(({ name }) => name)))];
    const kwargs = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, { maxKeys: 4 });
    const call = fc.tuple(fc.constantFrom(...META_PROCEDURES), fc.array(value, { maxLength: 6 }), kwargs);
    fc.assert(
      fc.property(call, ([{ uri }, args, named]) => {
        const { name, text } = answerTo(seat, uri, args, Object.assign(Object.create(null), named));
        assert(name === 'RESULT' || text !== 'wamp.error.runtime_error', `${text}`);
      }),
      { numRuns: 3_000 },
    );
    assert.equal(realm.counts.sessions, 1);
  });

  it('in a payload that is none of arguments are refused too', () => {
    for (const { uri } of META_PROCEDURES) {
      seat.peer.take();
      // Payload passthru of old: one binary in the place of the arguments.
      const call = messageWithBinary(uri);
      realm.process(seat.member, call);
      const [answer] = seat.peer.take();
      assert.equal(answer?.text, 'wamp.error.invalid_argument', uri);
    }
  });
});

function messageWithBinary(uri: string): Parameters<typeof realm.process>[1] {
  const call = message(Msg.CALL, { first: 1, text: uri, args: [] });
  const bytes = call.serializer.encode(Buffer.from([1, 2]));
  return Object.assign(call, { bytes, start: 0, end: bytes.length, count: 1 });
}
