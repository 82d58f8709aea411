import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ERRORS } from '../../src/wamp/errors.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { repositoryRoot } from '../support/repository-root.ts';

/** First column → other columns, of the first table of a page. */
function tableOf(page: string): Map<string, string[]> {
  const text = readFileSync(join(repositoryRoot(), 'docs', page), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    rows.map((row) => {
      const [first = '', ...rest] = row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim());
      return [first.replaceAll('`', ''), rest];
    }),
  );
}

describe('documentation', () => {
  it('lists each error of the catalogue with its meaning, and no other', () => {
    const documented = tableOf('errors.md');
    const catalogue = Object.values(ERRORS);
    assert.deepEqual([...documented.keys()].sort(), catalogue.map(({ uri }) => uri).sort());
    for (const { uri, meaning } of catalogue) assert.equal(documented.get(uri)?.[0], meaning);
  });

  it('lists each limit with its default, and no other', () => {
    const documented = tableOf('limits.md');
    assert.deepEqual([...documented.keys()].sort(), Object.keys(LIMITS).sort());
    for (const [name, value] of Object.entries(LIMITS)) {
      assert.equal(documented.get(name)?.[0], value.toLocaleString('en'), name);
    }
  });
});
