import { writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import type { BenchOptions } from './options.ts';
import { isLoadLimited } from './report.ts';
import type { Row } from './run.ts';
import { medians, type Sample } from './sample.ts';
import type { Target } from './target.ts';

function machine(): object {
  const all = cpus();
  return {
    system: `${type()} ${release()} ${arch()}`,
    processor: all[0]?.model ?? null,
    cores: all.length,
    memory: totalmem(),
    node: process.version,
  };
}

/** One row as programs read it. */
export interface ResultEntry extends Row {
  readonly median: Sample;
  readonly loadLimited: boolean;
}

export interface Results {
  readonly format: 2;
  readonly at: string;
  readonly machine: object;
  readonly options: object;
  readonly targets: readonly object[];
  readonly results: readonly ResultEntry[];
}

/** All that was found, for programs: units are operations per second, microseconds (start-up: milliseconds), cores and bytes. */
export function resultsOf(targets: readonly Target[], rows: readonly Row[], options: BenchOptions, at: Date): Results {
  const { repeats, seconds, warmUp, processes, routerCores, peerCores, loadCores } = options;
  return {
    format: 2,
    at: at.toISOString(),
    machine: machine(),
    options: { repeats, seconds, warmUp, processes, routerCores, peerCores, loadCores },
    targets: targets.map(({ name, urls, pids }) => ({ name, urls, pids: pids() })),
    results: rows.map((row) => {
      const { target, scenario, samples, failure, leftOut } = row;
      return { target, scenario, median: medians(samples), loadLimited: isLoadLimited(row), failure, leftOut, samples };
    }),
  };
}

/** @throws Error where the file cannot be written */
export function writeResults(file: string, results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}
