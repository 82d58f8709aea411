import { type ConnectOptions, connect } from '../client/connect.ts';
import { printableJson } from '../node/printable.ts';
import { ERRORS, WampError } from '../wamp/errors.ts';
import { SYSTEM_CLOCK } from '../wamp/system-clock.ts';
import { type Command, CommandError, type OptionValues, type Terminal, UsageError } from './command.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { tellingLoad } from './load-config.ts';
import { adviceOnReason, adviceOnSteps } from './login-advice.ts';
import { CONNECTION_OPTIONS, LOGIN_OPTIONS, type LoginRequest, readLogin } from './login-options.ts';
import { LoginReport, type LoginResult } from './login-report.ts';
import { resultLine, stepLines } from './login-text.ts';
import { CBDIR_OPTION, CONFIG_OPTION, nodeDirectory, requireDirectory } from './node-directory.ts';
import { Redaction } from './redacted.ts';
import { ENTRANCE_OPTIONS, type RehearsedNode, startRehearsal } from './rehearsed-node.ts';

const EXIT_BY_RESULT = { welcomed: EXIT.ok, refused: EXIT.failed, untried: EXIT.untried } as const;

/** What is said of what is seen, and of what is not. */
const SEEN = {
  client: 'This is what the client sees; what the router does in between only shows with a configuration (--cbdir).',
  router:
    "The router's own steps are below the messages. It was started for this login alone: at a port of its own, without TLS.",
} as const;

export const AUTH_TEST: Command = {
  name: 'auth test',
  summary: 'try a login, and show each of its steps',
  options: [
    { name: 'url', value: 'URL', about: 'a running router: ws://host:port/path, wss://…, rs://host:port, rss://…' },
    CBDIR_OPTION,
    CONFIG_OPTION,
    ...ENTRANCE_OPTIONS,
    ...LOGIN_OPTIONS,
    ...CONNECTION_OPTIONS,
    { name: 'output', value: 'FORMAT', choices: ['text', 'json'], about: 'how it is told: text (default), json' },
  ],
  asksForSecret: true,
  help: {
    about:
      'With --url, logs in at a running router (any WAMP router) and shows the messages that come and go.\n' +
      'Without it, starts the router of a configuration for this one login, with its components, at a free port of this\n' +
      'machine, without TLS, with cookies and event stores in memory; and shows what the router does, too: the method that\n' +
      'it takes, who is asked what, the answer, each check of it, and what can be done where it ends in a refusal.\n' +
      'Components do what they do, and what they print is among the steps; authenticators outside of the node are not\n' +
      'there. Secrets are asked for, or read from a file or standard input, and masked wherever they appear.',
    examples: [
      ['turnpike auth test --realm realm1', 'as anybody, by the configuration of this directory'],
      ['turnpike auth test --realm realm1 --authid joe --authmethod ticket', 'with a ticket, which is asked for'],
      [
        'turnpike auth test --url ws://127.0.0.1:8080/ws --realm realm1 --authid joe --authmethod wampcra,scram',
        'at a running node, by whichever of these it has',
      ],
      [
        'turnpike auth test --realm realm1 --authid joe --authmethod cryptosign --key-file joe.key --output json',
        'for scripts',
      ],
    ],
    exitCodes: [
      [EXIT.ok, 'logged in'],
      [EXIT.failed, 'refused, by the router or by the client'],
      [EXIT.untried, 'no login could be tried: problems of the configuration, no router there'],
      [EXIT.usage, 'the command line was not understood'],
    ],
  },
  async run(values, terminal) {
    try {
      return await (values.has('url') ? testUrl(values, terminal) : testConfiguration(values, terminal));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      terminal.err.write(`turnpike auth test: ${error.message}\n`);
      return EXIT.untried;
    }
  },
};

async function testUrl(values: OptionValues, terminal: Terminal): Promise<ExitCode> {
  refuse(values, ['cbdir', 'config', 'transport', 'path'], 'is for a configuration, and --url for a running router');
  const url = values.get('url') as string;
  const request = await readLogin(values, terminal);
  const report = new LoginReport(new Redaction(request.secrets), SYSTEM_CLOCK);
  const result = await logIn(url, request, report);
  const advice = result.by === 'router' ? adviceOnReason(result.reason) : [];
  return tell(values, terminal, { seen: 'client', url, report, result, advice });
}

async function testConfiguration(values: OptionValues, terminal: Terminal): Promise<ExitCode> {
  refuse(
    values,
    ['tls-ca', 'tls-cert', 'tls-key', 'cookie-file', 'channel-binding'],
    'needs --url: a configuration is tried without TLS and without its cookies',
  );
  const directory = nodeDirectory(values, terminal);
  requireDirectory(directory);
  const loaded = await tellingLoad(directory, terminal);
  const request = await readLogin(values, terminal);
  const redaction = new Redaction(request.secrets);
  redaction.learn(loaded.config);
  const report = new LoginReport(redaction, SYSTEM_CLOCK);
  const start = (): Promise<RehearsedNode> =>
    startRehearsal(loaded, directory.cbdir, values, terminal, report.trace).catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      throw new CommandError(report.show(error.message) as string, { cause: error });
    });
  const told = await rehearsed(start, request, report, terminal);
  return tell(values, terminal, told);
}

/** The login, and the node of it, while what their code prints is taken among the steps. */
async function rehearsed(
  start: () => Promise<RehearsedNode>,
  request: LoginRequest,
  report: LoginReport,
  { err, capture }: Terminal,
): Promise<Told> {
  const tellSteps = (): void => {
    for (const line of stepLines(report.shown)) err.write(`${line}\n`);
  };
  const release = capture?.(report.onPrinted, tellSteps) ?? (() => {});
  try {
    const told = await rehearse(await start(), request, report);
    release();
    return told;
  } catch (error) {
    release();
    tellSteps();
    throw error;
  }
}

async function rehearse(node: RehearsedNode, request: LoginRequest, report: LoginReport): Promise<Told> {
  const { url, worker } = node;
  try {
    const result = await logIn(url, request, report);
    const refusal = { reason: result.reason, authid: request.options.authid ?? null };
    const advice = result.by === 'router' ? adviceOnSteps(report.steps, refusal, worker) : [];
    return { seen: 'router', url, report, result, advice };
  } finally {
    await node.stop();
  }
}

function refuse(values: OptionValues, names: readonly string[], why: string): void {
  const given = names.find((name) => values.has(name));
  if (given !== undefined) throw new UsageError(`--${given} ${why}`);
}

async function logIn(url: string, { options }: LoginRequest, report: LoginReport): Promise<LoginResult> {
  const all: ConnectOptions = { url, ...options, onLoginMessage: report.onLoginMessage };
  try {
    const session = await connect(all);
    await session.leave().catch(() => {});
    return { result: 'welcomed', by: null, reason: null, message: null };
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(`--url: ${error.message}`, { cause: error });
    if (!(error instanceof WampError)) throw error;
    const unreached = !report.answered || error.uri === ERRORS.networkFailure.uri;
    const [text] = error.args;
    return report.show({
      result: unreached ? 'untried' : 'refused',
      by: unreached ? null : report.aborted ? 'router' : 'client',
      reason: error.uri,
      message: typeof text === 'string' ? text : null,
    }) as LoginResult;
  }
}

interface Told {
  readonly seen: keyof typeof SEEN;
  readonly url: string;
  readonly report: LoginReport;
  readonly result: LoginResult;
  readonly advice: readonly string[];
}

function tell(values: OptionValues, { out }: Terminal, { seen, url, report, result, advice }: Told): ExitCode {
  const shownUrl = report.show(url) as string;
  const steps = report.shown;
  const shownAdvice = report.show(advice) as readonly string[];
  if (values.get('output') === 'json') {
    const all = { ...result, url: shownUrl, seen, steps, advice: shownAdvice };
    out.write(`${JSON.stringify(all, null, 2).split('\n').map(printableJson).join('\n')}\n`);
    return EXIT_BY_RESULT[result.result];
  }
  const lines = [
    `Logging in at ${shownUrl}. ${SEEN[seen]}`,
    '',
    ...stepLines(steps),
    ...(steps.length > 0 ? [''] : []),
    resultLine(result),
    ...shownAdvice.map((line) => `  ${line}`),
  ];
  out.write(`${lines.join('\n')}\n`);
  return EXIT_BY_RESULT[result.result];
}
