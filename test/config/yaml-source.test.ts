import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { LineIndex, locate, SourceError } from '../../src/config/source.ts';
import { parseYaml } from '../../src/config/yaml-source.ts';

function problemOf(text: string): string {
  try {
    parseYaml(text);
  } catch (error) {
    assert.ok(error instanceof SourceError);
    const { line, column } = new LineIndex(text).positionAt(error.at);
    return `${line}:${column}: ${error.message}`;
  }
  return 'no problem';
}

function read(text: string): unknown {
  return JSON.parse(JSON.stringify(parseYaml(text).value));
}

/** Ten lists of ten aliases each, of ten … */
const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  .concat([...'bcdefghi'].map((name, at) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[at]}`).join(', ')}]`))
  .join('\n');

describe('YAML', () => {
  const rows: readonly (readonly [text: string, problem: string])[] = [
    ['a: 1\na: 2', '2:1: the key "a" stands here twice'],
    ['{a: 1, "a": 2}', '1:8: the key "a" stands here twice'],
    ['a: {__proto__: 1}', '1:5: the key "__proto__" is not allowed'],
    ['a: !!python/object:os.system x', '1:4: not YAML: tags ("!…") are not allowed'],
    ['a: !!js/function x', '1:4: not YAML: tags ("!…") are not allowed'],
    ['a: !mine x', '1:4: not YAML: tags ("!…") are not allowed'],
    ['a: !!binary aGk=', '1:4: not YAML: tags ("!…") are not allowed'],
    ['a: !!set {x, y}', '1:4: not YAML: tags ("!…") are not allowed'],
    ['a: *b', '1:4: not YAML: this alias has no anchor above it'],
    ['a: &a [*a]', '1:8: not YAML: this alias has no anchor above it'],
    ['a: &a {b: *a}', '1:11: not YAML: this alias has no anchor above it'],
    ['a: 1\n---\nb: 2', '2:1: not YAML: there must be only one document in the file'],
    ['\ta: 1', '1:1: not YAML: indented with a tab: use spaces'],
    ['a: "\\q"', '1:5: not YAML: wrong escape in a string in double quotes'],
    ['a: "secret', '1:11: not YAML: a character is missing, such as the end of a string or a ":" or ","'],
    ['? [a]\n: 1', '1:3: keys must be strings'],
    ['{}: 1', '1:1: keys must be strings'],
    [': 1', '1:1: keys must be strings'],
    ['a: .inf', '1:4: this is not a finite number'],
    ['a: .nan', '1:4: this is not a finite number'],
    ['<<: 1', '1:5: not YAML: "<<" takes an object or a list of objects'],
    ['<<: [1]', '1:5: not YAML: "<<" takes an object or a list of objects'],
    // Each alias is one level deeper than the one before.
    [
      ['a0: &a0 []', ...Array.from({ length: 70 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}]`)].join('\n'),
      '65:12: nested deeper than 64 levels',
    ],
    [BOMB, '6:12: more than 250000 values, those that aliases stand for included'],
    [`${'['.repeat(66)}${']'.repeat(66)}`, '1:66: nested deeper than 64 levels'],
    [`${'['.repeat(65)}${']'.repeat(65)}`, 'no problem'],
  ];
  for (const [text, problem] of rows) {
    it(`${JSON.stringify(text.slice(0, 40))}: ${problem}`, () => assert.equal(problemOf(text), problem));
  }

  it('never ends in anything else', () => {
    for (const level of ['[', '{', '{a: ', '- ', '? ', '[a: ', '&a [', '"": [']) {
      // Nesting that the library would run out of stack with, where the engine ends the process.
      for (const levels of [70, 1_000, 3_000, 50_000]) {
        assert.match(problemOf(level.repeat(levels)), /nested deeper than 64 levels$/, `${levels} times ${level}`);
      }
    }
    const indented = Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n');
    assert.equal(problemOf(indented), '66:66: nested deeper than 64 levels');
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('a', ': ', '- ', '\n', ' ', '&x ', '*x', '<<', '{', '}', '[', ']', '"', '!!', '?', '|', ','),
          { maxLength: 40 },
        ),
        (parts) => {
          problemOf(parts.join(''));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is read as the YAML reader of Python reads it', () => {
    assert.deepEqual(read('a: yes\nb: off\nc: y\nd: N\ne: 010\nf: 1_000\ng: ~\nh: 2001-01-01\ni: "yes"'), {
      a: true,
      b: false,
      c: 'y',
      d: 'N',
      e: 8,
      f: 1000,
      g: null,
      h: '2001-01-01',
      i: 'yes',
    });
    assert.deepEqual(read('a:\n  # comment\n- 1\n- \n- x: 1'), { a: [1, null, { x: 1 }] });
    assert.equal(parseYaml('').value, null);
  });

  it('takes keys as they are written', () => {
    assert.deepEqual(read('8080: a\non: b\n0x10: c\n1.0: d\n"on ": e'), {
      8080: 'a',
      on: 'b',
      '0x10': 'c',
      '1.0': 'd',
      'on ': 'e',
    });
  });

  it('takes anchors, aliases and merges', () => {
    const text =
      'base: &base {a: 1, b: {c: 2}}\nother: &other {b: 3, d: 4}\none: {<<: *base, a: 5}\ntwo:\n  <<: [*base, *other]\nlist: [*base]';
    assert.deepEqual(read(text), {
      base: { a: 1, b: { c: 2 } },
      other: { b: 3, d: 4 },
      one: { a: 5, b: { c: 2 } },
      two: { a: 1, b: { c: 2 }, d: 4 },
      list: [{ a: 1, b: { c: 2 } }],
    });
  });

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = stringify(value, { version: '1.1', aliasDuplicateObjects: false });
        // The key `<<` merges: the library writes it as it is, whatever it stood for.
        fc.pre(!text.includes('__proto__') && !text.includes('<<'));
        assert.deepEqual(read(text), JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 200 },
    );
  });

  it('makes objects without a prototype', () => {
    assert.equal(Object.getPrototypeOf(parseYaml('constructor: 1').value), null);
  });

  it('tells where each value and each key stands, behind an alias at the anchor', () => {
    const text = 'a:\n  - &x\n    b: 1\n  - *x\nc:   yes\nd:\n';
    const { root } = parseYaml(text);
    const place = (path: (string | number)[], key = false) => {
      const { line, column } = new LineIndex(text).positionAt(locate(root, path, key));
      return `${line}:${column}`;
    };
    assert.equal(place(['a', 0, 'b']), '3:8');
    assert.equal(place(['a', 0, 'b'], true), '3:5');
    assert.equal(place(['a', 1, 'b']), '3:8');
    assert.equal(place(['c']), '5:6');
    assert.equal(place(['c'], true), '5:1');
    assert.equal(place(['d'], true), '6:1');
  });
});
