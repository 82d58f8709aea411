import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SecretFinder } from '../../src/cli/secret-finder.ts';

function finder(secrets: readonly string[]): SecretFinder {
  const made = new SecretFinder();
  for (const secret of secrets) made.add(secret);
  return made;
}

describe('secrets in texts', () => {
  it('are masked wherever they stand, and the rest is left', () => {
    const found = finder(['1', '123secret', '123secrets', '']);
    assert.equal(found.mask('123secrets, 123secret: 1!'), '‹masked›, ‹masked›: ‹masked›!');
    assert.equal(found.mask('23secret'), '23secret');
    assert.equal(found.mask(''), '');
  });

  it('leave nothing where they overlap', () => {
    assert.equal(finder(['abcdefgh', 'ghijklmn', 'cde']).mask('x abcdefghijklmn y'), 'x ‹masked› y');
  });

  it('are found whatever else is looked for', () => {
    const letters = fc.constantFrom('a', 'b', 'c');
    const secrets = fc.array(fc.string({ unit: letters, minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(secrets, fc.string({ unit: letters, maxLength: 40 }), (all, text) => {
        const shown = finder(all).mask(text).replaceAll('‹masked›', '|');
        for (const secret of all) assert.ok(!shown.includes(secret), shown);
        if (!all.some((secret) => text.includes(secret))) assert.equal(shown, text);
      }),
    );
  });
});
