import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Decoys } from '../../src/auth/decoys.ts';
import { EvenTable } from '../../src/auth/even-table.ts';

const DECOYS = new Decoys(Buffer.alloc(32, 1));

interface Entry {
  readonly of: string;
  readonly model: string | null;
}

function tableOf(names: readonly string[]): EvenTable<Entry> {
  const entries = new Map(names.map((name): [string, Entry] => [name, { of: name, model: null }]));
  return EvenTable.of(entries, DECOYS, (model) => ({ of: 'nobody', model: model?.of ?? null }));
}

describe('EvenTable [row 36]', () => {
  const names = Array.from({ length: 3000 }, (_, at) => `user${at}`);

  it('finds what is there, and says so', () => {
    const table = tableOf(names);
    for (const name of names) assert.deepEqual(table.find(name), { entry: { of: name, model: null }, isKnown: true });
  });

  it('has a stand-in for every other name: always the same one, shaped as one of those that are there', () => {
    const table = tableOf(['joe', 'ann', 'bob']);
    const models = new Set<string | null>();
    for (const name of ['', '__proto__', 'joe\0', 'Joe', ...names]) {
      const { entry, isKnown } = table.find(name);
      assert.deepEqual([entry.of, isKnown], ['nobody', false]);
      assert.equal(table.find(name).entry, entry);
      models.add(entry.model);
    }
    assert.deepEqual([...models].toSorted(), ['ann', 'bob', 'joe']);
  });

  it('never takes a name for another where names differ by an end of NUL', () => {
    const table = tableOf(['joe', 'joe\0']);
    assert.equal(table.find('joe').entry.of, 'joe');
    assert.equal(table.find('joe\0').entry.of, 'joe\0');
    assert.equal(table.find('joe\0\0').isKnown, false);
  });

  it('has one where nothing is there', () => {
    const table = tableOf([]);
    assert.deepEqual(table.find('joe'), { entry: { of: 'nobody', model: null }, isKnown: false });
  });

  it('has a bound on stand-ins, which are of all parts of the table', () => {
    const models: (string | null)[] = [];
    const entries = new Map(names.map((name) => [name, name]));
    EvenTable.of(entries, DECOYS, (model) => String(models.push(model)));
    assert.equal(models.length, 1001);
    assert.deepEqual([models[0], models[500], models[999], models[1000]], ['user0', 'user1500', 'user2997', null]);
  });
});
