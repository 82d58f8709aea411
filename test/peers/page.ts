/** The tables of docs/conformance.md that tell of other routers, of what `verdicts.json` has. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allChapters } from '../../src/conformance/chapters.ts';
import { SPEC_FEATURES } from '../../src/conformance/spec-features.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { PEER_NAMES } from './peer-routers.ts';
import { type AllVerdicts, type PeerVerdicts, readVerdicts } from './verdicts.ts';

const FILE = join(repositoryRoot(), 'docs', 'conformance.md');

const TRANSPORTS = ['WebSocket', 'RawSocket'];

type Cells = readonly string[];

export const FEATURES_HEAD: Cells = ['Feature', ...PEER_NAMES];
export const VARYING_HEAD: Cells = ['Router', 'Scenarios', 'Failed'];

export function readPage(): string {
  return readFileSync(FILE, 'utf8');
}

/** Passed of tried by chapter of the Basic Profile and by feature; `3–5/9` where two of nine pass sometimes. */
export function featureCells(verdicts: AllVerdicts): Cells[] {
  const chapters = [...allChapters().values()];
  const scenarios = chapters.flatMap(({ scenarios: all }) => all);
  const row = (title: string, feature: string | null, ids: readonly string[]): Cells => [
    title,
    ...PEER_NAMES.map((name) => scoreText(verdicts[name], feature, ids)),
  ];
  const basic = new Map<string, string[]>();
  for (const { id, feature, chapter } of scenarios) {
    if (feature === null) basic.set(chapter, [...(basic.get(chapter) ?? []), id]);
  }
  const features = SPEC_FEATURES.map(({ id: feature }) => ({
    feature,
    ids: scenarios.filter((scenario) => scenario.feature === feature).map(({ id }) => id),
  }));
  return [
    ...[...basic].map(([chapter, ids]) => row(chapter, null, ids)),
    ...features.map(({ feature, ids }) => row(`\`${feature}\``, feature, ids)),
  ].filter(([, ...scores]) => scores.some((score) => score !== ''));
}

function scoreText({ announced, ...verdicts }: PeerVerdicts, feature: string | null, ids: readonly string[]): string {
  const { passed, failed, lost, varying } = verdicts;
  const always = ids.filter((id) => passed.includes(id)).length;
  const sometimes = ids.filter((id) => Object.values(varying[id] ?? {}).some((runs) => runs.includes('p'))).length;
  const never = ids.filter((id) => failed.includes(id) || lost.includes(id)).length;
  if (always + sometimes + never === 0) return '';
  const score = `${always}${sometimes === 0 ? '' : `–${always + sometimes}`}/${always + sometimes + never}`;
  return feature === null || announced.includes(feature) ? score : `not announced, ${score}`;
}

/** What does not fail everywhere and every time, or is the router's end; scenarios that are alike in one row. */
export function varyingCells(verdicts: AllVerdicts): Cells[] {
  return PEER_NAMES.flatMap((name) => {
    const { lost, varying } = verdicts[name];
    const byText = new Map<string, string[]>();
    const add = (text: string, id: string): void => {
      byText.set(text, [...(byText.get(text) ?? []), id]);
    };
    for (const id of lost) add('always; its process ends', id);
    for (const [id, byPair] of Object.entries(varying)) add(whereText(byPair), id);
    return [...byText].map(([text, ids]) => [name, namesText(ids), text]);
  });
}

/** `a.b`, `.c` for `a.c`. */
function namesText(ids: readonly string[]): string {
  const chapterOf = (id = ''): string => id.slice(0, id.indexOf('.'));
  return ids
    .map((id, at) => (chapterOf(id) === chapterOf(ids[at - 1]) ? id.slice(chapterOf(id).length) : id))
    .map((name) => `\`${name}\``)
    .join(', ');
}

function whereText(byPair: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(byPair);
  const lost = pairs.map(([, runs]) => runs.replace(/[^l]/g, '')).join('').length;
  const ends = lost === 0 ? '' : `; its process ends ${lost} times`;
  const isMixed = pairs.some(([, runs]) => new Set(runs).size > 1);
  const places = isMixed ? timesByTransport(pairs) : placesOf(pairs);
  return `${places.join('; ')}${ends}`;
}

/** How often it fails over each transport. */
function timesByTransport(pairs: readonly (readonly [string, string])[]): string[] {
  return TRANSPORTS.flatMap((transport) => {
    const runs = pairs.filter(([pair]) => pair.startsWith(transport)).map(([, letters]) => letters);
    const all = runs.join('');
    const failed = all.replaceAll('p', '').length;
    if (failed === 0) return [];
    return [`${transport}: ${failed === all.length ? 'always' : `${failed} of ${all.length} times`}`];
  });
}

/** Over which kinds of connection it fails, where it does so each time. */
function placesOf(pairs: readonly (readonly [string, string])[]): string[] {
  const failing = new Set(pairs.filter(([, runs]) => !runs.includes('p')).map(([pair]) => pair));
  for (const transport of TRANSPORTS) {
    const its = pairs.map(([pair]) => pair).filter((pair) => pair.startsWith(transport));
    if (its.length === failing.size && its.every((pair) => failing.has(pair))) return [`${transport}: always`];
  }
  return [...failing].map((pair) => `${pair}: always`);
}

/** Columns are as wide as their widest cell, as the formatter has it. */
function tableText(head: Cells, rows: readonly Cells[]): string {
  const widths = head.map((_name, at) => Math.max(...[head, ...rows].map((row) => (row[at] ?? '').length)));
  const line = (cells: Cells, fill = ' '): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0, fill)).join(' | ')} |\n`;
  const rule = line(
    head.map(() => ''),
    '-',
  );
  return line(head) + rule + rows.map((row) => line(row)).join('');
}

/** The cells of the table that begins with these; the spaces around them are the formatter's. */
export function cellsOfTable(page: string, head: Cells): Cells[] {
  return linesOfTable(page, head)
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function linesOfTable(page: string, head: Cells): string[] {
  const lines = page.split('\n');
  const cells = (line: string): string => line.replace(/\s*\|\s*/g, '|').trim();
  const begin = lines.findIndex((line) => cells(line) === `|${head.join('|')}|`);
  if (begin === -1) throw new Error(`docs/conformance.md has no table of ${head.join(', ')}`);
  const length = lines.slice(begin).findIndex((line) => !line.startsWith('|'));
  return lines.slice(begin, begin + length);
}

/** Puts the tables in the place of those that are there. */
export function writePage(): void {
  const verdicts = readVerdicts();
  let page = readPage();
  for (const [head, rows] of [
    [FEATURES_HEAD, featureCells(verdicts)],
    [VARYING_HEAD, varyingCells(verdicts)],
  ] as const) {
    page = page.replace(`${linesOfTable(page, head).join('\n')}\n`, () => tableText(head, rows));
  }
  writeFileSync(FILE, page);
}
