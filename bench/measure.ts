import { setTimeout as sleep } from 'node:timers/promises';
import type { RouterUrls } from './doors.ts';
import { openFilesLimit } from './file-limit.ts';
import { connectionsOf } from './idle-load.ts';
import { LoadTeam } from './load-team.ts';
import { memoryOf } from './process-usage.ts';
import { combine, NO_SAMPLE, type Sample } from './sample.ts';
import type { IdleScenario, LoadScenario, Scenario, ScenarioOf } from './scenario.ts';
import type { Target } from './target.ts';

export interface MeasureOptions {
  /** Load processes. */
  readonly processes: number;
  /** Where they may run, as `taskset -c` takes it; null: anywhere. */
  readonly loadCores: string | null;
  /** Seconds. */
  readonly warmUp: number;
  readonly seconds: number;
}

const LOOPBACK = /^(?:127\.|localhost$|\[::1\]$|$)/;

/** Whether a URL leads to this machine, so that a process number that comes from there means something here. */
export function isHere(url: string | null): boolean {
  return url !== null && (url.includes('+unix:') || LOOPBACK.test(new URL(url).hostname));
}

type Pids = readonly number[];

/** The processes of a router: those that are known, else those that it named to the load. */
function pidsOf(known: Pids, urls: RouterUrls, named: readonly { readonly routerPid: number | null }[]): Pids {
  if (known.length > 0) return known;
  if (!isHere(urls.websocket ?? urls.rawsocket)) return [];
  return [...new Set(named.map(({ routerPid }) => routerPid).filter((pid) => pid !== null))];
}

let runs = 0;

/** Part of all URIs of a run. */
function nextRun(): string {
  runs += 1;
  return `run${process.pid}x${runs}`;
}

/** How many operations there are in a time, and what they cost. */
async function measureLoad(target: Target, scenario: LoadScenario, options: MeasureOptions): Promise<Sample> {
  const team = new LoadTeam(options.processes, options.loadCores);
  try {
    await team.prepare(scenario, target.urls, nextRun());
    const running = await team.ask('running', () => ({ type: 'start' }));
    await sleep(options.warmUp * 1_000);
    const routerPids = pidsOf(target.pids(), target.urls, running);
    team.tell((index) => ({ type: 'begin', routerPids: index === 0 ? routerPids : [] }));
    await sleep(options.seconds * 1_000);
    team.check();
    return combine(await team.ask('result', () => ({ type: 'end' })));
  } finally {
    await team.stop();
  }
}

/** Times of a measurement that an idle router is left alone before its memory is looked at: garbage is nobody's. */
const SETTLE = 5;

/** How much memory sessions take that do nothing: of a new router where there can be one, for others have freed memory to fill. */
async function measureIdle(target: Target, scenario: IdleScenario, options: MeasureOptions): Promise<Sample> {
  const wanted = connectionsOf(scenario);
  if (wanted > openFilesLimit()) {
    throw new Error(`it takes ${wanted} open files, and a process may have ${openFilesLimit()} here: see "ulimit -n"`);
  }
  const fresh = target.fresh === null ? null : await target.fresh();
  const { urls } = fresh ?? target;
  const known = (): Pids => fresh?.pids() ?? target.pids();
  const team = new LoadTeam(options.processes, options.loadCores);
  try {
    const ready = await team.prepare(scenario, urls, nextRun());
    await sleep(SETTLE * options.seconds * 1_000);
    const before = memoryOf(pidsOf(known(), urls, ready));
    const running = await team.ask('running', () => ({ type: 'start' }));
    await sleep(SETTLE * options.seconds * 1_000);
    team.check();
    const memory = memoryOf(pidsOf(known(), urls, running));
    const sessionMemory = before === null || memory === null ? null : (memory - before) / scenario.sessions;
    return { ...NO_SAMPLE, memory, sessionMemory };
  } finally {
    await team.stop();
    await fresh?.stop();
  }
}

async function measureStart({ startUp }: Target): Promise<Sample> {
  if (startUp === null) throw new Error('it is not the bench that starts it');
  return { ...NO_SAMPLE, startUp: await startUp() };
}

type Method<Kind extends Scenario['kind']> = (
  target: Target,
  scenario: ScenarioOf<Kind>,
  options: MeasureOptions,
) => Promise<Sample>;

const METHODS: { readonly [Kind in Scenario['kind']]: Method<Kind> } = {
  calls: measureLoad,
  paced: measureLoad,
  events: measureLoad,
  logins: measureLoad,
  echo: measureLoad,
  'fan-out': measureLoad,
  idle: measureIdle,
  start: measureStart,
};

/** Runs a scenario once. @throws Error saying why it cannot be run, or what the router refused */
export function measure(target: Target, scenario: Scenario, options: MeasureOptions): Promise<Sample> {
  const method: (target: Target, scenario: never, options: MeasureOptions) => Promise<Sample> = METHODS[scenario.kind];
  return method(target, scenario as never, options);
}
