import { writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import type { Target } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { LOAD_LIMIT, medians, type Row } from './report.ts';

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

/** All that was found, for programs: units are operations per second, microseconds, cores and bytes. */
export function resultsOf(target: Target, rows: readonly Row[], options: BenchOptions, at: Date): object {
  const { repeats, seconds, warmUp, processes, routerCores, loadCores } = options;
  return {
    format: 1,
    at: at.toISOString(),
    machine: machine(),
    options: { repeats, seconds, warmUp, processes, routerCores, loadCores },
    targets: [target],
    results: rows.map(({ scenario, samples, failure }) => {
      const median = medians(samples);
      const loadLimited = (median.loadCores ?? 0) > LOAD_LIMIT;
      return { target: target.name, scenario, median, loadLimited, failure, samples };
    }),
  };
}

/** @throws Error where the file cannot be written */
export function writeResults(file: string, results: object): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}
