/**
 * [row 36] Whether the time that the router takes tells a user that there is from one that there is not. By hand, on a
 * quiet machine: `npm run timing`. `--help` says more.
 */
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Dict } from '../../src/wamp/dict.ts';
import { WampError } from '../../src/wamp/errors.ts';
import { createRouter } from '../../src/worker/create-router.ts';
import { temporaryDirectory } from '../transports/rawsocket-harness.ts';
import { guess } from './guess.ts';
import { type Round, SCENARIOS, type Scenario, USERS } from './scenarios.ts';
import { compareClasses, SIGNIFICANT, type Verdict } from './welch.ts';

const HELP = `npm run timing -- [options]

Fails to log in, again and again, in turns as a user that there is, with a wrong secret, and as one that there is not.
Compares how long CHALLENGE and ABORT take, by Welch's t over at least 10,000 tries of each, with the slowest
measurements cropped at several percentiles; |t| of ${SIGNIFICANT} and more is a difference. Exit code 1 where there is one.

  --tries N        of each kind, for each scenario. Default 10000
  --warm-up N      tries before, which do not count. Default 1000
  --control        guess at nobody but users that there are not: what the machine itself makes of it
  --only PREFIX    these scenarios
  --help           this
`;

/** Routers that the tries of a scenario are spread over. */
const ROUNDS = 100;

/** Both classes' durations of one answer, in microseconds. */
interface Samples {
  readonly known: number[];
  readonly unknown: number[];
}

type Answers = readonly [challenge: Samples, abort: Samples];

/** One round: a router and users of its own, so that no luck of theirs in where they lie in memory lasts. */
async function measureRound(round: Round, tries: number, warmUp: number, answers: Answers): Promise<void> {
  const { directory, remove } = await temporaryDirectory();
  const socket = path.join(directory, 'timing.sock');
  const router = await createRouter(
    {
      realms: [{ name: 'realm1', roles: [{ name: 'user', permissions: [] }] }],
      transports: [
        {
          type: 'rawsocket',
          endpoint: { type: 'unix', path: socket },
          options: { max_failed_logins: 0 },
          auth: round.auth,
        },
      ],
    },
    { cbdir: directory },
  );
  try {
    await registerAuthenticator(router, round);
    for (let pair = -warmUp; pair < tries; pair++) {
      // In turns, but which comes first is left to chance.
      const first = randomInt(2) === 0;
      for (const isKnown of [first, !first]) {
        const durations = await guess(socket, round.guess(randomInt(USERS), isKnown));
        if (pair < 0) continue;
        for (const [at, samples] of answers.entries()) {
          (isKnown ? samples.known : samples.unknown).push(durations[at] ?? 0);
        }
      }
    }
  } finally {
    await router.close();
    await remove();
  }
}

async function measure(scenario: Scenario, tries: number, warmUp: number, control: boolean): Promise<Verdict[]> {
  const answers: Answers = [
    { known: [], unknown: [] },
    { known: [], unknown: [] },
  ];
  await measureRound(scenario.round(control), 0, warmUp, answers);
  for (let round = 0; round < ROUNDS; round++) {
    await measureRound(scenario.round(control), Math.ceil(tries / ROUNDS), USERS, answers);
  }
  return answers.map(({ known, unknown }) => compareClasses(known, unknown));
}

type Router = Awaited<ReturnType<typeof createRouter>>;

async function registerAuthenticator(router: Router, { decide }: Round): Promise<void> {
  if (decide === null) return;
  const authenticator = await router.join({ realm: 'realm1' });
  await authenticator.register('com.example.authenticate', ([, authid, details]) => {
    const answer = decide(authid as string | null, details as Dict);
    if (answer === null) throw new WampError('com.example.not_known', ['not let in']);
    return answer;
  });
}

function cells({ t, crop, medians }: Verdict): string {
  const [known, unknown] = medians.map((median) => median.toFixed(1));
  return `${known} | ${unknown} | ${t.toFixed(2)} (${crop * 100} %)`;
}

const { values } = parseArgs({
  options: {
    tries: { type: 'string', default: '10000' },
    'warm-up': { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
    control: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
} else {
  process.stdout.write(
    '| Login | CHALLENGE: known, µs | unknown | t (kept) | ABORT: known, µs | unknown | t (kept) |\n',
  );
  process.stdout.write('| --- | --- | --- | --- | --- | --- | --- |\n');
  let worst = 0;
  for (const scenario of SCENARIOS.filter(({ id }) => id.startsWith(values.only))) {
    const verdicts = await measure(scenario, Number(values.tries), Number(values['warm-up']), values.control);
    worst = Math.max(worst, ...verdicts.map(({ t }) => Math.abs(t)));
    process.stdout.write(`| ${scenario.id} | ${verdicts.map(cells).join(' | ')} |\n`);
  }
  process.stdout.write(`\nThe largest |t| is ${worst.toFixed(2)}; ${SIGNIFICANT} would be a difference.\n`);
  process.exitCode = worst < SIGNIFICANT ? 0 : 1;
}
