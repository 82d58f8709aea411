import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { barChart, ratioChart } from '../../bench/bar-chart.ts';
import { chartsOf, writeCharts } from '../../bench/charts.ts';
import { readResults } from '../../bench/results-file.ts';
import type { Row } from '../../bench/run.ts';
import { NO_SAMPLE, type Sample } from '../../bench/sample.ts';
import { SCENARIOS } from '../../bench/scenarios.ts';

function row(target: string, id: string, figures: Partial<Sample> | null): Row {
  const scenario = SCENARIOS.find((one) => one.id === id) ?? assert.fail(id);
  const samples = figures === null ? [] : [{ ...NO_SAMPLE, ...figures }];
  return { target, scenario, samples, failure: null, leftOut: figures === null ? 'cannot' : null };
}

const ROWS: readonly Row[] = [
  row('turnpike', 'calls-16x16', { perSecond: 1_000, cpu: 2 }),
  row('nexus', 'calls-16x16', { perSecond: 100, cpu: 20 }),
  row('fox-wamp', 'calls-16x16', null),
  row('turnpike', 'logins-anonymous', { perSecond: 500, cpu: 160 }),
  row('nexus', 'logins-anonymous', { perSecond: 1_000, cpu: 80 }),
  row('turnpike', 'idle-10000', { sessionMemory: 8 * 1024 }),
  row('nexus', 'idle-10000', { sessionMemory: 32 * 1024 }),
];

/** Widths of the bars of a class, in their order. */
function widths(svg: string, name: string): number[] {
  return [...svg.matchAll(new RegExp(`<rect class="${name}"[^>]* width="([\\d.]+)"`, 'g'))].map(([, width]) =>
    Number(width),
  );
}

test('a chart of ratios for each peer with figures, one of CPU, one of memory', () => {
  const charts = chartsOf(ROWS);
  assert.deepEqual([...charts.keys()], ['ratio-nexus.svg', 'cpu.svg', 'memory.svg']);
  const ratios = charts.get('ratio-nexus.svg') ?? '';
  assert.match(ratios, />How many times better turnpike is than nexus</);
  assert.match(ratios, />10\.0 ×<[\s\S]*>0\.50 ×<[\s\S]*>4\.00 ×</);
  assert.match(ratios, />idle-10000 \(memory\)</);
  assert.deepEqual([widths(ratios, 'ours').length, widths(ratios, 'behind').length], [2, 1]);
  assert.match(charts.get('memory.svg') ?? '', />8\.0 KB<[\s\S]*>32\.0 KB</);
});

test('without peers there is nothing to compare', () => {
  assert.deepEqual([...chartsOf(ROWS.filter(({ target }) => target === 'turnpike')).keys()], ['cpu.svg', 'memory.svg']);
  assert.equal(chartsOf([]).size, 0);
});

test('bars are as long as their values, in each group by itself', () => {
  const bar = (value: number, ours: boolean) => ({ name: 'router', value, text: String(value), ours });
  const svg = barChart({ title: 'Title', about: 'about' }, [
    { name: 'one', bars: [bar(1, true), bar(4, false)] },
    { name: 'two', bars: [bar(300, true), bar(-5, false)] },
  ]);
  const [first = 0, second = 0] = widths(svg, 'ours');
  const [longest = 0, none] = widths(svg, 'theirs');
  assert.deepEqual([first * 4, second, none], [longest, longest, 0]);
});

test('equal ratios on both sides of 1 are equally long', () => {
  const svg = ratioChart({ title: 'Title', about: 'about' }, [
    { name: 'better', ratio: 4, text: '4 ×' },
    { name: 'worse', ratio: 0.25, text: '0.25 ×' },
  ]);
  const [[ours = 0], [behind = 0]] = [widths(svg, 'ours'), widths(svg, 'behind')];
  assert.ok(ours > 50 && Math.abs(ours - behind) < 0.02, `${ours} and ${behind}`);
});

test('a picture is the same each time, follows light and dark, and takes no text for markup', () => {
  const draw = (): string =>
    ratioChart({ title: '<b> & "c"', about: 'about' }, [{ name: 'a<b', ratio: 2, text: '2 ×' }]);
  const svg = draw();
  assert.equal(svg, draw());
  assert.match(
    svg,
    /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+" width="\d+" height="\d+" role="img">\n/,
  );
  assert.match(svg, /<title>&lt;b&gt; &amp; &quot;c&quot;<\/title>/);
  assert.match(svg, />a&lt;b<\/text>/);
  assert.match(svg, /@media \(prefers-color-scheme: dark\)/);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
});

test('charts are drawn of a file of results, and of nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'charts-'));
  try {
    const file = join(folder, 'results.json');
    writeFileSync(file, JSON.stringify({ format: 2, results: ROWS }));
    const charts = join(folder, 'deep', 'charts');
    assert.equal(writeCharts(charts, readResults(file).results).length, 3);
    assert.deepEqual(readdirSync(charts).sort(), ['cpu.svg', 'memory.svg', 'ratio-nexus.svg']);
    assert.equal(readFileSync(join(charts, 'cpu.svg'), 'utf8'), chartsOf(ROWS).get('cpu.svg'));
    writeFileSync(file, '{"format":1,"results":[]}');
    assert.throws(() => readResults(file), /holds no results of this bench/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
