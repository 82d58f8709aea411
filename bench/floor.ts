import { startFloor } from './floor-target.ts';
import type { FloorRequest } from './options.ts';
import { startOwnTarget } from './own-target.ts';
import { type Row, runAll } from './run.ts';
import type { RunningRouter, Target } from './target.ts';

/** What was found, and whose it is. */
export interface FloorRun {
  readonly targets: readonly Target[];
  readonly rows: readonly Row[];
}

/**
 * Measures our own router and the floor in turn, each scenario beside what it is held against.
 * @param say told of each measurement
 * @throws Error where one of them does not start
 */
export async function measureFloor(request: FloorRequest, say: (text: string) => void): Promise<FloorRun> {
  const { routerCores, budgets } = request;
  const started: RunningRouter[] = [];
  try {
    const floor = await startFloor(routerCores);
    started.push(floor);
    const own = await startOwnTarget(routerCores);
    started.push(own);
    const trials = budgets.map((budget) => [
      { target: own, scenario: budget.scenario },
      { target: floor, scenario: budget.floor },
    ]);
    return { targets: [own, floor], rows: await runAll(trials, request, say) };
  } finally {
    await Promise.all(started.map((one) => one.stop()));
  }
}
