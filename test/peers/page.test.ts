/** docs/conformance.md, where it tells of other routers: equal to what `npm run peers` found. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allChapters } from '../../src/conformance/chapters.ts';
import { cellsOfTable, FEATURES_HEAD, featureCells, readPage, VARYING_HEAD, varyingCells } from './page.ts';
import { PEER_NAMES } from './peer-routers.ts';
import { readVerdicts } from './verdicts.ts';

const VERDICTS = readVerdicts();
const REMEDY = 'npm run peers -- --page puts it right';
const FEATURE_OF = new Map(
  [...allChapters().values()].flatMap(({ scenarios }) => scenarios).map(({ id, feature }) => [id, feature]),
);

/** What a cell names: `a.b.*`, `.c` for `a.c`. */
function patternsOf(cell: string): RegExp[] {
  let chapter = '';
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => {
    if (!name.startsWith('.')) chapter = name.slice(0, name.indexOf('.'));
    const whole = name.startsWith('.') ? `${chapter}${name}` : name;
    return new RegExp(`^${whole.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  });
}

/** The differences that the page explains, of a router: the scenarios of each. */
function explained(name: string): RegExp[][] {
  const page = readPage();
  const section = page.slice(page.indexOf(`\n### ${name}\n`));
  return cellsOfTable(section, ['What it does', 'Scenarios', 'Right']).map(([, cell = '']) => patternsOf(cell));
}

describe('docs/conformance.md', () => {
  it('tells of each feature how many scenarios pass', () => {
    assert.deepEqual(cellsOfTable(readPage(), FEATURES_HEAD), featureCells(VERDICTS), REMEDY);
  });

  it('tells what fails not everywhere, or not every time', () => {
    assert.deepEqual(cellsOfTable(readPage(), VARYING_HEAD), varyingCells(VERDICTS), REMEDY);
  });

  for (const name of PEER_NAMES) {
    const { failed, lost, varying, announced } = VERDICTS[name];
    const all = [...failed, ...lost, ...Object.keys(varying)];

    it(`explains each difference of ${name} in what it announces, or must do anyway`, () => {
      const patterns = explained(name).flat();
      const counted = all.filter((id) => {
        const feature = FEATURE_OF.get(id);
        return feature !== undefined && (feature === null || announced.includes(feature));
      });
      assert.deepEqual(
        counted.filter((id) => !patterns.some((pattern) => pattern.test(id))),
        [],
      );
    });

    it(`explains nothing of ${name} that passes`, () => {
      for (const patterns of explained(name)) {
        for (const pattern of patterns)
          assert.ok(
            all.some((id) => pattern.test(id)),
            String(pattern),
          );
      }
    });
  }
});
