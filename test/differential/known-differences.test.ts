import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../support/repository-root.ts';
import { compare } from './compare.ts';
import { KNOWN_DIFFERENCES, knownAs, outdated } from './known-differences.ts';
import { normalise } from './normalise.ts';
import { differencesPage } from './page.ts';
import type { Transcript } from './visit.ts';

const WELCOME: Transcript = [
  { name: 'WELCOME', value: { session: 5_412_345_678, authid: 'joe', roles: { dealer: {} } } },
];

describe('docs/differences-from-crossbar.md', () => {
  it('is what the known differences say', () => {
    const page = readFileSync(join(repositoryRoot(), 'docs', 'differences-from-crossbar.md'), 'utf8');
    assert.equal(page, differencesPage(), 'it is made by: node dist/test/differential/write-page.js');
  });

  it('gives each difference a reason and a pattern, and no pipe that would end a cell', () => {
    for (const { patterns, ...texts } of KNOWN_DIFFERENCES) {
      assert.ok(patterns.length > 0, texts.what);
      for (const text of Object.values(texts)) assert.match(text, /^[^|\n]+$/, texts.what);
    }
  });
});

describe('a comparison', () => {
  it('finds nothing where only what is at random differs', () => {
    const session = [{ name: 'WELCOME', value: { session: 17_000_000_000, authid: 'AC34-34XY-9GHT-LM67-PQRS-TUVW' } }];
    const other = [{ name: 'WELCOME', value: { session: 4_711_000_000, authid: 'GHJK-3333-AAAA-9999-PQRS-4444' } }];
    assert.deepEqual(compare('x', normalise(session), normalise(other)), []);
  });

  it('tells another message, another reason, and another or missing value', () => {
    const abort = (reason: string): Transcript => [{ name: 'ABORT', value: { reason, message: 'no' } }];
    const [one] = compare('x', abort('a.b'), abort('c.d'));
    assert.deepEqual(one, { id: 'x', at: 'course', crossbar: 'ABORT a.b', turnpike: 'ABORT c.d' });
    const other = [{ name: 'WELCOME', value: { session: 5_412_345_678, authid: 'ann' } }];
    assert.deepEqual(compare('x', normalise(WELCOME), normalise(other)), [
      { id: 'x', at: 'WELCOME.authid', crossbar: '"joe"', turnpike: '"ann"' },
      { id: 'x', at: 'WELCOME.roles.dealer', crossbar: '{}', turnpike: 'absent' },
    ]);
  });

  it('tells a session id that is not the one that was told before', () => {
    const run = (second: number): Transcript => [
      { name: 'called', value: { details: { session: 5_412_345_678 } } },
      { name: 'WELCOME', value: { session: second } },
    ];
    const found = compare('x', normalise(run(5_412_345_678)), normalise(run(5_412_345_679)));
    assert.deepEqual(found, [{ id: 'x', at: 'WELCOME.session', crossbar: '"<id 1>"', turnpike: '"<id 2>"' }]);
  });
});

describe('a known difference', () => {
  const goodbye = { id: 'order/goodbye-normal', at: 'GOODBYE.reason' };
  const known = { ...goodbye, crossbar: '"wamp.close.normal"', turnpike: '"wamp.close.goodbye_and_out"' };

  it('is the one of its case, place and values', () => {
    assert.notEqual(knownAs(known), undefined);
    assert.equal(knownAs({ ...known, turnpike: '"wamp.close.other"' }), undefined);
    assert.equal(knownAs({ ...known, at: 'GOODBYE.message' }), undefined);
  });

  it('is outdated where it is not seen', () => {
    const all = outdated([]);
    assert.equal(outdated([known]).length, all.length - 1);
  });
});
