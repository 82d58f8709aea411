/** `npm run peers`: tries other routers by the scenarios of `turnpike conformance`. `--help` says more. */
import { parseArgs } from 'node:util';
import { allChapters } from '../../src/conformance/chapters.ts';
import { explore, type Outcome, type RouterFacts, runScenarios } from '../../src/conformance/conformance-run.ts';
import type { Scenario } from '../../src/conformance/scenario.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { writePage } from './page.ts';
import { type Pair, PEER_NAMES, type PeerName, PeerRouter, REALMS } from './peer-routers.ts';
import { type PeerVerdicts, pairName, readVerdicts, VerdictBook, writeVerdicts } from './verdicts.ts';

const HELP = `npm run peers -- [options]

Tries Crossbar.io and nexus by the scenarios of \`turnpike conformance\`, over each transport and serializer that they
have. Writes what came of them to test/peers/verdicts.json, and the tables of docs/conformance.md that are made of it.

  --only NAME       this router: ${PEER_NAMES.join(' or ')}
  --crossbar PATH   the command of Crossbar.io. Default: installed from PyPI into .venv/crossbar
  --nexus PATH      the program of test/peers/nexus. Default: built by go into test/peers/.build
  --runs N          how often each scenario is tried over each pair (default: 3)
  --filter TEXT     only scenarios whose id begins so, and nothing is written: tells each that does not pass, and why
  --page            tries nothing: writes the tables of what verdicts.json has, for scenarios that were renamed since
  --help            this
`;

const PORTS = { clock: SYSTEM_CLOCK, log: SILENT };
const TIMEOUT = 1_500;
const PREFIX = 'turnpike.conformance';

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

interface Trial {
  readonly router: PeerRouter;
  readonly pair: Pair;
  readonly facts: RouterFacts;
}

function targetOf({ router, pair }: Omit<Trial, 'facts'>): Parameters<typeof explore>[0] {
  const [realm, otherRealm] = REALMS;
  return { url: router.url(pair), realm, otherRealm, serializer: pair.serializer, timeout: TIMEOUT, login: null };
}

/** Whether the router has ended, or lets nobody in any more; then it is started anew. */
async function isLost(trial: Trial): Promise<boolean> {
  try {
    await explore(targetOf(trial), [], PORTS);
    return false;
  } catch {
    await trial.router.restart();
    return true;
  }
}

/** @returns what came of them, and whether the router was lost over them */
async function tryOnce(
  scenarios: readonly Scenario[],
  trial: Trial,
  concurrency: number,
): Promise<[Outcome[], boolean]> {
  const outcomes: Outcome[] = [];
  const options = { unannounced: true, concurrency, prefix: PREFIX };
  await runScenarios(scenarios, targetOf(trial), trial.facts, options, PORTS, (outcome) => outcomes.push(outcome));
  return [outcomes, await isLost(trial)];
}

/** All scenarios of a chapter; one by one where the router was lost over some of them. */
async function tryChapter(
  scenarios: readonly Scenario[],
  trial: Trial,
  tell: (outcome: Outcome, wasLost: boolean) => void,
): Promise<void> {
  const [outcomes, wasLost] = await tryOnce(scenarios, trial, 8);
  if (!wasLost) {
    for (const outcome of outcomes) tell(outcome, false);
    return;
  }
  for (const scenario of scenarios) {
    const [[outcome], lostOverIt] = await tryOnce([scenario], trial, 1);
    if (outcome !== undefined) tell(outcome, lostOverIt);
  }
}

function chaptersOf(filter: string): readonly Scenario[][] {
  return [...allChapters().values()]
    .map(({ scenarios }) => scenarios.filter(({ id }) => id.startsWith(filter)))
    .filter(({ length }) => length > 0);
}

/** @returns how many passed */
async function tryPair(trial: Trial, filter: string, book: VerdictBook): Promise<number> {
  let passed = 0;
  for (const scenarios of chaptersOf(filter)) {
    await tryChapter(scenarios, trial, (outcome, wasLost) => {
      book.add(trial.pair, outcome, wasLost);
      const { verdict, scenario, text } = outcome;
      if (verdict === 'passed' && !wasLost) passed++;
      else if (filter !== '') say(`${scenario.id}: ${wasLost ? 'the router is lost: ' : ''}${text}`);
    });
  }
  return passed;
}

interface Extent {
  readonly runs: number;
  readonly filter: string;
}

async function tryPeer(name: PeerName, router: PeerRouter, { runs, filter }: Extent): Promise<PeerVerdicts> {
  const book = new VerdictBook();
  let announced: string[] = [];
  let agent = '';
  for (let run = 1; run <= runs; run++) {
    for (const pair of router.pairs) {
      const facts = await explore(targetOf({ router, pair }), router.given, PORTS);
      announced = [...facts.announced].sort();
      agent = facts.agent;
      const passed = await tryPair({ router, pair, facts }, filter, book);
      say(`${name}, ${pairName(pair)}, run ${run} of ${runs}: ${passed} passed`);
    }
  }
  const verdicts = book.verdicts({ agent, announced, runs }, router.pairs);
  for (const id of Object.keys(verdicts.varying)) say(`${name}, not always, ${id}: ${book.reasonOf(id)}`);
  return verdicts;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    crossbar: { type: 'string' },
    nexus: { type: 'string' },
    runs: { type: 'string' },
    filter: { type: 'string' },
    page: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help === true) {
  process.stdout.write(HELP);
} else if (values.page === true) {
  writePage();
} else {
  // The clock's timers do not keep a process alive, and a router under test may end every connection.
  const alive = setInterval(() => undefined, 60_000);
  const programs = { 'Crossbar.io': values.crossbar, nexus: values.nexus };
  const { filter = '' } = values;
  for (const name of PEER_NAMES.filter((peer) => values.only === undefined || values.only === peer)) {
    const router = await PeerRouter.start(name, programs[name]);
    try {
      const verdicts = await tryPeer(name, router, { runs: Number(values.runs ?? 3), filter });
      if (filter === '') writeVerdicts({ ...readVerdicts(), [name]: verdicts });
    } finally {
      await router.stop();
    }
  }
  if (filter === '') writePage();
  clearInterval(alive);
}
