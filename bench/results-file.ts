import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import type { Growth } from './growth.ts';
import type { SocketRow } from './growth-sockets.ts';
import type { RunOptions } from './options.ts';
import { isLoadLimited } from './report.ts';
import type { Row } from './run.ts';
import { medians, type Sample } from './sample.ts';
import type { Target } from './target.ts';

/** Changes when a program that reads it has to. */
const FORMAT = 2;

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
  readonly format: typeof FORMAT;
  readonly at: string;
  readonly machine: object;
  readonly options: object;
  readonly targets: readonly object[];
  readonly results: readonly ResultEntry[];
}

/** All that was found, for programs: units are operations per second, microseconds (start-up: milliseconds), cores and bytes. */
export function resultsOf(
  targets: readonly Target[],
  rows: readonly Row[],
  options: RunOptions & { readonly peerCores?: string | null },
  at: Date,
): Results {
  const { repeats, seconds, warmUp, processes, routerCores, peerCores = null, loadCores } = options;
  return {
    format: FORMAT,
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

/** What growth costs, for programs: nanoseconds. */
export function growthResults(growth: Growth & { readonly overSockets: readonly SocketRow[] }, at: Date): object {
  return { format: FORMAT, at: at.toISOString(), machine: machine(), growth };
}

/** What an earlier run wrote. @throws Error where it cannot be read, or is something else */
export function readResults(file: string): Results {
  const results = JSON.parse(readFileSync(file, 'utf8')) as Partial<Results>;
  if (results.format !== FORMAT || !Array.isArray(results.results)) {
    throw new Error(`${file} holds no results of this bench (format ${FORMAT})`);
  }
  return results as Results;
}

/** @throws Error where the file cannot be written */
export function writeResults(file: string, results: object): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}
