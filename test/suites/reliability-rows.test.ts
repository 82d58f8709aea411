/** Each attack and fault of the list has a test that names it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../support/repository-root.ts';
import { RELIABILITY_ROWS } from './reliability-rows.ts';

/** The first argument of a test or suite, where it is written out. */
const TITLE = /\b(?:it|describe)\(\s*(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)/g;
/** Titles that take the row from a table have it as the first of each entry: `[118, 'what', …]`. */
const ENTRY = /^ *\[(\d{2,3}), ['`]/gm;

function rowsNamedIn(source: string): number[] {
  return [...source.matchAll(TITLE)].flatMap(([, plain, template]) => {
    const title = plain ?? template ?? '';
    const entries = /\[row \$\{row\}\]/.test(title) ? [...source.matchAll(ENTRY)].map(([, row]) => Number(row)) : [];
    return [...entries, ...[...title.matchAll(/\[row (\d+)\]/g)].map(([, row]) => Number(row))];
  });
}

/** What is run, by `npm test` or by hand. */
function sourcesOfTests(): string[] {
  const folder = join(repositoryRoot(), 'test');
  return readdirSync(folder)
    .filter((name) => !['interop', 'suites'].includes(name))
    .flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)))
    .filter((file) => /\.(test|system)\.ts$/.test(file))
    .map((file) => readFileSync(file, 'utf8'));
}

describe('attacks and faults around logins', () => {
  const named = new Set(sourcesOfTests().flatMap(rowsNamedIn));

  for (const [row, what] of RELIABILITY_ROWS) {
    it(`row ${row} has a test: ${what}`, () => assert.ok(named.has(row)));
  }

  it('titles are found however they are written', () => {
    const source = [
      "it('[row 24] [row 25] one', () => {});",
      `it(\`[row 26] \${what}\`, () => {});`,
      'describe(\n  "[row 27] in other quotes", () => {});',
      "// it says [row 28]\nconst [row 29] = 'x';",
    ].join('\n');
    assert.deepEqual(rowsNamedIn(source), [24, 25, 26]);
    assert.deepEqual(rowsNamedIn(`  [118, 'what', 7],\n  it(\`[row \${row}] that\`, () => {})`), [118]);
  });
});
