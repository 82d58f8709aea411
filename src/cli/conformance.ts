import { allChapters } from '../conformance/chapters.ts';
import { explore, type Outcome, runScenarios } from '../conformance/conformance-run.ts';
import { LOGIN_METHODS, type Login, loginBy } from '../conformance/login.ts';
import { type ConformanceReport, faults, listText, reportJson, reportText } from '../conformance/report.ts';
import type { Scenario } from '../conformance/scenario.ts';
import type { Target } from '../conformance/target.ts';
import { TRIED_SERIALIZERS, type TriedSerializer } from '../conformance/tried-connection.ts';
import { DEFAULT_SERIALIZERS } from '../serializers/protocols.ts';
import { SILENT } from '../wamp/log.ts';
import { SYSTEM_CLOCK } from '../wamp/system-clock.ts';
import { type Command, CommandError, type OptionValues, type Terminal, UsageError } from './command.ts';
import { EXIT } from './exit-code.ts';
import { readFileOf, readSecret, SECRET_FILE_OPTION } from './secret-input.ts';

const DEFAULT_TIMEOUT = 2_000;
const PREFIX = 'turnpike.conformance';

/** Of the environment: the ticket, the secret, the password, or the private key in hexadecimal. */
const VARIABLE = 'WAMP_SECRET';
const PORTS = { clock: SYSTEM_CLOCK, log: SILENT };

/** Tries a router, whichever it is, against the specification. */
export const CONFORMANCE: Command = {
  name: 'conformance',
  summary: 'try any WAMP router against the specification',
  options: [
    {
      name: 'url',
      value: 'URL',
      about:
        'the router: ws://…, wss://…, rs://host:port, rss://…, ws+unix:…, rs+unix:…, http://… (long-poll), https://…',
    },
    { name: 'realm', value: 'REALM', about: 'a realm where everything is allowed (default: realm1)' },
    {
      name: 'other-realm',
      value: 'REALM',
      about: 'a second one, to see that realms know nothing of each other (default: not tried)',
    },
    {
      name: 'serializer',
      value: 'NAMES',
      about: `${TRIED_SERIALIZERS.join(', ')} (default: json), several separated by commas; all: ${DEFAULT_SERIALIZERS.join(', ')}`,
    },
    { name: 'filter', value: 'TEXTS', about: 'only scenarios whose id contains one of these, separated by commas' },
    { name: 'authid', value: 'NAME', about: 'log in as this user (default: join as anonymous)' },
    {
      name: 'authmethod',
      value: 'NAME',
      choices: LOGIN_METHODS,
      about: `how: ${LOGIN_METHODS.join(', ')} (default: ticket)`,
    },
    SECRET_FILE_OPTION,
    {
      name: 'key-file',
      value: 'FILE',
      about: 'private key for cryptosign, as `turnpike keygen --client FILE` makes it',
    },
    {
      name: 'given',
      value: 'WORDS',
      about: `what the router is set up for: history (of ${PREFIX}.history), rights (of users who may less), disclosure, trustlevels, ${LOGIN_METHODS.join(', ')}`,
    },
    { name: 'timeout', value: 'MS', about: `how long to wait for what must come (default: ${DEFAULT_TIMEOUT})` },
    { name: 'announced', value: null, about: 'do not try features that WELCOME does not announce' },
    { name: 'json', value: null, about: 'print the report for programs' },
    { name: 'list', value: null, about: 'print the scenarios, and try nothing' },
  ],
  asksForSecret: true,
  help: {
    about:
      'Plays scenarios against a router, message by message, and says which clause of the WAMP specification it does\n' +
      'not keep. Ends with a table of features: announced in WELCOME, and whether they work. Sessions are killed and\n' +
      'meta events are counted: use a realm of its own, and no router that others rely on. What a login proves comes\n' +
      `from a file, the terminal or standard input, or in the environment as ${VARIABLE}; never on the command line.`,
    examples: [
      ['turnpike conformance --url ws://localhost:8080/ws', 'try a router over WebSocket with JSON'],
      ['turnpike conformance --url rs://localhost:8081 --serializer all', 'over RawSocket, with every serializer'],
      [
        'turnpike conformance --url http://localhost:8080/lp --serializer cbor.batched',
        'over HTTP long-poll, batching',
      ],
      ['turnpike conformance --url ws://localhost:8080/ws --filter dealer.', 'only some scenarios'],
      [
        'turnpike conformance --url wss://localhost/ws --authid joe --authmethod wampcra',
        'asks for the password of joe',
      ],
      ['turnpike conformance --list', 'what there is to try'],
    ],
    exitCodes: [
      [EXIT.ok, 'nothing fails that the router announces, or must do anyway'],
      [EXIT.failed, 'something does, or nobody could join'],
    ],
  },
  async run(values, terminal) {
    const scenarios = selected(values);
    if (values.has('list')) {
      terminal.out.write(listText(scenarios, values.has('json')));
      return EXIT.ok;
    }
    const targets = await targetsOf(values, terminal);
    // The clock's timers do not keep a process alive, and a router under test may end every connection.
    const alive = setInterval(() => undefined, 60_000);
    try {
      const report = await tryRouter(scenarios, targets, values, terminal);
      terminal.out.write(values.has('json') ? reportJson(report) : `\n${reportText(report)}`);
      return faults(report).length === 0 ? EXIT.ok : EXIT.failed;
    } finally {
      clearInterval(alive);
    }
  },
};

const MARKS: Readonly<Record<Outcome['verdict'], string>> = {
  passed: '.',
  failed: 'F',
  skipped: 's',
  unannounced: '-',
};

function selected(values: OptionValues): Scenario[] {
  const texts = wordsOf(values.get('filter'));
  const all = [...allChapters().values()].flatMap(({ scenarios }) => scenarios);
  const chosen = all.filter(({ id }) => texts.length === 0 || texts.some((text) => id.includes(text)));
  if (chosen.length === 0) throw new UsageError('--filter leaves no scenario (all: turnpike conformance --list)');
  return chosen;
}

function wordsOf(text = ''): string[] {
  return text.split(',').filter((word) => word !== '');
}

async function targetsOf(values: OptionValues, terminal: Terminal): Promise<Target[]> {
  const url = values.get('url');
  if (url === undefined) throw new UsageError('--url is needed: the router to try');
  const timeout = Number(values.get('timeout') ?? DEFAULT_TIMEOUT);
  if (!Number.isInteger(timeout) || timeout < 1) throw new UsageError('--timeout is a number of milliseconds');
  const serializers = serializersOf(values);
  const login = await loginOf(values, terminal);
  const realm = values.get('realm') ?? 'realm1';
  const otherRealm = values.get('other-realm') ?? null;
  if (otherRealm === realm) throw new UsageError('--other-realm is another one than --realm');
  return serializers.map((serializer) => ({ url, realm, otherRealm, serializer, timeout, login }));
}

function serializersOf(values: OptionValues): TriedSerializer[] {
  const names = wordsOf(values.get('serializer') ?? 'json').flatMap((name): readonly string[] =>
    name === 'all' ? DEFAULT_SERIALIZERS : [name],
  );
  return names.map((name) => {
    const found = TRIED_SERIALIZERS.find((tried) => tried === name);
    if (found === undefined) throw new UsageError(`--serializer is all, or some of: ${TRIED_SERIALIZERS.join(', ')}`);
    return found;
  });
}

async function loginOf(values: OptionValues, terminal: Terminal): Promise<Login | null> {
  const authid = values.get('authid');
  if (authid === undefined) return null;
  const method = values.get('authmethod') ?? 'ticket';
  const secret = await secretOf(method, authid, values, terminal);
  try {
    return loginBy(method, authid, secret);
  } catch (cause) {
    throw new CommandError(`what proves to be ${authid} cannot be used: ${(cause as Error).message}`, { cause });
  }
}

/** From a file, the environment, the terminal or standard input: a command line is there for others to read. */
function secretOf(method: string, authid: string, values: OptionValues, terminal: Terminal): string | Promise<string> {
  const file = values.get('key-file');
  if (method === 'cryptosign' && file !== undefined) return readFileOf(file, terminal);
  const variable = terminal.env[VARIABLE];
  if (variable !== undefined && variable !== '' && !values.has('secret-file')) return variable;
  if (method === 'cryptosign') throw new UsageError(`a login by cryptosign needs --key-file FILE, or ${VARIABLE}`);
  const what = `${method === 'ticket' ? 'Ticket' : 'Password'} of ${JSON.stringify(authid)}`;
  return readSecret(values, terminal, { what, twice: false });
}

/** @throws CommandError where nobody can join */
async function tryRouter(
  scenarios: readonly Scenario[],
  targets: readonly Target[],
  values: OptionValues,
  { out }: Terminal,
): Promise<ConformanceReport> {
  const [first] = targets;
  if (first === undefined) throw new UsageError('no serializer is left');
  const facts = await explore(first, wordsOf(values.get('given')), PORTS).catch((cause: unknown) => {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  const progress = values.has('json') ? () => {} : (text: string) => out.write(text);
  const options = { unannounced: !values.has('announced'), concurrency: 8, prefix: PREFIX };
  const outcomes: Outcome[] = [];
  for (const target of targets) {
    progress(`${target.serializer}: `);
    await runScenarios(scenarios, target, facts, options, PORTS, (outcome) => {
      outcomes.push(outcome);
      progress(MARKS[outcome.verdict]);
    });
    progress('\n');
  }
  return { url: first.url, realm: first.realm, facts, outcomes };
}
