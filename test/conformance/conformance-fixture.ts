import { allChapters } from '../../src/conformance/chapters.ts';
import { explore, type Outcome, runScenarios } from '../../src/conformance/conformance-run.ts';
import type { Scenario } from '../../src/conformance/scenario.ts';
import type { SerializerId } from '../../src/serializers/serializer.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';

export const SCENARIOS: readonly Scenario[] = [...allChapters().values()].flatMap(({ scenarios }) => scenarios);
const PORTS = { clock: SYSTEM_CLOCK, log: SILENT };
const LOOPBACK = { type: 'tcp', interface: '127.0.0.1', port: 0 };

/** Our router, on a realm where everything is allowed, everybody disclosed, and what scenarios say of the past is kept. */
export function conformanceRouter(): Promise<EmbeddedRouter> {
  const allow = { call: true, register: true, publish: true, subscribe: true };
  const permission = { uri: '', match: 'prefix', allow, disclose: { caller: true, publisher: true } };
  const uri = 'turnpike.conformance.history';
  const history = ['exact', 'prefix'].map((match) => ({ uri, match }));
  const store = { type: 'memory', 'event-history': history };
  return createRouter({
    realms: [{ name: 'realm1', store, roles: [{ name: 'anonymous', trustlevel: 2, permissions: [permission] }] }],
    transports: [
      { type: 'websocket', endpoint: LOOPBACK },
      { type: 'rawsocket', endpoint: LOOPBACK },
    ],
  });
}

/** Runs scenarios of what the router announces. */
export async function conformanceOf(
  url: string,
  serializer: SerializerId,
  scenarios: readonly Scenario[],
  timeout = 5_000,
): Promise<Outcome[]> {
  const target = { url, realm: 'realm1', serializer, timeout, login: null };
  const facts = await explore(target, ['disclosure', 'history', 'trustlevels'], PORTS);
  const outcomes: Outcome[] = [];
  const options = { unannounced: false, concurrency: 8, prefix: 'turnpike.conformance' };
  await runScenarios(scenarios, target, facts, options, PORTS, (outcome) => outcomes.push(outcome));
  return outcomes;
}
