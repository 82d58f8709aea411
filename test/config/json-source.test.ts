import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseJson } from '../../src/config/json-source.ts';
import { LineIndex, locate, SourceError } from '../../src/config/source.ts';

/** `line:column: message` */
function problemOf(text: string): string {
  try {
    parseJson(text);
  } catch (error) {
    assert.ok(error instanceof SourceError);
    const { line, column } = new LineIndex(text).positionAt(error.at);
    return `${line}:${column}: ${error.message}`;
  }
  return 'no problem';
}

/** Ordinary objects, as JSON.parse makes them. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('JSON', () => {
  const rows: readonly (readonly [text: string, problem: string])[] = [
    ['', '1:1: not JSON: expected a value, got the end of the file'],
    ['{', '1:2: not JSON: expected a key in double quotes, got the end of the file'],
    ['{"a":1,}', '1:8: not JSON: expected a key in double quotes, got "}"'],
    ['[1,]', '1:4: not JSON: expected a value, got "]"'],
    ["{'a':1}", '1:2: not JSON: expected a key in double quotes, got "\'"'],
    ['{a:1}', '1:2: not JSON: expected a key in double quotes, got "a"'],
    ['{"a" 1}', '1:6: not JSON: expected ":", got "1"'],
    ['{"a":1 "b":2}', '1:8: not JSON: expected "," or "}", got "\\""'],
    ['[1 2]', '1:4: not JSON: expected "," or "]", got "2"'],
    ['{} {}', '1:4: not JSON: expected the end of the file, got "{"'],
    [
      '{\n  // comment\n}',
      '2:3: not JSON: expected a key in double quotes, got a comment, which JSON does not have (YAML does)',
    ],
    ['/* x */ {}', '1:1: not JSON: expected a value, got a comment, which JSON does not have (YAML does)'],
    ['\ufeff{}', '1:1: not JSON: the file begins with a byte order mark'],
    ['{"a": 1,\n "a": 2}', '2:2: the key "a" stands here twice'],
    ['{"a": 1, "\\u0061": 2}', '1:10: the key "a" stands here twice'],
    ['{"a": {"__proto__": 1}}', '1:8: the key "__proto__" is not allowed'],
    ['{"\\u005f_proto__": 1}', '1:2: the key "__proto__" is not allowed'],
    ['"a\nb"', '1:1: not JSON: this string has no end on its line, or a wrong escape in it'],
    ['["secret', '1:2: not JSON: this string has no end on its line, or a wrong escape in it'],
    ['"\\x"', '1:1: not JSON: this string has no end on its line, or a wrong escape in it'],
    ['01', '1:2: not JSON: expected the end of the file, got "1"'],
    ['-', '1:1: not JSON: expected a number, got "-"'],
    ['+1', '1:1: not JSON: expected a value, got "+"'],
    ['.5', '1:1: not JSON: expected a value, got "."'],
    ['1e999', '1:1: this number is too large'],
    ['NaN', '1:1: not JSON: expected a value, got "N"'],
    ['nul', '1:1: not JSON: expected a value, got "n"'],
    ['\u00a01', '1:1: not JSON: expected a value, got "\u00a0"'],
    ['\u001b[2J', '1:1: not JSON: expected a value, got "\\u001b"'],
    ['\u{1f600}', '1:1: not JSON: expected a value, got "\u{1f600}"'],
    [`${'['.repeat(65)}${']'.repeat(65)}`, 'no problem'],
    [`${'['.repeat(66)}${']'.repeat(66)}`, '1:66: nested deeper than 64 levels'],
    ['['.repeat(1_000_000), '1:66: nested deeper than 64 levels'],
  ];
  for (const [text, problem] of rows) {
    it(`${JSON.stringify(text.slice(0, 30))}: ${problem}`, () => assert.equal(problemOf(text), problem));
  }

  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.constantFrom('', '  ', '\t'), (json, indent) => {
        fc.pre(!json.includes('__proto__'));
        const text = JSON.stringify(JSON.parse(json), null, indent);
        assert.deepEqual(plain(parseJson(text).value), plain(JSON.parse(text)));
      }),
      { numRuns: 300 },
    );
  });

  it('is refused where JSON.parse refuses it', () => {
    const mutated = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', '"', '{', ']', '\\', '0', '-', ' ', ':', '\u0000', 't'),
    );
    fc.assert(
      fc.property(mutated, ([json, at, put]) => {
        const place = at % (json.length + 1);
        const text = json.slice(0, place) + put + json.slice(place + 1);
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const problem = problemOf(text);
        if (valid) assert.ok(problem === 'no problem' || / (twice|allowed|large)$/.test(problem), problem);
        else assert.notEqual(problem, 'no problem');
      }),
      { numRuns: 500 },
    );
  });

  it('makes objects without a prototype', () => {
    const { value } = parseJson('{"constructor": {"toString": 1}}');
    assert.equal(Object.getPrototypeOf(value), null);
    assert.deepEqual(plain(value), { constructor: { toString: 1 } });
  });

  it('tells where each value and each key stands', () => {
    const text = '{\r\n  "a": [10,\n    {"b": "ü", "c": true}]\r\n}';
    const { root } = parseJson(text);
    const place = (path: (string | number)[], key = false) => {
      const { line, column } = new LineIndex(text).positionAt(locate(root, path, key));
      return `${line}:${column}`;
    };
    assert.equal(place([]), '1:1');
    assert.equal(place(['a']), '2:8');
    assert.equal(place(['a'], true), '2:3');
    assert.equal(place(['a', 0]), '2:9');
    assert.equal(place(['a', 1, 'c']), '3:21');
    assert.equal(place(['a', 1, 'c'], true), '3:16');
    // What is missing is told where it is missing from.
    assert.equal(place(['a', 1, 'missing', 'deep']), '3:5');
    assert.equal(place(['a', 7]), '2:8');
  });
});
