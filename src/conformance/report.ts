import type { Outcome, RouterFacts } from './conformance-run.ts';
import { type FeatureRow, featureTable } from './feature-table.ts';
import type { Scenario } from './scenario.ts';

/** All that is known of a router when the scenarios have run. */
export interface ConformanceReport {
  readonly url: string;
  readonly realm: string;
  readonly facts: RouterFacts;
  readonly outcomes: readonly Outcome[];
}

/** What must not happen: a scenario of what the router announces, or must do anyway, that fails. A MAY never counts. */
export function faults({ outcomes }: ConformanceReport): Outcome[] {
  return outcomes.filter(
    ({ verdict, announced, scenario }) => verdict === 'failed' && announced && scenario.clause.level !== 'MAY',
  );
}

/** The report as text: what failed, with the clause that says otherwise, then the feature table. */
export function reportText(report: ConformanceReport): string {
  const { facts, outcomes } = report;
  const count = (verdict: Outcome['verdict']): number =>
    outcomes.filter((outcome) => outcome.verdict === verdict).length;
  const failed = outcomes.filter(({ verdict }) => verdict === 'failed');
  const counted = failed.filter(({ announced }) => announced);
  return `${[
    `Router: ${facts.agent === '' ? 'does not say its name' : facts.agent}, ${report.url}, realm ${report.realm}`,
    ...section('Failed', failuresOf(counted)),
    ...section('Features', tableText(featureTable(facts, outcomes))),
    '',
    `${count('passed')} passed, ${counted.length} failed, ${count('skipped')} skipped`,
    `Of features that are not announced: ${count('unannounced')} not tried, ${failed.length - counted.length} failed (--json tells why)`,
    verdictText(faults(report)),
  ].join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function verdictText(found: readonly Outcome[]): string {
  const scenarios = new Set(found.map(({ scenario }) => scenario.id)).size;
  return scenarios === 0 ? 'Nothing that is announced fails.' : `${scenarios} scenarios of what is announced fail.`;
}

/** One entry for each scenario and deviation, with the serializers that have it. */
function failuresOf(failed: readonly Outcome[]): string[] {
  const entries = new Map<string, { scenario: Scenario; text: string; serializers: string[] }>();
  for (const { scenario, text, serializer } of failed) {
    const key = `${scenario.id} ${text.replace(/\d{4,}|r[\da-f]{12}/g, '#')}`;
    const entry = entries.get(key) ?? { scenario, text, serializers: [] };
    entry.serializers.push(serializer);
    entries.set(key, entry);
  }
  return [...entries.values()].flatMap(({ scenario, text, serializers }) => [
    `${scenario.id} (${serializers.join(', ')}): ${scenario.title}`,
    `  ${scenario.clause.level}: ${scenario.clause.says} [${scenario.source}, "${scenario.clause.section}"]`,
    `  ${text}`,
  ]);
}

function tableText(rows: readonly FeatureRow[]): string[] {
  const cells = rows.map(({ feature, title, announced, works, passed, failed, scenarios }) => [
    feature ?? title,
    feature === null ? 'mandatory' : announced ? 'announced' : '-',
    works,
    passed + failed === 0 ? '' : `${passed}/${passed + failed}`,
    scenariosText(scenarios),
  ]);
  const all = [['feature', 'WELCOME', 'works', 'passed', 'scenarios'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `dealer.a.x`, `dealer.a.y` → `dealer.a.*`: the part that all have in common. */
function scenariosText(ids: readonly string[]): string {
  if (ids.length < 2) return ids.join('');
  const groups = new Set(ids.map((id) => id.slice(0, id.indexOf('.'))));
  return [...groups].map((group) => `${group}.*`).join(', ');
}

/** The report for programs. */
export function reportJson(report: ConformanceReport): string {
  const { url, realm, facts, outcomes } = report;
  const json = {
    router: { url, realm, agent: facts.agent, announced: [...facts.announced].sort() },
    conforms: faults(report).length === 0,
    features: featureTable(facts, outcomes),
    outcomes: outcomes.map(({ scenario, serializer, verdict, announced, text }) => ({
      ...describeScenario(scenario),
      serializer,
      verdict,
      announced,
      text,
    })),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** A scenario as lists and reports name it. */
function describeScenario({ id, title, feature, source, clause, clauseId }: Scenario): Record<string, unknown> {
  const { level, section: heading, says } = clause;
  return { id, title, feature, clause: { id: clauseId, level, source, section: heading, says } };
}

/** The scenarios that there are, as text or for programs. */
export function listText(scenarios: readonly Scenario[], json: boolean): string {
  if (json) return `${JSON.stringify(scenarios.map(describeScenario), null, 2)}\n`;
  const width = Math.max(...scenarios.map(({ id }) => id.length));
  return scenarios
    .map(({ id, clause, title }) => `${id.padEnd(width)}  ${clause.level.padEnd(9)}  ${title}\n`)
    .join('');
}
