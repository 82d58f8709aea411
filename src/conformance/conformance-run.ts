import { randomBytes } from 'node:crypto';
import type { DialPorts } from '../client/dial.ts';
import { isDict } from '../wamp/dict.ts';
import { Deviation } from './deviation.ts';
import { joinRealm } from './join-realm.ts';
import { RawPeer } from './raw-peer.ts';
import type { Scenario } from './scenario.ts';
import { ScenarioRun } from './scenario-run.ts';
import type { Target } from './target.ts';
import { formatOf, type TriedSerializer, transportOf } from './tried-connection.ts';

/** What is known of the router under test before the first scenario. */
export interface RouterFacts {
  /** WELCOME.Details.agent, or ''. */
  readonly agent: string;
  /** `dealer.call_timeout` and so on, as WELCOME has them. */
  readonly announced: ReadonlySet<string>;
  /** What scenarios may need, and is there. */
  readonly given: ReadonlySet<string>;
}

/**
 * - `passed`, `failed`
 * - `skipped`: not for this transport, serializer or set-up
 * - `unannounced`: of a feature that WELCOME does not announce, and not tried
 */
type Verdict = 'passed' | 'failed' | 'skipped' | 'unannounced';

/** What came of one scenario over one kind of connection. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly serializer: TriedSerializer;
  readonly verdict: Verdict;
  /** Whether it counts: nothing of the Advanced Profile does that the router does not announce. */
  readonly announced: boolean;
  /** Why: what deviated, what is missing; '' where it passed. */
  readonly text: string;
}

export interface RunOptions {
  /** Whether to try what the router does not announce. */
  readonly unannounced: boolean;
  /** How many scenarios may run at the same time. */
  readonly concurrency: number;
  /** Below which URI the scenarios have theirs. */
  readonly prefix: string;
}

/**
 * Learns of a router what its WELCOME tells.
 * @param given what the operator says that it is set up for
 * @throws EndpointError, Missing or Deviation where nobody can join
 */
export async function explore(target: Target, given: readonly string[], ports: DialPorts): Promise<RouterFacts> {
  const welcomes: unknown[] = [];
  for (const _session of [1, 2]) {
    const peer = await RawPeer.connect(target.url, target.serializer, ports, target.timeout);
    try {
      welcomes.push((await joinRealm(peer, target, []))[2]);
    } finally {
      peer.cut();
    }
  }
  const [first, second] = welcomes.map((details) => (isDict(details) ? details : {}));
  const distinct = first?.['authid'] !== second?.['authid'] ? ['distinct-authids'] : [];
  const agent = first?.['agent'];
  return {
    agent: typeof agent === 'string' ? agent : '',
    announced: announcedFeatures(first?.['roles']),
    given: new Set([
      ...given,
      ...distinct,
      ...(target.login === null ? ['anonymous'] : []),
      ...(target.otherRealm === null ? [] : ['realms']),
    ]),
  };
}

function announcedFeatures(roles: unknown): Set<string> {
  const names = new Set<string>();
  if (!isDict(roles)) return names;
  for (const [role, details] of Object.entries(roles)) {
    const features = isDict(details) ? details['features'] : null;
    if (!isDict(features)) continue;
    for (const [name, on] of Object.entries(features)) if (on === true) names.add(`${role}.${name}`);
  }
  return names;
}

/** Runs scenarios against one router over one kind of connection; `onOutcome` is told as they end. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  target: Target,
  facts: RouterFacts,
  options: RunOptions,
  ports: DialPorts,
  onOutcome: (outcome: Outcome) => void,
): Promise<void> {
  const run = async (scenario: Scenario): Promise<void> => {
    const announced = scenario.feature === null || facts.announced.has(scenario.feature);
    const tell = (verdict: Verdict, text: string): void =>
      onOutcome({ scenario, serializer: target.serializer, verdict, announced, text });
    const reason = skipReason(scenario, target, facts);
    if (reason !== null) tell('skipped', reason);
    else if (!announced && !options.unannounced) tell('unannounced', `WELCOME does not announce ${scenario.feature}`);
    else {
      const prefix = `${options.prefix}.r${randomBytes(6).toString('hex')}`;
      const text = await deviationOf(new ScenarioRun(scenario, target, prefix, ports));
      tell(text === null ? 'passed' : 'failed', text ?? '');
    }
  };
  const together = scenarios.filter(({ alone }) => !alone).values();
  const lane = async (): Promise<void> => {
    for (const scenario of together) await run(scenario);
  };
  await Promise.all(Array.from({ length: options.concurrency }, lane));
  for (const scenario of scenarios.filter(({ alone }) => alone)) await run(scenario);
}

async function deviationOf(run: ScenarioRun): Promise<string | null> {
  try {
    await run.run();
    return null;
  } catch (error) {
    if (error instanceof Deviation) return error.message;
    // Whatever else happens (no connection, an unreadable answer) is the router's doing too, as far as anybody can tell.
    return error instanceof Error ? error.message : String(error);
  }
}

function skipReason({ transports, serializers, needs }: Scenario, target: Target, facts: RouterFacts): string | null {
  const transport = transportOf(target.url);
  const format = formatOf(target.serializer);
  if (transports !== undefined && !transports.includes(transport)) return `not for ${transport}`;
  if (serializers !== undefined && !serializers.includes(format)) return `not for ${format}`;
  const missing = needs.filter((need) => !facts.given.has(need));
  return missing.length === 0 ? null : `needs ${missing.join(', ')}`;
}
