import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Redaction } from '../../src/cli/redacted.ts';

const MASK = '‹masked›';

function showWithout(secrets: readonly string[]): (value: unknown) => unknown {
  const redaction = new Redaction(secrets);
  return (value) => redaction.show(value);
}

describe('what is shown of a login', () => {
  it('holds no secret, under whatever key, in whatever spelling', () => {
    const secret = 'a"b\\é1234';
    const show = showWithout([secret]);
    const quoted = JSON.stringify({ ticket: secret });
    assert.equal(show(`it was ${secret}, ${secret}`), `it was ${MASK}, ${MASK}`);
    assert.equal(show(inspect({ ticket: secret })), `{ ticket: '${MASK}' }`);
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

  it('learns what stands under the key of a secret, and takes it out of what was shown before', () => {
    const redaction = new Redaction([]);
    const before = redaction.show('compared with 123secret');
    redaction.learn({
      users: [{ name: 'joe', ticket: '123secret', role: 'user' }],
      pin: '1234',
      token: { type: 'dynamic' },
    });
    assert.equal(redaction.clean(before), `compared with ${MASK}`);
    assert.equal(redaction.show('user joe dynamic 1234'), 'user joe dynamic 1234');
    redaction.learn({ ticket: MASK });
    assert.equal(redaction.show(`is ${MASK}`), `is ${MASK}`);
  });

  it('finds them in what refers to itself, at any depth', () => {
    const redaction = new Redaction([]);
    const knot: Record<string, unknown> = { ticket: '123secret' };
    knot['again'] = [knot, knot];
    redaction.learn(Array.from({ length: 1_000 }).reduce<unknown>((inner) => ({ inner }), knot));
    assert.equal(redaction.show('123secret'), MASK);
  });
});
