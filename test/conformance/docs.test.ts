/** The pages that say what works, equal to what WELCOME announces and to the scenarios that there are. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { allChapters } from '../../src/conformance/chapters.ts';
import { SPEC_FEATURES } from '../../src/conformance/spec-features.ts';
import { routerRoles } from '../../src/wamp/features.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { AUTH, RESTRICTED } from './conformance-fixture.ts';
import { DEVIATIONS } from './deviations.ts';

const SCENARIOS = [...allChapters().values()].flatMap(({ scenarios }) => scenarios);

const ANNOUNCED = new Set(
  Object.entries(routerRoles({ metaApi: true, history: true, trust: true })).flatMap(([role, details]) =>
    Object.keys((details as { features: object }).features).map((name) => `${role}.${name}`),
  ),
);

/** Announced as Crossbar.io does, and no word of the specification's. */
const BEYOND_SPEC = ['payload_transparency', 'payload_encryption_cryptobox'];

function page(name: string): string {
  return readFileSync(join(repositoryRoot(), 'docs', name), 'utf8');
}

/** `12 (call-timeout, rpc)`: how many scenarios, of which files. */
function proof(of: (scenario: (typeof SCENARIOS)[number]) => boolean): string {
  const scenarios = SCENARIOS.filter(of);
  if (scenarios.length === 0) return '';
  const files = new Set(scenarios.map(({ id }) => id.slice(0, id.indexOf('.'))));
  return `${scenarios.length} (${[...files].sort().join(', ')})`;
}

function line(...cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
}

function tableLines(text: string): string[] {
  const lines = text.split('\n').filter((row) => row.startsWith('| ') && !/^\| (Feature|Chapter|-)/.test(row));
  return lines.map((row) => row.replace(/ +(?=\|)/g, ' '));
}

describe('docs/features.md', () => {
  it('tells of each chapter and feature what WELCOME announces, and the scenarios that prove it', () => {
    const basic = [...allChapters()].filter(([, { feature }]) => feature === null);
    const expected = [
      ...basic.map(([file, { title, source }]) =>
        line(
          title,
          `\`${source}\``,
          proof(({ id, feature }) => feature === null && id.startsWith(`${file}.`)),
        ),
      ),
      ...SPEC_FEATURES.map(({ id, title, stability }) =>
        line(
          `\`${id}\``,
          title,
          stability,
          ANNOUNCED.has(id) ? 'yes' : 'no',
          proof(({ feature }) => feature === id),
        ),
      ),
    ];
    const lines = expected.join('\n');
    assert.equal(tableLines(page('features.md')).join('\n'), lines, `the lines of its tables are to be:\n${lines}`);
    const beyond = [...ANNOUNCED].filter((id) => !SPEC_FEATURES.some((feature) => feature.id === id));
    for (const id of beyond) {
      assert.ok(
        BEYOND_SPEC.some((name) => id.endsWith(`.${name}`)),
        `${id} is neither in the specification nor known`,
      );
    }
  });
});

describe('docs/conformance.md', () => {
  it('lists where our router deviates, and why', () => {
    const text = page('conformance.md');
    const listed = new Map(
      [...text.matchAll(/^\| `([a-z\d-]+\.[a-z\d.-]+)` +\| (.+?) +\|$/gm)].map(([, id, why]) => [id, why]),
    );
    assert.deepEqual(listed, DEVIATIONS);
  });

  it('names scenarios that there are, where it tells of other routers', () => {
    const rows = page('conformance.md').slice(page('conformance.md').indexOf('### Crossbar.io')).split('\n');
    const cells = rows.filter((row) => row.startsWith('| ')).map((row) => row.split('|')[2] ?? '');
    for (const cell of cells) {
      let chapter = '';
      for (const [, name = ''] of cell.matchAll(/`([^`]+)`/g)) {
        // `.malformed.*` goes on in the chapter of the name before.
        if (!name.startsWith('.')) chapter = name.slice(0, name.indexOf('.'));
        const whole = name.startsWith('.') ? `${chapter}${name}` : name;
        const pattern = new RegExp(`^${whole.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
        assert.ok(
          SCENARIOS.some(({ id }) => pattern.test(id)),
          whole,
        );
      }
    }
  });

  it('has the users that scenarios log in as, and the roles of those who may less', () => {
    const blocks = [...page('conformance.md').matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    const block = blocks.find((text) => text.includes('"auth"')) ?? '';
    assert.deepEqual(JSON.parse(block), { auth: AUTH });
    const roles = blocks.find((text) => text.includes('"roles"')) ?? '';
    assert.deepEqual(JSON.parse(roles), { roles: RESTRICTED });
  });

  it('says how many clauses and scenarios there are', () => {
    const clauses = [...allChapters().values()].flatMap((chapter) => [...chapter.clauses.values()]);
    const tried = clauses.filter(({ untried }) => untried === undefined).length;
    const sentence = `${SCENARIOS.length} scenarios try ${tried} clauses; ${clauses.length - tried} clauses cannot be tried`;
    assert.ok(page('conformance.md').includes(sentence), sentence);
  });
});
