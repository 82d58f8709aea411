import { measure } from './measure.ts';
import type { RunOptions } from './options.ts';
import { untilQuiet } from './quiet.ts';
import { medians, type Sample } from './sample.ts';
import type { Scenario } from './scenario.ts';
import { DEFAULT_RATE, paced } from './scenarios.ts';
import type { Target } from './target.ts';

/** What became of a scenario with one router. */
export interface Row {
  readonly target: string;
  readonly scenario: Scenario;
  readonly samples: readonly Sample[];
  /** Why there are not more samples; null where all was well. */
  readonly failure: string | null;
  /** Why it was not tried; null where it was. */
  readonly leftOut: string | null;
}

/** A scenario to be run with a router. */
export interface Trial {
  readonly target: Target;
  readonly scenario: Scenario;
}

interface Progress {
  readonly target: Target;
  scenario: Scenario;
  readonly samples: Sample[];
  failure: string | null;
  readonly leftOut: string | null;
}

/** Half of what this router reaches is the pace that all are measured at. */
const PACE = { target: 'nexus', scenario: 'calls-64x1', share: 0.5 } as const;

interface Measured {
  readonly target: { readonly name: string };
  readonly scenario: { readonly id: string };
  readonly samples: readonly Sample[];
}

/** The pace, once and for the whole run: asked for, else taken from what was just measured, else any. */
export function rateOf(rows: readonly Measured[], asked: number | null): number {
  if (asked !== null) return asked;
  const measured = rows.find(({ target, scenario }) => target.name === PACE.target && scenario.id === PACE.scenario);
  const { perSecond } = medians(measured?.samples ?? []);
  return perSecond === null ? DEFAULT_RATE : Math.max(1, Math.round(perSecond * PACE.share));
}

/** Scenario by scenario, each with every router in turn; who is first changes from round to round. */
export function inTurn<Item>(rows: readonly (readonly Item[])[], round: number): readonly Item[] {
  return rows.flatMap((row, index) => row.map((_, turn) => row[(turn + index + round) % row.length] as Item));
}

/** Each scenario with all routers that it concerns. */
export function trialsOf(scenarios: readonly Scenario[], targets: readonly Target[]): readonly (readonly Trial[])[] {
  return scenarios.map((scenario) => concernedBy(scenario, targets).map((target) => ({ target, scenario })));
}

/**
 * Round by round, so that all scenarios and all routers meet the same weather. What fails once is not tried again.
 * @param trials those of a row have their turns one after the other
 * @param say told of each measurement
 */
export async function runAll(
  trials: readonly (readonly Trial[])[],
  options: RunOptions,
  say: (text: string) => void,
): Promise<readonly Row[]> {
  const targets = new Set(trials.flat().map(({ target }) => target));
  const place = (target: Target): string => (targets.size > 1 ? ` (${target.name})` : '');
  const rows = trials.map((row) =>
    row.map(({ target, scenario }): Progress => {
      const leftOut = target.cannot(scenario);
      if (leftOut !== null) say(`left out ${scenario.id}${place(target)}: ${leftOut}`);
      return { target, scenario, samples: [], failure: null, leftOut };
    }),
  );
  const all = rows.flat();
  let rate = options.rate;
  for (let round = 1; round <= options.repeats; round++) {
    for (const row of inTurn(rows, round)) {
      if (row.failure !== null || row.leftOut !== null) continue;
      if (row.scenario.kind === 'paced') {
        rate = rateOf(all, rate);
        row.scenario = paced(rate);
      }
      await once(row, options, (text) =>
        say(`[${round}/${options.repeats}] ${row.scenario.id}${place(row.target)}: ${text}`),
      );
      if (targets.size > 1) await untilQuiet(() => row.target.pids());
    }
  }
  return all.map(({ target, ...rest }) => ({ target: target.name, ...rest }));
}

/** What is compared with ourselves is of no use with others. */
function concernedBy(scenario: Scenario, targets: readonly Target[]): readonly Target[] {
  return scenario.kind === 'calls' && scenario.base !== null ? targets.slice(0, 1) : targets;
}

async function once(row: Progress, options: RunOptions, say: (text: string) => void): Promise<void> {
  try {
    const sample = await measure(row.target, row.scenario, options);
    row.samples.push(sample);
    say(inWords(sample));
  } catch (error) {
    row.failure = error instanceof Error ? error.message : String(error);
    say(`failed: ${row.failure}`);
  }
}

function inWords({ perSecond, cpu, sessionMemory, startUp }: Sample): string {
  const words: string[] = [];
  if (perSecond !== null) words.push(`${Math.round(perSecond).toLocaleString('en')} per second`);
  if (cpu !== null) words.push(`${cpu.toFixed(2)} µs CPU`);
  if (sessionMemory !== null) words.push(`${(sessionMemory / 1024).toFixed(1)} KB for each session`);
  if (startUp !== null) words.push(`${Math.round(startUp)} ms`);
  return words.join(', ') || 'nothing is known';
}
