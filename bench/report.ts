import { markdownTable, NOT_KNOWN, written } from './markdown.ts';
import { baseLines, ratioTable } from './ratios.ts';
import type { Row } from './run.ts';
import { medians } from './sample.ts';
import type { Scenario } from './scenario.ts';

/** A load process that used so much of a core may have been the limit. */
const LOAD_LIMIT = 0.9;

/** Whether the load may have been the limit. One that is paced looks at the clock all the time. */
export function isLoadLimited({ scenario, samples }: Row): boolean {
  return scenario.kind !== 'paced' && (medians(samples).loadCores ?? 0) > LOAD_LIMIT;
}

const MEBIBYTE = 1024 * 1024;
const KIBIBYTE = 1024;

interface Layout {
  /** Behind the name of the scenario and what it is. */
  readonly headings: readonly string[];
  readonly cells: (row: Row) => readonly string[];
}

const LOAD_LAYOUT: Layout = {
  headings: ['per second', 'CPU µs', 'p50 µs', 'p99 µs', 'router cores', 'load cores', 'MB'],
  cells(row) {
    const { perSecond, cpu, p50, p99, routerCores, loadCores, memory } = medians(row.samples);
    return [
      written(perSecond, 0),
      written(cpu, 2),
      written(p50, 0),
      written(p99, 0),
      written(routerCores, 2),
      `${written(loadCores, 2)}${isLoadLimited(row) ? ' \\*' : ''}`,
      written(memory === null ? null : memory / MEBIBYTE, 0),
    ];
  },
};

const STATE_LAYOUT: Layout = {
  headings: ['KB per session', 'MB', 'start-up ms'],
  cells({ samples }) {
    const { sessionMemory, memory, startUp } = medians(samples);
    return [
      written(sessionMemory === null ? null : sessionMemory / KIBIBYTE, 1),
      written(memory === null ? null : memory / MEBIBYTE, 0),
      written(startUp, 0),
    ];
  },
};

const LAYOUTS: Readonly<Record<Scenario['kind'], Layout>> = {
  calls: LOAD_LAYOUT,
  paced: LOAD_LAYOUT,
  events: LOAD_LAYOUT,
  logins: LOAD_LAYOUT,
  echo: LOAD_LAYOUT,
  'fan-out': LOAD_LAYOUT,
  idle: STATE_LAYOUT,
  start: STATE_LAYOUT,
};

function about({ scenario, samples, failure }: Row): string {
  if (failure === null) return scenario.title;
  if (samples.length === 0) return `${scenario.title}: **failed**: ${failure}`;
  return `${scenario.title}: **failed after ${samples.length} of its runs**: ${failure}`;
}

/** @param second what is beside the name of a scenario: what it is, or which router it was */
function tableOf(layout: Layout, rows: readonly Row[], second: 'what' | 'router'): string {
  const lines = rows.map((row) => [
    row.scenario.id,
    second === 'what' ? about(row) : row.target,
    ...(row.samples.length === 0 ? layout.headings.map(() => NOT_KNOWN) : layout.cells(row)),
  ]);
  return markdownTable(['scenario', second, ...layout.headings], lines, 2);
}

/** Why figures are not there, each reason once. */
export function gaps(rows: readonly Row[]): string {
  const reasons = new Map<string, string[]>();
  for (const { target, scenario, failure, leftOut } of rows) {
    if (leftOut === null && failure === null) continue;
    const reason = `${target} ${leftOut ?? `**failed**: ${failure}`}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), scenario.id]);
  }
  return [...reasons].map(([reason, ids]) => `- ${reason} (${ids.join(', ')})\n`).join('');
}

const LEGEND = `Per second: calls answered, events received, logins welcomed. CPU: of the router's processes, per each of these
(a call is four messages). Cores: how many the router and the busiest load process used.
`;
const LIMITED = `\\* The load process was busy all the time: the router may be faster than "per second" says; its CPU
is not affected.
`;

function legend(rows: readonly Row[]): string {
  return rows.some(isLoadLimited) ? LEGEND + LIMITED : LEGEND;
}

/** All that was found, in Markdown. What was left out is told of only where there are several routers. */
export function report(all: readonly Row[]): string {
  const severalTargets = new Set(all.map(({ target }) => target)).size > 1;
  const rows = all.filter(({ leftOut }) => leftOut === null);
  const parts = [LOAD_LAYOUT, STATE_LAYOUT].flatMap((layout) => {
    const own = rows.filter(({ scenario }) => LAYOUTS[scenario.kind] === layout);
    if (own.length === 0) return [];
    const table = tableOf(layout, own, severalTargets ? 'router' : 'what');
    return layout === LOAD_LAYOUT ? [table, legend(own)] : [table];
  });
  const beside = severalTargets ? [ratioTable(all), gaps(all)] : [];
  return [...parts, ...baseLines(rows), ...beside].filter((part) => part !== '').join('\n');
}
