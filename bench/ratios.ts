import { markdownTable, times } from './markdown.ts';
import type { Row } from './run.ts';
import { medians, type Sample } from './sample.ts';
import type { Scenario } from './scenario.ts';

/** The figure that a scenario is about, and how it is better. */
interface Headline {
  readonly figure: keyof Sample;
  readonly better: 'more' | 'less';
  readonly words: string;
}

const MORE_OPERATIONS: Headline = { figure: 'perSecond', better: 'more', words: 'per second' };

const HEADLINES: Readonly<Record<Scenario['kind'], Headline>> = {
  calls: MORE_OPERATIONS,
  events: MORE_OPERATIONS,
  logins: MORE_OPERATIONS,
  echo: MORE_OPERATIONS,
  'fan-out': MORE_OPERATIONS,
  paced: { figure: 'p99', better: 'less', words: 'p99' },
  idle: { figure: 'sessionMemory', better: 'less', words: 'memory' },
  start: { figure: 'startUp', better: 'less', words: 'time' },
};

export function headlineOf({ kind }: Scenario): Headline {
  return HEADLINES[kind];
}

export function quotient(one: number | null, other: number | null): number | null {
  return one === null || other === null || other <= 0 ? null : one / other;
}

/** How many times better we are than a peer; null where that is not known. */
export function advantage(ours: Row | undefined, peer: Row | undefined): number | null {
  if (ours === undefined || peer === undefined) return null;
  const { figure, better } = headlineOf(ours.scenario);
  const [own, other] = [medians(ours.samples)[figure], medians(peer.samples)[figure]];
  return better === 'more' ? quotient(own, other) : quotient(other, own);
}

/** How many times more CPU a peer takes for one operation. */
export function cpuAdvantage(ours: Row | undefined, peer: Row | undefined): number | null {
  return quotient(medians(peer?.samples ?? []).cpu, medians(ours?.samples ?? []).cpu);
}

/** The first router of a run is the one that others are compared with. */
export function targetsOf(rows: readonly Row[]): { readonly own: string; readonly peers: readonly string[] } {
  const [own = '', ...peers] = new Set(rows.map(({ target }) => target));
  return { own, peers };
}

export function find(rows: readonly Row[], target: string, scenario: string): Row | undefined {
  return rows.find((row) => row.target === target && row.scenario.id === scenario);
}

function cell(ours: Row | undefined, peer: Row | undefined): readonly [ratio: string, cpu: string] {
  return [times(advantage(ours, peer)), times(cpuAdvantage(ours, peer))];
}

const LEGEND = `How many times better ours is than each: operations per second (ours ÷ theirs), p99, memory and time (theirs ÷ ours).
CPU: theirs for one operation ÷ ours, of all processes. Above 1 ours is better, below 1 theirs is.
`;

/** Ours beside each peer. */
export function ratioTable(rows: readonly Row[]): string {
  const { own, peers } = targetsOf(rows);
  const scenarios = new Map(rows.filter(({ target }) => target !== own).map(({ scenario }) => [scenario.id, scenario]));
  const lines = [...scenarios.values()].map((scenario) => {
    const ours = find(rows, own, scenario.id);
    const cells = peers.flatMap((peer) => cell(ours, find(rows, peer, scenario.id)));
    return [scenario.id, headlineOf(scenario).words, ...cells];
  });
  const headings = ['scenario', 'of', ...peers.flatMap((peer) => [`to ${peer}`, 'CPU'])];
  return `${markdownTable(headings, lines, 2)}\n${LEGEND}`;
}

/** Rows beside those that they differ from in one thing. */
export function baseLines(rows: readonly Row[]): readonly string[] {
  const lines = rows.flatMap((row) => {
    const base = row.scenario.kind === 'calls' ? row.scenario.base : null;
    const other = base === null ? undefined : find(rows, row.target, base);
    if (other === undefined || row.samples.length === 0 || other.samples.length === 0) return [];
    const [cpu, was] = [medians(row.samples).cpu, medians(other.samples).cpu];
    const ratio = `${times(advantage(row, other))} as many per second, ${times(quotient(cpu, was))} the CPU`;
    return [`${row.scenario.id} beside ${other.scenario.id}: ${ratio}.\n`];
  });
  return lines;
}
