import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RequestTable } from '../../src/router/request-table.ts';

describe('request table', () => {
  it('does as a map does, whatever the ids', () => {
    const id = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2 ** 53 }), fc.constant(2 ** 53));
    const step = fc.record({ put: fc.boolean(), id, value: fc.string({ maxLength: 2 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const table = new RequestTable<string>();
        const map = new Map<number, string>();
        for (const { put, id, value } of steps) {
          if (put) {
            table.set(id, value);
            map.set(id, value);
          } else assert.equal(table.delete(id), map.delete(id));
          assert.equal(table.size, map.size);
          assert.equal(table.get(id), map.get(id));
          assert.equal(table.has(id), map.has(id));
        }
        assert.deepEqual([...table.values()].sort(), [...map.values()].sort());
        for (const [id, value] of map) assert.equal(table.get(id), value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps thousands of ids that count up, beside one that stays', () => {
    const table = new RequestTable<number>();
    table.set(1, 1);
    for (let id = 2; id <= 20_000; id++) {
      table.set(id, id);
      if (id > 6_000) assert.equal(table.delete(id - 5_000), true);
    }
    assert.equal(table.size, 6_000);
    assert.equal(table.get(1), 1);
    assert.equal(table.get(15_001), 15_001);
    assert.equal(table.get(15_000), undefined);
  });

  it('lets go of what it holds while its values are gone through', () => {
    const table = new RequestTable<number>();
    for (let id = 1; id <= 100; id++) table.set(id * 7, id * 7);
    for (const id of table.values()) table.delete(id);
    assert.equal(table.size, 0);
    assert.deepEqual(table.values(), []);
  });
});
