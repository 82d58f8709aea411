/** The page of other clients, equal to `test/interop/features.json`, and naming tests that there are. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../support/repository-root.ts';

interface Row {
  /** As HELLO has it, `caller.call_canceling`; or in words, where clients have nothing to announce. */
  readonly feature: string;
  readonly clients: Readonly<Record<string, { readonly announced: boolean; readonly note?: string }>>;
  /** Titles of tests, by file. */
  readonly tests: Readonly<Record<string, readonly string[]>>;
}

const CLIENTS = ['Autobahn|Python', 'Autobahn|JS', 'wampy'];
const ROOT = repositoryRoot();
const PAGE = readFileSync(join(ROOT, 'docs', 'interoperability.md'), 'utf8');
const { features: ROWS } = JSON.parse(readFileSync(join(ROOT, 'test', 'interop', 'features.json'), 'utf8')) as {
  features: readonly Row[];
};

/** Where the tests are that the page names. */
const SOURCES = new Map(
  ['interop', 'system', 'transports'].flatMap((folder) =>
    readdirSync(join(ROOT, 'test', folder))
      .filter((name) => /\.(?:test|system)\.(?:ts|js)$/.test(name))
      .map((name) => [name.replace(/ts$/, 'js'), readFileSync(join(ROOT, 'test', folder, name), 'utf8')] as const),
  ),
);

function cell({ clients }: Row, name: string): string {
  const client = clients[name];
  if (client === undefined) return '–';
  const { announced, note } = client;
  return `${announced ? 'yes' : 'offered'}${note === undefined ? '' : `: ${note}`}`;
}

function line(row: Row): string {
  const name = /^[a-z]+\.[a-z_]+$/.test(row.feature) ? `\`${row.feature}\`` : row.feature;
  const tests = Object.keys(row.tests).map((file) => `\`${file}\``);
  return `| ${[name, ...CLIENTS.map((client) => cell(row, client)), tests.join(', ')].join(' | ')} |`;
}

function section(heading: string): string {
  const begin = PAGE.indexOf(`\n${heading}\n`);
  assert.notEqual(begin, -1, heading);
  const end = PAGE.indexOf('\n## ', begin + 1);
  return PAGE.slice(begin, end === -1 ? undefined : end);
}

describe('docs/interoperability.md', () => {
  it('lists the features of each client, as they are tried', () => {
    const lines = section('## Features')
      .split('\n')
      .filter((text) => text.startsWith('| ') && !/^\| (?:Feature|-)/.test(text))
      .map((text) => text.replace(/ +(?=\|)/g, ' ').replace(/\\\|/g, '|'));
    const expected = ROWS.map((row) => line(row).replace(/ +(?=\|)/g, ' '));
    assert.equal(lines.join('\n'), expected.join('\n'), `the lines of its table are to be:\n${expected.join('\n')}`);
  });

  it('says of each feature that is announced which test tries it, or why none does', () => {
    for (const { feature, clients, tests } of ROWS) {
      for (const [file, titles] of Object.entries(tests)) {
        for (const title of titles) assert.ok(SOURCES.get(file)?.includes(title), `${file}: ${title}`);
      }
      const isTried = Object.values(tests).some(({ length }) => length > 0);
      const reasons = Object.values(clients).map(({ note }) => note ?? '');
      assert.ok(isTried || reasons.every((note) => note.startsWith('not tried: ')), feature);
    }
  });

  it('names files that there are, where it tells of logins', () => {
    const named = [...section('## Logins').matchAll(/`([a-z-]+\.(?:test|system))\.(?:js|ts)`/g)];
    assert.ok(named.length > 10);
    for (const [, file] of named) assert.ok(SOURCES.has(`${file}.js`), file);
  });
});
