/** Each sentence of the specification that demands something is proven, or has a reason why it is not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { allChapters } from '../../src/conformance/chapters.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { DEVIATIONS } from './deviations.ts';
import { type AuditedSentence, readAudit } from './spec-audit.ts';
import { sentencesOf } from './spec-sentences.ts';

const { chapters, outside } = readAudit();
const ROWS = Object.entries(chapters).flatMap(([file, rows]) => rows.map((row) => [file, row] as const));
const CHAPTERS = allChapters();

function hasScenario(name: string): boolean {
  const [file = '', clause = ''] = name.split('/');
  return CHAPTERS.get(file)?.scenarios.some(({ clauseId }) => clauseId === clause) ?? false;
}

/** Whether all scenarios of a clause are among those that our router does not pass. */
function onlyDeviates(name: string): boolean {
  const [file = '', clause = ''] = name.split('/');
  const ofIt = CHAPTERS.get(file)?.scenarios.filter(({ clauseId }) => clauseId === clause) ?? [];
  return ofIt.every(({ id }) => DEVIATIONS.has(id));
}

function hasTest(name: string): boolean {
  const [file = '', ...title] = name.split(': ');
  return readFileSync(join(repositoryRoot(), file), 'utf8').includes(title.join(': '));
}

describe('the audit of the specification', () => {
  it('has for each sentence clauses with scenarios, tests that there are, or a reason, and one of them', () => {
    for (const [file, { heading, says, clauses, tests, reason }] of ROWS) {
      const where = `${file}, ${heading}: ${says}`;
      assert.equal([clauses, tests, reason].filter((proof) => proof !== undefined).length, 1, where);
      assert.notEqual((clauses ?? tests ?? reason)?.length, 0, where);
      for (const name of clauses ?? []) assert.ok(hasScenario(name), `${where}: no scenario of ${name}`);
      for (const name of tests ?? []) assert.ok(hasTest(name), `${where}: no test ${name}`);
    }
  });

  it('has each sentence once, in a few words of our own', () => {
    const keys = ROWS.map(([file, { heading, hash }]) => `${file} ${heading} ${hash}`);
    assert.equal(new Set(keys).size, keys.length);
    for (const [file, { hash, says }] of ROWS) {
      assert.match(hash, /^[\da-f]{12}$/);
      assert.ok(says !== '' && says.split(' ').length <= 12, `${file}: ${says}`);
      assert.equal(outside[file], undefined, file);
    }
  });

  it('names each clause that demands something, and is tried', () => {
    const named = new Set(ROWS.flatMap(([, { clauses = [] }]) => clauses));
    for (const [file, { clauses }] of CHAPTERS) {
      for (const [id, { level, untried }] of clauses) {
        if (untried !== undefined || (level !== 'MUST' && level !== 'SHOULD')) continue;
        assert.ok(named.has(`${file}/${id}`), `${file}/${id} is ${level}, and no sentence says so`);
      }
    }
  });

  it('is summed up in docs/conformance.md', () => {
    const count = (key: keyof AuditedSentence): number => ROWS.filter(([, row]) => row[key] !== undefined).length;
    const deviates = ROWS.filter(([, { clauses = [] }]) => clauses.some(onlyDeviates)).length;
    const sentence =
      `${ROWS.length} sentences: ${count('clauses')} are tried by scenarios, ${count('tests')} by other tests, and ` +
      `${count('reason')} have a reason why there is nothing to try. ` +
      `From ${deviates} Turnpike deviates`;
    const page = readFileSync(join(repositoryRoot(), 'docs/conformance.md'), 'utf8').replace(/\s+/g, ' ');
    assert.ok(page.includes(sentence), sentence);
  });
});

describe('sentences that demand something', () => {
  function found(markdown: string): string[] {
    return sentencesOf(markdown).map(({ heading, text }) => `${heading}: ${text}`);
  }

  it('are found below their headings, in items and over several lines', () => {
    const text = [
      '## A title {#anchor}',
      'A peer MUST do this, e.g. so. It may do that.',
      '* `Items` must',
      '  go on.',
      '* Others do not.',
      '**In bold:**',
      'One shall _not_. REQUIRED is this.',
    ];
    assert.deepEqual(found(text.join('\n')), [
      'A title: A peer MUST do this, e.g. so.',
      'A title: Items must go on.',
      'In bold: One shall not.',
      'In bold: REQUIRED is this.',
    ]);
  });

  it('are not looked for in code and tables, nor where something is merely required', () => {
    assert.deepEqual(found('# x\n| must | be |\n{align="must"}\n```\nit must\n```\nIt is required.\n'), []);
  });

  it('are the same whatever their markup', () => {
    const hashes = ['A `peer` MUST\n*go* on.', '> A peer must go on.', '1. A _peer_ MUST go on.'].flatMap((text) =>
      sentencesOf(text).map(({ hash }) => hash),
    );
    assert.equal(hashes.length, 3);
    assert.equal(new Set(hashes).size, 1);
  });
});
