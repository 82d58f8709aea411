/** What came of the scenarios with another router, run after run and over each kind of connection: `verdicts.json`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../src/conformance/conformance-run.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import type { Pair, PeerName } from './peer-routers.ts';

/** Of one router: each scenario in one of the lists. Those that are alike everywhere and every time need no more. */
export interface PeerVerdicts {
  readonly agent: string;
  /** Features, as WELCOME has them. */
  readonly announced: readonly string[];
  readonly pairs: readonly string[];
  readonly runs: number;
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** Over which the router was lost each time: it ended, or let nobody in any more. */
  readonly lost: readonly string[];
  /** By scenario and pair, the first letter of each run's verdict: `pfl`. What is not for a pair lacks there. */
  readonly varying: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export type AllVerdicts = Readonly<Record<PeerName, PeerVerdicts>>;

const FILE = join(repositoryRoot(), 'test', 'peers', 'verdicts.json');

export function readVerdicts(): AllVerdicts {
  return JSON.parse(readFileSync(FILE, 'utf8')) as AllVerdicts;
}

export function writeVerdicts(verdicts: AllVerdicts): void {
  writeFileSync(FILE, `${JSON.stringify(verdicts, null, 2)}\n`);
}

export function pairName({ transport, serializer }: Pair): string {
  return `${transport}, ${serializer}`;
}

/** Gathers the outcomes of all runs. */
export class VerdictBook {
  /** By scenario, then pair. */
  readonly #letters = new Map<string, Map<string, string>>();
  /** Why scenarios failed the last time. */
  readonly #reasons = new Map<string, string>();

  add(pair: Pair, { scenario, verdict, text }: Outcome, wasLost: boolean): void {
    if (verdict === 'skipped') return;
    if (verdict === 'failed') this.#reasons.set(scenario.id, text);
    const letter = wasLost ? 'l' : verdict.slice(0, 1);
    const byPair = this.#letters.get(scenario.id) ?? new Map<string, string>();
    byPair.set(pairName(pair), (byPair.get(pairName(pair)) ?? '') + letter);
    this.#letters.set(scenario.id, byPair);
  }

  reasonOf(id: string): string {
    return this.#reasons.get(id) ?? '';
  }

  /** Scenarios that were tried with nobody are in no list. */
  verdicts(router: Pick<PeerVerdicts, 'agent' | 'announced' | 'runs'>, pairs: readonly Pair[]): PeerVerdicts {
    const lists = { p: [] as string[], f: [] as string[], l: [] as string[] };
    const varying: Record<string, Record<string, string>> = {};
    for (const [id, byPair] of [...this.#letters].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const [letter, ...others] = new Set([...byPair.values()].join(''));
      if (others.length > 0) varying[id] = Object.fromEntries(byPair);
      else lists[letter as keyof typeof lists].push(id);
    }
    const { p: passed, f: failed, l: lost } = lists;
    return { ...router, pairs: pairs.map(pairName), passed, failed, lost, varying };
  }
}
