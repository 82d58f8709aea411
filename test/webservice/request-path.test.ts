import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodePath, requestPath } from '../../src/webservice/request-path.ts';

test('a target is split first and decoded then', () => {
  const table: [string, string[] | null][] = [
    ['/', ['']],
    ['/a', ['a']],
    ['/a/', ['a', '']],
    ['//a', ['', 'a']],
    ['/a%20b/c?d=/e#f', ['a b', 'c']],
    ['/a%2fb', ['a/b']],
    ['/%2e%2e/x', ['..', 'x']],
    ['/%252e', ['%2e']],
    ['/%00', ['\0']],
    ['/%C3%A4', ['ä']],
    ['/__proto__', ['__proto__']],
    ['http://example.com/a/b', ['a', 'b']],
    ['HTTPS://example.com', ['']],
    ['http://example.com?x', ['']],
    ['*', null],
    ['example.com:443', null],
    ['', null],
    ['/%', null],
    ['/%zz', null],
    ['/%C3', null],
    ['/%c0%ae', null],
    ['http:///a', null],
    ['file:///etc/passwd', null],
  ];
  for (const [target, expected] of table) assert.deepEqual(requestPath(target), expected, target);
});

test('any target gives segments or null, and segments survive the way back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (target) => {
      const path = requestPath(target);
      if (path === null || path[0] === '') return;
      assert.deepEqual(requestPath(encodePath(path)), path);
    }),
    { numRuns: 500 },
  );
});

test('an encoded path stays on this site and is plain ASCII', () => {
  assert.equal(encodePath(['', '', 'evil.example', '']), '/evil.example/');
  assert.equal(encodePath(['', '']), '/');
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }), (segments) => {
      assert.match(encodePath(segments), /^\/(?!\/)[\x21-\x7e]*$/);
    }),
    { numRuns: 300 },
  );
});
