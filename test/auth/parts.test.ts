/** The small parts of authentication that need no login to be tried. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ANONYMOUS } from '../../src/auth/authmethods/anonymous.ts';
import { CallBudget } from '../../src/auth/call-budget.ts';
import { deny } from '../../src/auth/outcome.ts';
import { pythonRepr } from '../../src/auth/python-text.ts';
import { withoutReservedKeys } from '../../src/auth/reserved-keys.ts';
import { serialNumber } from '../../src/auth/serial-number.ts';
import { failureReport } from '../../src/wamp/failure-report.ts';
import { METHOD_PARTS, STATIC_PARTS } from './login-fixture.ts';

describe('serialNumber', () => {
  it('is six groups of four, of characters that are not mixed up', () => {
    for (let run = 0; run < 100; run++) {
      assert.match(
        serialNumber(randomBytes),
        /^(?:[345679ACEFGHJKLMNPQRSTUVWXY]{4}-){5}[345679ACEFGHJKLMNPQRSTUVWXY]{4}$/,
      );
    }
  });

  it('comes from the randomness handed in, wherever in a pool that lies', () => {
    const pool = new Uint8Array(100).map((_, at) => at);
    const fromPool = serialNumber((size) => pool.subarray(10, 10 + size));
    assert.equal(
      fromPool,
      serialNumber((size) => pool.slice(10, 10 + size)),
    );
    assert.notEqual(
      fromPool,
      serialNumber((size) => pool.slice(11, 11 + size)),
    );
    assert.equal(
      serialNumber((size) => new Uint8Array(size)),
      '3333-3333-3333-3333-3333-3333',
    );
  });

  it('uses the whole alphabet', () => {
    const seen = new Set(Array.from({ length: 200 }, () => serialNumber(randomBytes)).join(''));
    assert.equal(seen.size, 27 + 1);
  });
});

describe('pythonRepr', () => {
  it('quotes as Python does', () => {
    for (const [value, text] of [
      ['ticket', "'ticket'"],
      ["it's", `"it's"`],
      [`it's "x"`, `'it\\'s "x"'`],
      ['say "x"', `'say "x"'`],
      ['a\\b\n\r\t\u0000\u009b', "'a\\\\b\\n\\r\\t\\x00\\x9b'"],
      ['\u2028\ud800', "'\\u2028\\ud800'"],
      ['ä€😀', "'ä€😀'"],
      [[], '[]'],
      [['a', ['b']], "['a', ['b']]"],
      [undefined, 'None'],
    ] as const) {
      assert.equal(pythonRepr(value), text);
    }
  });

  it('ends, for cycles and crowds too', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic, cyclic);
    assert.match(pythonRepr(cyclic), /^\[\[\[\[\[\[\[\[\.\.\./);
    fc.assert(fc.property(fc.anything(), (value) => pythonRepr(value).length < 100_000));
    assert.ok(pythonRepr(Array.from({ length: 1_000_000 }, () => 'x')).length < 10_000);
  });
});

describe('withoutReservedKeys', () => {
  it('copies the rest, and only the rest', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('transport', 'x_cb_node', 'proxy_realm')), fc.integer()),
        (extra) => {
          const before = JSON.stringify(extra);
          const kept = withoutReservedKeys(extra);
          assert.equal(JSON.stringify(extra), before);
          assert.equal(Object.getPrototypeOf(kept), null);
          const expected = Object.keys(extra).filter((key) => !/^(transport$|x_cb_|proxy_)/.test(key));
          assert.deepEqual(Object.keys(kept), expected);
        },
      ),
    );
  });
});

describe('deny', () => {
  it('cuts its text at 1 KiB of UTF-8, between characters', () => {
    assert.equal(deny('a.b', 'x'.repeat(1024)).message, 'x'.repeat(1024));
    assert.equal(deny('a.b', 'x'.repeat(1025)).message, 'x'.repeat(1024));
    assert.equal(deny('a.b', `x${'😀'.repeat(300)}`).message, `x${'😀'.repeat(255)}`);
    assert.equal(deny('a.b').message, null);
  });
});

describe('CallBudget', () => {
  it('gives so many places', () => {
    const budget = new CallBudget(2);
    const share = budget.share('one');
    assert.deepEqual([share.take(), share.take(), share.take(), budget.inFlight], [true, true, false, 2]);
    share.release();
    assert.deepEqual([share.take(), share.take()], [true, false]);
    for (const limit of [0, -1, 1.5, Number.NaN]) assert.throws(() => new CallBudget(limit), RangeError);
  });

  it('keeps places for each, whatever the others take, and never gives more than there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(5), { maxLength: 200 }), (limit, takers) => {
        const budget = new CallBudget(limit);
        const names = ['a', 'b', 'c', 'd', 'e', 'f'];
        for (const name of names) budget.share(name);
        for (const taker of takers) budget.share(names[taker]!).take();
        assert.ok(budget.inFlight <= limit);
        const kept = Math.floor(limit / 12);
        for (const name of names) {
          const share = budget.share(name);
          for (let n = share.inFlight; n < kept; n++) assert.ok(share.take(), `${limit} ${name}`);
        }
      }),
    );
  });
});

describe('ANONYMOUS', () => {
  it('refuses an impossible authid at start', () => {
    const compile = (authid: string) => ANONYMOUS.compileStatic({ role: 'guest', authid }, STATIC_PARTS);
    for (const authid of ['', 'x'.repeat(256), 'a\nb']) {
      assert.throws(() => compile(authid), { message: 'auth.anonymous.authid: cannot be an authid' });
    }
  });

  it('asks for nothing, so takes no answer', async () => {
    const authenticator = { provider: 'static', unavailable: () => null, authenticate: async () => 'user' } as const;
    const method = ANONYMOUS.start({ ...METHOD_PARTS, authenticator });
    assert.equal((await method.authenticate('x', {}, new AbortController().signal)).kind, 'deny');
  });
});

describe('failureReport', () => {
  it('holds no message, whatever it looks like', () => {
    const secret = '123secret';
    const odd = new Error(`first\n    at ${secret} (${secret}.js:1:1)`);
    odd.name = `Odd ${secret}`;
    Object.assign(odd, { code: `E ${secret}` });
    for (const error of [
      odd,
      new AggregateError([odd], secret, { cause: odd }),
      secret,
      { stack: secret },
      undefined,
    ]) {
      assert.ok(!JSON.stringify(failureReport(error)).includes(secret));
    }
    const moved = new Error('short');
    assert.match(moved.stack ?? '', /short/);
    moved.message = secret;
    assert.ok(!JSON.stringify(failureReport(moved)).includes(secret));
    assert.deepEqual(failureReport(moved)['at'], [], 'a message that was changed cannot be told from frames');
  });

  it('ends, for causes in a circle too', () => {
    const error = new Error('x');
    error.cause = error;
    assert.equal((failureReport(error)['errors'] as string[]).length, 4);
  });
});
