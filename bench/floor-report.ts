import type { Budget } from './floor-budgets.ts';
import { markdownTable, times, written } from './markdown.ts';
import { find, quotient } from './ratios.ts';
import { gaps, isLoadLimited } from './report.ts';
import type { Row } from './run.ts';
import { medians } from './sample.ts';

/** A scenario beside the floor. CPU in microseconds for one operation of the scenario; null: not known. */
export interface FloorRatio {
  readonly scenario: string;
  readonly floor: string;
  readonly ownCpu: number | null;
  readonly floorCpu: number | null;
  readonly ratio: number | null;
  /** What the ratio may be. */
  readonly budget: number;
}

function ratioOf({ scenario, floor, operations, most }: Budget, rows: readonly Row[]): FloorRatio {
  const cpuOf = (target: string, id: string): number | null => medians(find(rows, target, id)?.samples ?? []).cpu;
  const ownCpu = cpuOf('turnpike', scenario.id);
  const once = cpuOf('floor', floor.id);
  const floorCpu = once === null ? null : once * operations;
  return {
    scenario: scenario.id,
    floor: operations === 1 ? floor.id : `${operations} of ${floor.id}`,
    ownCpu,
    floorCpu,
    ratio: quotient(ownCpu, floorCpu),
    budget: most,
  };
}

/** How many times the CPU of the floor our router takes. */
export function floorRatios(budgets: readonly Budget[], rows: readonly Row[]): readonly FloorRatio[] {
  return budgets.map((budget) => ratioOf(budget, rows));
}

function cells({ scenario, floor, ownCpu, floorCpu, ratio, budget }: FloorRatio): readonly string[] {
  const found = times(ratio);
  const isOver = ratio !== null && ratio > budget;
  return [scenario, floor, written(ownCpu, 2), written(floorCpu, 2), isOver ? `**${found}**` : found, times(budget)];
}

const LEGEND = `CPU: of the process, for one call answered or one event received. Bold: over the budget.
`;

/** A floor that waits for the load wakes up more often, and each time for less. */
function limited(rows: readonly Row[]): string {
  const ids = rows.filter((row) => isLoadLimited(row)).map(({ target, scenario }) => `${scenario.id} (${target})`);
  if (ids.length === 0) return '';
  return `The load process was busy all the time in ${ids.join(', ')}: whoever waits for it takes a little more CPU for
one operation than with more load. --processes spreads it over several, where there are cores for them.
`;
}

/** What was found, in Markdown. */
export function floorReport(ratios: readonly FloorRatio[], rows: readonly Row[]): string {
  const headings = ['scenario', 'floor', 'ours, CPU µs', 'floor, CPU µs', 'ratio', 'budget'];
  const table = markdownTable(headings, ratios.map(cells), 2);
  return [table, LEGEND, limited(rows), gaps(rows)].filter((part) => part !== '').join('\n');
}
