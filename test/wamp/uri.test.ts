import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../src/wamp/limits.ts';
import { type EmptyComponents, isUri, type UriCheck } from '../../src/wamp/uri.ts';

/** Component by component, as the specification tells it. */
function isUriByParts(uri: string, check: UriCheck, empty: EmptyComponents): boolean {
  const components = uri.split('.');
  if (uri.length > LIMITS.uriLength || components.length > LIMITS.uriComponents) return false;
  if (uri === '' && empty === 'none') return false;
  return components.every((component, at) => {
    if (component === '') return empty === 'any' || (empty === 'last' && at === components.length - 1);
    return check === 'strict' ? /^[0-9a-z_]+$/.test(component) : /^[^\s.#]+$/u.test(component);
  });
}

const PIECE = fc.constantFrom('.', '..', 'com', 'a_1', 'A', 'é', '😀', '\ud800', ' ', '\n', '#', '-', '\u00a0');
const ANY_URI = fc.oneof(
  fc.array(PIECE, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.array(fc.constantFrom('a', '', 'bc'), { minLength: 60, maxLength: 68 }).map((components) => components.join('.')),
  fc.integer({ min: LIMITS.uriLength - 2, max: LIMITS.uriLength + 2 }).map((length) => 'a'.repeat(length)),
);

describe('a URI', () => {
  it('is one of a kind or not, as its components are', () => {
    const check = fc.constantFrom('loose' as const, 'strict' as const);
    const empty = fc.constantFrom('none' as const, 'last' as const, 'any' as const);
    fc.assert(
      fc.property(ANY_URI, check, empty, (uri, check, empty) => {
        assert.equal(isUri(uri, check, empty), isUriByParts(uri, check, empty));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is checked in time that grows with its length alone', () => {
    for (const tail of ['#', '.', '']) {
      for (const unit of ['a', 'a.', '.', 'aa.']) {
        const uri = (unit.repeat(LIMITS.uriLength) + tail).slice(-LIMITS.uriLength);
        const began = process.cpuUsage();
        for (let times = 0; times < 100; times++) isUri(uri, 'loose');
        const { user } = process.cpuUsage(began);
        assert.ok(user < 500_000, `${user} µs`);
      }
    }
  });
});
