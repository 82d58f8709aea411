/** What matches and what does not: a scenario is worth what this is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mismatchMessage, writeMessage } from '../../src/conformance/message-pattern.ts';
import { mismatch } from '../../src/conformance/pattern.ts';
import { Scope } from '../../src/conformance/scope.ts';

function scopeWith(values: Readonly<Record<string, unknown>> = {}): Scope {
  const scope = new Scope('com.own');
  for (const [name, value] of Object.entries(values)) scope.set(name, value);
  return scope;
}

describe('values of expected messages', () => {
  const MATCHES: readonly [expected: unknown, actual: unknown][] = [
    ['*', null],
    ['<id>', 2 ** 53],
    ['<time>', '2026-12-01T10:00:00.000Z'],
    ['<32 bytes>', 'Fa'.repeat(32)],
    ['<attributes>', { abc: 1, _a_b: 2 }],
    ['<absent>', undefined],
    ['~.x', 'com.own.x'],
    ['$known', 7],
    [{ '<one of>': [1, 'x'] }, 'x'],
    [{ '<not>': '$known' }, 8],
    [{ '<binary>': '00ff' }, Buffer.from([0, 255])],
    [{ '<includes>': [2] }, [1, 2]],
    [{ '<set>': [2, 1] }, [1, 2]],
    [{ '<ends>': [2, 3] }, [1, 2, 3]],
    [{ '<excludes>': [3] }, [1, 2]],
    [{ '<has>': { a: 1 } }, { a: 1, b: 2 }],
    [{ '<json>': { a: 1 } }, '{"a":1,"b":2}'],
    [{ '<begins>': 'ab' }, 'abc'],
    [[{ a: [null] }], [{ a: [null] }]],
  ];
  const DIFFERS: readonly [expected: unknown, actual: unknown][] = [
    ['<id>', 0],
    ['<id>', 2 ** 53 + 2],
    ['<id>', '1'],
    ['<time>', 'yesterday'],
    ['<32 bytes>', 'fa'.repeat(31)],
    ['<attributes>', { ab: 1 }],
    ['<attributes>', []],
    ['<absent>', 0],
    ['~.x', '~.x'],
    ['$known', 8],
    ['$unknown', undefined],
    [{ '<one of>': [1, 'x'] }, 2],
    [{ '<not>': '$known' }, 7],
    [{ '<binary>': '00ff' }, '00ff'],
    [{ '<includes>': [3] }, [1, 2]],
    [{ '<set>': [1] }, [1, 2]],
    [{ '<ends>': [2, 3] }, [2, 3, 4]],
    [{ '<ends>': [2, 3] }, [3]],
    [{ '<excludes>': [2] }, [1, 2]],
    [{ '<has>': { a: 1 } }, { a: 2 }],
    [{ '<json>': { a: 1 } }, '{"a":2}'],
    [{ '<json>': { a: 1 } }, '{a'],
    [{ '<json>': { a: 1 } }, undefined],
    [{ '<begins>': 'ab' }, 'ac'],
    [{ '<begins>': 'ab' }, null],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{}, []],
    [[], {}],
    [[1], [1, 2]],
    [null, undefined],
    [1, true],
  ];
  for (const [expected, actual] of MATCHES) {
    it(`${JSON.stringify(expected)} is ${JSON.stringify(actual)}`, () => {
      assert.equal(mismatch(expected, actual, scopeWith({ known: 7 }), 'exact'), null);
    });
  }
  for (const [expected, actual] of DIFFERS) {
    it(`${JSON.stringify(expected)} is not ${JSON.stringify(actual)}`, () => {
      assert.notEqual(mismatch(expected, actual, scopeWith({ known: 7 }), 'exact'), null);
    });
  }

  it('are learned by name, once', () => {
    const scope = scopeWith();
    assert.equal(mismatch('$id', 5, scope, 'exact'), null);
    assert.equal(scope.get('id'), 5);
    assert.match(mismatch('$id', 6, scope, 'exact') ?? '', /5 \(\$id\) expected, got 6/);
  });
});

describe('expected messages', () => {
  it('may have further keys in Details, and further payload only in ERROR, ABORT and GOODBYE', () => {
    const scope = scopeWith();
    assert.equal(mismatchMessage(['EVENT', 1, 2, {}], [36, 1, 2, { topic: 'x' }, [], {}], scope), null);
    assert.equal(mismatchMessage(['EVENT', 1, 2, {}, [], {}], [36, 1, 2, {}], scope), null);
    assert.notEqual(mismatchMessage(['EVENT', 1, 2, {}], [36, 1, 2, {}, ['x']], scope), null);
    assert.equal(mismatchMessage(['EVENT', 1, 2, {}, '...'], [36, 1, 2, {}, ['x']], scope), null);
    assert.notEqual(mismatchMessage(['EVENT', 1, 2, {}, '<end>'], [36, 1, 2, {}, []], scope), null);
    assert.equal(mismatchMessage(['ERROR', 'CALL', 1, {}, 'com.x'], [8, 48, 1, {}, 'com.x', ['text']], scope), null);
    assert.notEqual(mismatchMessage(['ERROR', 'CALL', 1, {}, 'com.x'], [8, 32, 1, {}, 'com.x'], scope), null);
    assert.match(mismatchMessage(['RESULT', 1, {}], [8, 48, 1, {}, 'com.x'], scope) ?? '', /got \["ERROR",48,1/);
  });

  it('are written with requests, URIs and what was learned', () => {
    const scope = scopeWith({ reg: 9 });
    const message = ['CALL', '#call', { caller: '$reg' }, '~.x', [{ '<binary>': 'ff' }, '~.y']];
    assert.deepEqual(
      writeMessage(message, scope, () => 3),
      [48, 3, { caller: 9 }, 'com.own.x', [Buffer.from([255]), 'com.own.y']],
    );
    assert.equal(scope.get('call'), 3);
    assert.throws(
      () => writeMessage(['YIELD', '$nothing', {}], scope, () => 1),
      /\$nothing before anything has set it/,
    );
  });
});
