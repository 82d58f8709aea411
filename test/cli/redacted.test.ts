import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { showWithout } from '../../src/cli/redacted.ts';

const MASK = '‹masked›';

describe('what is shown of a login', () => {
  it('holds no secret, under whatever key, in whatever spelling', () => {
    const secret = 'a"b\\é1234';
    const show = showWithout([secret]);
    const quoted = JSON.stringify({ ticket: secret });
    assert.equal(show(`it was ${secret}, ${secret}`), `it was ${MASK}, ${MASK}`);
    assert.equal(show(quoted), `{"ticket":"${MASK}"}`);
    assert.equal(show(`/login?t=${encodeURIComponent(secret)}`), `/login?t=${MASK}`);
    assert.match(String(show(`Basic ${Buffer.from(secret).toString('base64')}`)), /^Basic ‹masked›=*$/);
    assert.deepEqual(show({ list: [{ [`key ${secret}`]: 1 }] }), { list: [{ [`key ${MASK}`]: 1 }] });
  });

  it('masks by keys as well, and leaves the rest as it is', () => {
    const show = showWithout([]);
    assert.deepEqual(show({ password: 'x', role: 'user', n: 1, ok: true, none: null }), {
      password: MASK,
      role: 'user',
      n: 1,
      ok: true,
      none: null,
    });
    assert.equal(showWithout([''])('text'), 'text');
  });

  it('of secrets that hold one another, nothing is left', () => {
    assert.equal(showWithout(['abc', 'abcdef'])('abcdef abc'), `${MASK} ${MASK}`);
  });
});
