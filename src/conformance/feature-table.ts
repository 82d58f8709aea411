import type { Outcome, RouterFacts } from './conformance-run.ts';
import { SPEC_FEATURES } from './spec-features.ts';

/** A row of the table that says what a router announces and does. */
export interface FeatureRow {
  /** `dealer.call_timeout`; null for a chapter that no feature is announced for. */
  readonly feature: string | null;
  readonly title: string;
  readonly announced: boolean;
  readonly works: 'yes' | 'partly' | 'no' | 'untried';
  readonly passed: number;
  readonly failed: number;
  /** Ids of the scenarios that try it. */
  readonly scenarios: readonly string[];
}

/** One row for each chapter that none is announced for, and each feature that the specification or the router knows. */
export function featureTable(facts: RouterFacts, outcomes: readonly Outcome[]): FeatureRow[] {
  const basic = [
    ...new Set(outcomes.filter(({ scenario }) => scenario.feature === null).map(({ scenario }) => scenario.chapter)),
  ];
  const titles = new Map<string, string>(SPEC_FEATURES.map(({ id, title }) => [id, title]));
  for (const id of [...facts.announced].sort()) if (!titles.has(id)) titles.set(id, 'not in the specification');
  return [
    ...basic.map((chapter) =>
      rowOf(
        { feature: null, title: chapter, announced: true },
        outcomes.filter(({ scenario }) => scenario.feature === null && scenario.chapter === chapter),
      ),
    ),
    ...[...titles].map(([feature, title]) =>
      rowOf(
        { feature, title, announced: facts.announced.has(feature) },
        outcomes.filter(({ scenario }) => scenario.feature === feature),
      ),
    ),
  ];
}

function rowOf(head: Pick<FeatureRow, 'feature' | 'title' | 'announced'>, outcomes: readonly Outcome[]): FeatureRow {
  const passed = outcomes.filter(({ verdict }) => verdict === 'passed').length;
  const failed = outcomes.filter(({ verdict }) => verdict === 'failed').length;
  const scenarios = [...new Set(outcomes.map(({ scenario }) => scenario.id))];
  return { ...head, works: worksOf(passed, failed), passed, failed, scenarios };
}

function worksOf(passed: number, failed: number): FeatureRow['works'] {
  if (passed + failed === 0) return 'untried';
  if (failed === 0) return 'yes';
  return passed === 0 ? 'no' : 'partly';
}
