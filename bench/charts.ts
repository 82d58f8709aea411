import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BarGroup, barChart, type Ratio, ratioChart } from './bar-chart.ts';
import { times, written } from './markdown.ts';
import { advantage, find, headlineOf, targetsOf } from './ratios.ts';
import type { Row } from './run.ts';
import { medians, type Sample } from './sample.ts';
import type { Scenario } from './scenario.ts';

/** The rows of which CPU is drawn: of all of them nobody would find these. */
const DRAWN: ReadonlySet<string> = new Set([
  'calls-16x16',
  'calls-16x16-json',
  'calls-64x1',
  'calls-64x1-json',
  'events-1000x8',
  'events-1000x8-json',
  'events-1000x1',
  'events-1000x1-json',
  'logins-anonymous',
  'logins-ticket',
  'logins-wampcra',
  'logins-dynamic',
]);

function scenariosOf(rows: readonly Row[]): readonly Scenario[] {
  return [...new Map(rows.map(({ scenario }) => [scenario.id, scenario])).values()];
}

function ratiosTo(rows: readonly Row[], peer: string): readonly Ratio[] {
  const { own } = targetsOf(rows);
  return scenariosOf(rows).flatMap((scenario) => {
    const ratio = advantage(find(rows, own, scenario.id), find(rows, peer, scenario.id));
    if (ratio === null) return [];
    const { figure, words } = headlineOf(scenario);
    return [{ name: figure === 'perSecond' ? scenario.id : `${scenario.id} (${words})`, ratio, text: times(ratio) }];
  });
}

/** One figure of some scenarios, by router. */
function groupsOf(
  rows: readonly Row[],
  figure: keyof Sample,
  isDrawn: (scenario: Scenario) => boolean,
  inWords: (value: number) => string,
): readonly BarGroup[] {
  const { own } = targetsOf(rows);
  const groups = scenariosOf(rows.filter(({ scenario }) => isDrawn(scenario))).map(({ id }) => {
    const bars = rows.flatMap(({ target, scenario, samples }) => {
      const value = scenario.id === id ? medians(samples)[figure] : null;
      return value === null ? [] : [{ name: target, value, text: inWords(value), ours: target === own }];
    });
    return { name: id, bars };
  });
  return groups.filter(({ bars }) => bars.length > 0);
}

/** The charts that can be drawn of what was found, by file name. */
export function chartsOf(rows: readonly Row[]): ReadonlyMap<string, string> {
  const charts = new Map<string, string>();
  const { own, peers } = targetsOf(rows);
  for (const peer of peers) {
    const ratios = ratiosTo(rows, peer);
    const title = `How many times better ${own} is than ${peer}`;
    const about = 'operations per second, but where another figure is named; logarithmic; left of 1 it is worse';
    if (ratios.length > 0) charts.set(`ratio-${peer}.svg`, ratioChart({ title, about }, ratios));
  }
  const cpu = groupsOf(
    rows,
    'cpu',
    ({ id }) => DRAWN.has(id),
    (value) => `${written(value, 1)} µs`,
  );
  if (cpu.length > 0) {
    const about = 'µs of all processes; shorter is better; each scenario has a scale of its own';
    charts.set('cpu.svg', barChart({ title: 'CPU of the router for one operation', about }, cpu));
  }
  const memory = groupsOf(
    rows,
    'sessionMemory',
    ({ kind }) => kind === 'idle',
    (value) => `${written(value / 1024, 1)} KB`,
  );
  if (memory.length > 0) {
    const about = 'growth of resident memory for each session that does nothing; shorter is better';
    charts.set('memory.svg', barChart({ title: 'Memory for one idle session', about }, memory));
  }
  return charts;
}

/** Draws them into a folder. @returns the files. @throws Error where one cannot be written */
export function writeCharts(folder: string, rows: readonly Row[]): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return [...chartsOf(rows)].map(([name, svg]) => {
    const file = join(folder, name);
    writeFileSync(file, svg);
    return file;
  });
}
