import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cookieValues, setCookie } from '../../src/auth/cookie-header.ts';

const ATTRIBUTES = {
  name: 'cbtid',
  maxAge: 604_800,
  secure: false,
  httpOnly: false,
  sameSite: null,
  domain: null,
  path: null,
} as const;

describe('a Cookie header', () => {
  const CASES: readonly (readonly [header: string | undefined, values: readonly string[]])[] = [
    [undefined, []],
    ['', []],
    ['cbtid=abc', ['abc']],
    ['a=1; cbtid=abc; b=2', ['abc']],
    ['a=1;cbtid=abc', ['abc']],
    ['cbtid = abc ', ['abc']],
    ['cbtid="abc"', ['abc']],
    ['cbtid=a=b', ['a=b']],
    ['cbtid', []],
    ['xcbtid=abc; cbtidx=abc; CBTID=abc', []],
    ['cbtid=one; cbtid=two', ['one', 'two']],
    ['__proto__=1; cbtid=abc; constructor=2', ['abc']],
  ];

  for (const [header, values] of CASES) {
    it(`${JSON.stringify(header)} has ${JSON.stringify(values)}`, () => {
      assert.deepEqual(cookieValues(header, 'cbtid'), values);
    });
  }

  it('is read in linear time, and gives few values', () => {
    assert.equal(cookieValues('cbtid=x; '.repeat(10_000), 'cbtid').length, 8);
  });
});

describe('a Set-Cookie header', () => {
  it('reads as Crossbar’s', () => {
    assert.equal(setCookie('ID', ATTRIBUTES), 'cbtid=ID;max-age=604800');
    const all = { ...ATTRIBUTES, secure: true, httpOnly: true, sameSite: 'Lax' } as const;
    assert.equal(setCookie('ID', all), 'cbtid=ID;max-age=604800;Secure;HttpOnly;SameSite=Lax');
  });

  it('ends with what is ours', () => {
    const own = { ...ATTRIBUTES, domain: 'example.com', path: '/' };
    assert.equal(setCookie('ID', own), 'cbtid=ID;max-age=604800;Domain=example.com;Path=/');
  });
});
