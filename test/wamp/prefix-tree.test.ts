import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EdgeTable } from '../../src/wamp/edge-table.ts';
import { PrefixTree } from '../../src/wamp/prefix-tree.ts';

/** Few letters, so that prefixes meet; one beyond 16 bits is two characters, which may be parted. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', 'ä', '😀'), maxLength: 8 });
const steps = fc.array(fc.record({ kind: fc.constantFrom('set', 'set', 'delete'), text }), {
  maxLength: 60,
  size: 'max',
});

interface Value {
  readonly of: string;
}

describe('values by prefix', () => {
  it('are found as by looking at each', () => {
    fc.assert(
      fc.property(steps, fc.array(text, { minLength: 1, maxLength: 10 }), (changes, uris) => {
        const tree = new PrefixTree<Value>();
        const model = new Map<string, Value>();
        for (const change of changes) {
          const value = { of: change.text };
          if (change.kind === 'set') {
            tree.set(change.text, value);
            model.set(change.text, value);
          } else if (model.delete(change.text)) tree.delete(change.text);
          assert.equal(tree.isEmpty, model.size === 0);
          for (const uri of [...uris, change.text]) {
            const found: Value[] = [];
            tree.collect(uri, found);
            const expected = [...model.values()].filter(({ of }) => uri.startsWith(of));
            expected.sort((one, other) => one.of.length - other.of.length);
            assert.deepEqual(found, expected);
            assert.equal(tree.longest(uri), expected.at(-1));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are found where there are many, and gone when they are', () => {
    const tree = new PrefixTree<Value>();
    const names = Array.from({ length: 20_000 }, (_, number) => `com.example.item${number}.`);
    for (const of of names) tree.set(of, { of });
    for (const of of names) assert.equal(tree.longest(`${of}get`)?.of, of);
    assert.equal(tree.longest('com.example.item1'), undefined);
    for (const of of names) tree.delete(of);
    assert.equal(tree.isEmpty, true);
    for (const of of names) assert.equal(tree.longest(`${of}get`), undefined);
  });
});

describe('edges of a tree', () => {
  it('are found as in a Map, while others come and go', () => {
    const edge = fc.record({ from: fc.nat(5), first: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 300, size: 'max' }), (edges) => {
        const table = new EdgeTable();
        const model = new Map<string, number>();
        for (const [number, { from, first }] of edges.entries()) {
          const key = `${from} ${first}`;
          const at = table.find(from, first);
          assert.equal(at >= 0, model.has(key));
          if (at >= 0) {
            assert.equal(table.to(at), model.get(key));
            assert.equal(table.length(at), (model.get(key) ?? 0) * 2);
            table.remove(at);
            model.delete(key);
          } else {
            table.add(from, first, number + 1, 2 * (number + 1), number % 2 === 0);
            assert.equal(table.isValued(table.find(from, first)), number % 2 === 0);
            model.set(key, number + 1);
          }
          for (const [other, to] of model) {
            const [begin = 0, letter = 0] = other.split(' ').map(Number);
            assert.equal(table.to(table.find(begin, letter)), to);
          }
        }
      }),
    );
  });
});
