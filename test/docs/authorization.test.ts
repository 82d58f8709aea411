/** The texts of docs/authorization.md for decisions that nobody could make, held equal to the code's. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../support/repository-root.ts';
import { Page } from './page.ts';

const PAGE = new Page('docs/authorization.md');

function source(file: string): string {
  return readFileSync(join(repositoryRoot(), 'src', 'authorization', file), 'utf8');
}

/** The pieces of code in the first column: one text each, or several. */
const TEXTS = PAGE.table('When it cannot decide').flatMap(([cell = '']) => cell.split('`, `'));

describe('docs/authorization.md: when it cannot decide', () => {
  it('has all texts of the router, but the one that nobody is there to read', () => {
    const [, block = ''] = /const FAILURES = \{\n([\s\S]*?)\n\} as const/.exec(source('asking-authorizer.ts')) ?? [];
    const texts = [...block.matchAll(/^ {2}(\w+): '(.*)',$/gm)].flatMap(([, name, text = '']) => {
      return name === 'gone' ? [] : [text];
    });
    assert.equal(texts.length, 5);
    assert.deepEqual(TEXTS.filter((text) => !/Authorizer/.test(text)).sort(), texts.sort());
  });

  it("has examples of what it says of answers, in the code's words", () => {
    const code = source('answer.ts');
    const examples = TEXTS.filter((text) => /Authorizer/.test(text));
    assert.ok(examples.length > 0);
    for (const example of examples) {
      const words = example.replaceAll('`', '').replace(/ …$/, '').replace(/'x'$/, "'");
      assert.ok(code.includes(words), example);
    }
  });
});
