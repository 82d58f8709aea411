/**
 * `npm run bench:guard`: whether the router has become slower. It is compared with a bare echo in the same process
 * and run, so that no machine has to be fast, or idle. It never fails: it says so, in red, and prints one line to keep.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Child } from './child-process.ts';
import { doors } from './doors.ts';
import { PIPELINED_ECHO } from './floor-budgets.ts';
import type { GuardReady } from './guard-process.ts';
import { judge } from './guard-verdict.ts';
import { measure } from './measure.ts';
import { urlsOf } from './own-router.ts';
import { middle } from './sample.ts';
import { selectScenarios } from './scenarios.ts';
import type { Target } from './target.ts';

const ROUNDS = 5;
const MESSAGES_OF_A_CALL = 4;
const MESSAGES_OF_AN_ECHO = 2;
const START_TIMEOUT = 20_000;
const TIMES = { warmUp: 0.5, seconds: 1, processes: 1, loadCores: null };
// From dist/bench.
const BASELINE = fileURLToPath(new URL('../../bench/guard-baseline.json', import.meta.url));

function baselineRatio(): number {
  const { ratio } = JSON.parse(readFileSync(BASELINE, 'utf8')) as { readonly ratio: number };
  return ratio;
}

async function guard({ addresses, echoPort, pid }: GuardReady): Promise<void> {
  const rest = { pids: () => [pid], cannot: () => null, fresh: null, startUp: null };
  const router: Target = { ...rest, name: 'router', urls: urlsOf(addresses) };
  const bare: Target = { ...rest, name: 'echo', urls: doors({ rawsocket: `rs://127.0.0.1:${echoPort}` }) };
  const [scenario] = selectScenarios('calls-16x16-rawsocket');
  if (scenario === undefined) throw new Error('the scenario of the guard is gone');
  const messages: number[] = [];
  const echoes: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const { cpu: call } = await measure(router, scenario, TIMES);
    const { cpu: echo } = await measure(bare, PIPELINED_ECHO, TIMES);
    if (call === null || echo === null) {
      process.stdout.write('bench-guard: CPU time of a process cannot be read here, so there is nothing to compare\n');
      return;
    }
    const message = call / MESSAGES_OF_A_CALL;
    const echoed = echo / MESSAGES_OF_AN_ECHO;
    messages.push(message);
    echoes.push(echoed);
    process.stderr.write(`[${round}/${ROUNDS}] message ${message.toFixed(3)} µs, echo ${echoed.toFixed(3)} µs\n`);
  }
  const verdict = judge({ message: middle(messages) ?? 0, echo: middle(echoes) ?? 0 }, baselineRatio());
  process.stdout.write(`${verdict.artifact}\n${verdict.text}\n`);
}

const child = new Child<never, GuardReady>(new URL('./guard-process.js', import.meta.url), null);
try {
  await guard(await child.first(START_TIMEOUT));
} finally {
  await child.stop();
}
