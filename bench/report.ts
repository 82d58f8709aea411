import type { Sample } from './measure.ts';
import type { Scenario } from './scenarios.ts';

/** What became of a scenario. */
export interface Row {
  readonly scenario: Scenario;
  readonly samples: readonly Sample[];
  /** Why there are not more samples; null where all was well. */
  readonly failure: string | null;
}

/** A load process that used so much of a core may have been the limit. */
export const LOAD_LIMIT = 0.9;

function middle(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length >> 1;
  const upper = sorted[half];
  const lower = sorted[half - 1];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

function known(values: readonly (number | null)[]): readonly number[] {
  return values.filter((value) => value !== null);
}

/** The median of each figure by itself; null where no sample has it. */
export type Medians = { readonly [Figure in keyof Sample]: number | null };

export function medians(samples: readonly Sample[]): Medians {
  const of = (figure: keyof Sample): number | null => middle(known(samples.map((sample) => sample[figure])));
  return {
    perSecond: of('perSecond'),
    cpu: of('cpu'),
    p50: of('p50'),
    p99: of('p99'),
    routerCores: of('routerCores'),
    loadCores: of('loadCores'),
    memory: of('memory'),
  };
}

const NOT_KNOWN = '–';
const MEBIBYTE = 1024 * 1024;

function written(value: number | null, digits: number): string {
  if (value === null) return NOT_KNOWN;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const HEADINGS = ['scenario', 'what', 'per second', 'CPU µs', 'p50 µs', 'p99 µs', 'router cores', 'load cores', 'MB'];

function cells({ scenario, samples, failure }: Row): readonly string[] {
  const { id, title } = scenario;
  if (samples.length === 0)
    return [id, `${title}: **failed**: ${failure ?? 'no samples'}`, ...Array(7).fill(NOT_KNOWN)];
  const { perSecond, cpu, p50, p99, routerCores, loadCores, memory } = medians(samples);
  const limited = (loadCores ?? 0) > LOAD_LIMIT ? ' \\*' : '';
  return [
    id,
    failure === null ? title : `${title}: **failed after ${samples.length} of its runs**: ${failure}`,
    written(perSecond, 0),
    written(cpu, 2),
    written(p50, 0),
    written(p99, 0),
    written(routerCores, 2),
    `${written(loadCores, 2)}${limited}`,
    written(memory === null ? null : memory / MEBIBYTE, 0),
  ];
}

const LEGEND = `Per second: calls answered, events received, logins welcomed. CPU: of the router's processes, per each of these
(a call is four messages). Cores: how many the router and the busiest load process used.`;
const LIMITED = `\\* The load process was busy all the time: the router may be faster than "per second" says; its CPU
is not affected.`;

/** The table, in Markdown. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => `| ${cells(row).join(' | ')} |`);
  const rule = HEADINGS.map((_, index) => (index < 2 ? '---' : '---:'));
  const notes = lines.some((line) => line.includes('\\*')) ? `${LEGEND}\n${LIMITED}` : LEGEND;
  return [`| ${HEADINGS.join(' | ')} |`, `| ${rule.join(' | ')} |`, ...lines, '', notes, ''].join('\n');
}
