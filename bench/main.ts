/** `npm run bench`: reads the command line, measures, prints the table. `--help` says more. */
import { canPin } from './child-process.ts';
import type { RouterUrls } from './load-messages.ts';
import { measure, type Sample, type Target } from './measure.ts';
import { type BenchOptions, HELP, readOptions, UsageError } from './options.ts';
import { startOwnRouter } from './own-router.ts';
import { type Row, table } from './report.ts';
import { resultsOf, writeResults } from './results-file.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Why a scenario cannot be run against these URLs; null where it can. */
function missing(scenario: Scenario, urls: RouterUrls): string | null {
  if (scenario.kind !== 'logins' || scenario.login === 'anonymous') {
    return urls[scenario.transport] === null ? `no --url for ${scenario.transport}` : null;
  }
  if (urls.ticket === null) return 'no --ticket-url';
  return scenario.login === 'dynamic' && urls.dynamic === null ? 'no --dynamic-url' : null;
}

interface Progress {
  readonly scenario: Scenario;
  readonly samples: Sample[];
  failure: string | null;
}

/** Round by round, so that all scenarios meet the same weather. What fails once is not tried again. */
async function runAll(target: Target, scenarios: readonly Scenario[], options: BenchOptions): Promise<readonly Row[]> {
  const rows: readonly Progress[] = scenarios.map((scenario) => ({ scenario, samples: [], failure: null }));
  for (let round = 1; round <= options.repeats; round++) {
    for (const row of rows) {
      if (row.failure !== null) continue;
      const place = `[${round}/${options.repeats}] ${row.scenario.id}`;
      try {
        const sample = await measure(target, row.scenario, options);
        row.samples.push(sample);
        const cpu = sample.cpu === null ? '' : `, ${sample.cpu.toFixed(2)} µs CPU`;
        say(`${place}: ${Math.round(sample.perSecond).toLocaleString('en')} per second${cpu}`);
      } catch (error) {
        row.failure = error instanceof Error ? error.message : String(error);
        say(`${place}: failed: ${row.failure}`);
      }
    }
  }
  return rows;
}

function pinned(options: BenchOptions): BenchOptions {
  if ((options.routerCores === null && options.loadCores === null) || canPin()) return options;
  say('not pinned: there is no taskset here');
  return { ...options, routerCores: null, loadCores: null };
}

async function bench(asked: BenchOptions): Promise<number> {
  const options = pinned(asked);
  const startedAt = new Date();
  const own = options.urls === null ? await startOwnRouter(options.routerCores) : null;
  try {
    const urls = own?.urls ?? (options.urls as RouterUrls);
    const target: Target =
      own === null ? { name: 'given', urls, pids: options.pids } : { name: 'turnpike', urls, pids: [own.pid] };
    const scenarios = options.scenarios.filter((scenario) => {
      const reason = missing(scenario, urls);
      if (reason !== null) say(`left out ${scenario.id}: ${reason}`);
      return reason === null;
    });
    const rows = await runAll(target, scenarios, options);
    process.stdout.write(table(rows));
    if (options.json !== null) writeResults(options.json, resultsOf(target, rows, options, startedAt));
    return rows.length > 0 && rows.every(({ failure }) => failure === null) ? 0 : 1;
  } finally {
    await own?.stop();
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
