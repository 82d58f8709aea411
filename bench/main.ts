/** `npm run bench`: reads the command line, measures, prints the tables. `--help` says more. */
import { writeCharts } from './charts.ts';
import { canPin } from './child-process.ts';
import { measureFloor } from './floor.ts';
import { floorRatios, floorReport } from './floor-report.ts';
import { givenTarget } from './given-target.ts';
import type { GrowthCores } from './grown-router.ts';
import { growthReport, measureGrowth } from './growth.ts';
import { measureOverSockets, socketReport } from './growth-sockets.ts';
import { HELP } from './help.ts';
import { installPeers } from './install-peers.ts';
import { type BenchOptions, type FloorRequest, readOptions } from './options.ts';
import { startOwnTarget } from './own-target.ts';
import { isInstalled, startPeer } from './peer-target.ts';
import { report } from './report.ts';
import { growthResults, readResults, resultsOf, writeResults } from './results-file.ts';
import { type Row, runAll, trialsOf } from './run.ts';
import { SCENARIOS } from './scenarios.ts';
import type { RunningRouter, Target } from './target.ts';
import { UsageError } from './usage-error.ts';

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The options as they are, but for cores where nothing can be pinned. */
function pinned<Options extends GrowthCores & { readonly peerCores?: string | null }>(options: Options): Options {
  const { routerCores, peerCores = null, loadCores } = options;
  if ([routerCores, peerCores, loadCores].every((cores) => cores === null) || canPin()) return options;
  say('not pinned: there is no taskset here');
  return { ...options, routerCores: null, peerCores: null, loadCores: null };
}

/** Those that are asked for and installed. */
function presentPeers({ peers }: BenchOptions): BenchOptions['peers'] {
  return peers.filter((name) => {
    if (isInstalled(name)) return true;
    say(`left out ${name}: it is not installed; npm run bench -- --install-peers=${name}`);
    return false;
  });
}

/** Ours and its peers, or the one that is given. @param started what is to be stopped at the end */
async function findTargets(options: BenchOptions, started: RunningRouter[]): Promise<readonly Target[]> {
  const { urls, pids, routerCores, peerCores } = options;
  if (urls !== null) return [givenTarget(urls, pids)];
  const targets: (Target & RunningRouter)[] = [];
  const add = (target: Target & RunningRouter): void => {
    targets.push(target);
    started.push(target);
  };
  add(await startOwnTarget(routerCores));
  for (const name of presentPeers(options)) add(await startPeer(name, peerCores));
  return targets;
}

function draw(folder: string, rows: readonly Row[]): void {
  for (const file of writeCharts(folder, rows)) say(`drawn: ${file}`);
}

function exitCodeOf(rows: readonly Row[]): number {
  const tried = rows.filter(({ leftOut }) => leftOut === null);
  return tried.length > 0 && tried.every(({ failure }) => failure === null) ? 0 : 1;
}

async function besideFloor(request: FloorRequest): Promise<number> {
  const startedAt = new Date();
  const { targets, rows } = await measureFloor(request, say);
  const ratios = floorRatios(request.budgets, rows);
  process.stdout.write(floorReport(ratios, rows));
  if (request.json !== null)
    writeResults(request.json, { ...resultsOf(targets, rows, request, startedAt), floor: ratios });
  return exitCodeOf(rows);
}

async function bench(asked: BenchOptions): Promise<number> {
  const options = pinned(asked);
  const startedAt = new Date();
  const started: RunningRouter[] = [];
  try {
    const targets = await findTargets(options, started);
    const rows = await runAll(trialsOf(options.scenarios, targets), options, say);
    process.stdout.write(report(rows));
    if (options.json !== null) writeResults(options.json, resultsOf(targets, rows, options, startedAt));
    if (options.charts !== null) draw(options.charts, rows);
    return exitCodeOf(rows);
  } finally {
    await Promise.all(started.map((router) => router.stop()));
  }
}

async function main(args: readonly string[]): Promise<number> {
  const request = readOptions(args);
  switch (request.kind) {
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case 'list':
      for (const { id, title } of SCENARIOS) process.stdout.write(`${id.padEnd(24)}${title}\n`);
      return 0;
    case 'install':
      return installPeers(request.peers, say) ? 0 : 1;
    case 'charts':
      draw(request.to, readResults(request.from).results);
      return 0;
    case 'growth': {
      const overSockets = await measureOverSockets(pinned(request), say);
      process.stdout.write(`${socketReport(overSockets)}\n`);
      const growth = measureGrowth(request.most, say);
      process.stdout.write(growthReport(growth));
      if (request.json !== null) writeResults(request.json, growthResults({ overSockets, ...growth }, new Date()));
      return 0;
    }
    case 'floor':
      return besideFloor(pinned(request));
    case 'run':
      return bench(request.options);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(
    error instanceof UsageError
      ? `${error.message}\n\nnpm run bench -- --help shows all options`
      : `bench: ${String(error)}`,
  );
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
