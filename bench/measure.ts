import { setTimeout as sleep } from 'node:timers/promises';
import { Latencies } from './latencies.ts';
import type { ResultMessage, RouterUrls } from './load-messages.ts';
import { LoadTeam } from './load-team.ts';
import type { Scenario } from './scenarios.ts';

/** A router to be measured. */
export interface Target {
  readonly name: string;
  readonly urls: RouterUrls;
  /** Its processes; empty: as it says itself (`x_cb_pid`), where it is on this machine. */
  readonly pids: readonly number[];
}

export interface MeasureOptions {
  /** Load processes. */
  readonly processes: number;
  /** Where they may run, as `taskset -c` takes it; null: anywhere. */
  readonly loadCores: string | null;
  /** Seconds. */
  readonly warmUp: number;
  readonly seconds: number;
}

/** What one run gave; null: not known. */
export interface Sample {
  readonly perSecond: number;
  /** CPU of the router per operation, in microseconds. */
  readonly cpu: number | null;
  /** Latency in microseconds. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** Cores that the router used. */
  readonly routerCores: number | null;
  /** Cores that the busiest load process used: near 1, it was the limit. */
  readonly loadCores: number;
  /** Resident memory of the router, in bytes. */
  readonly memory: number | null;
}

/** What the load processes found, as one. */
export function combine(results: readonly ResultMessage[]): Sample {
  const latencies = new Latencies();
  let perSecond = 0;
  let loadCores = 0;
  for (const result of results) {
    latencies.add(result.latencies);
    perSecond += result.operations / (result.elapsed / 1e6);
    loadCores = Math.max(loadCores, result.loadCpu / result.elapsed);
  }
  if (perSecond === 0) throw new Error('nothing came back while it was measured');
  const [first] = results;
  // Looked at by the first process alone, over its own interval: others begin and end a little earlier or later.
  const routerCores = first === undefined || first.routerCpu === null ? null : first.routerCpu / first.elapsed;
  return {
    perSecond,
    cpu: routerCores === null ? null : (routerCores * 1e6) / perSecond,
    p50: latencies.percentile(0.5),
    p99: latencies.percentile(0.99),
    routerCores,
    loadCores,
    memory: first?.routerMemory ?? null,
  };
}

const LOOPBACK = /^(?:127\.|localhost$|\[::1\]$|$)/;

/** Whether a URL leads to this machine, so that a process number that comes from there means something here. */
export function isHere(url: string | null): boolean {
  return url !== null && (url.includes('+unix:') || LOOPBACK.test(new URL(url).hostname));
}

/** Runs a scenario once. @throws Error saying why it cannot be run, or what the router refused */
export async function measure(target: Target, scenario: Scenario, options: MeasureOptions): Promise<Sample> {
  const run = `run${process.pid}x${++runs}`;
  const team = new LoadTeam(options.processes, options.loadCores);
  try {
    await team.prepare(scenario, target.urls, run);
    const running = await team.ask('running', () => ({ type: 'start' }));
    await sleep(options.warmUp * 1_000);
    const pids = target.pids.length > 0 ? target.pids : saidPids(target, running);
    team.tell((index) => ({ type: 'begin', routerPids: index === 0 ? pids : [] }));
    await sleep(options.seconds * 1_000);
    team.check();
    return combine(await team.ask('result', () => ({ type: 'end' })));
  } finally {
    await team.stop();
  }
}

let runs = 0;

function saidPids(target: Target, running: readonly { readonly routerPid: number | null }[]): readonly number[] {
  if (!isHere(target.urls.websocket ?? target.urls.rawsocket)) return [];
  return [...new Set(running.map(({ routerPid }) => routerPid).filter((pid) => pid !== null))];
}
