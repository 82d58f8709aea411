import { parseArgs } from 'node:util';
import type { RouterUrls } from './load-messages.ts';
import { loadAddress } from './open-link.ts';
import { SCENARIOS, type Scenario, selectScenarios } from './scenarios.ts';

export const HELP = `npm run bench -- [options]

Measures a WAMP router: calls, events and logins per second, CPU of the router per operation, latency.
Without --url it starts Turnpike itself on free ports of the loopback. The table goes to standard output
as Markdown, progress to standard error. docs/performance.md says how to read and repeat it.

Which router
  --url URL            ws://host:port/path and rs://host:port, each at most once (also ws+unix:, rs+unix:);
                       rows of a transport without URL are left out
  --ticket-url URL     where clients log in with tickets: needed for logins-ticket and logins-dynamic
  --dynamic-url URL    where a dynamic authenticator decides: needed for logins-dynamic
  --pid PID[,PID]      processes of the router, for CPU and memory. Default: what it says in WELCOME (x_cb_pid)
  A router given by URL needs the realms, roles and tickets of bench/bench-node.ts.

What
  --only NAME[,NAME]   these scenarios, by name or by the beginning of names: calls-16x16,logins
  --list               show the scenarios, and end
  --quick              one short run of each: whether it works, not how fast it is

How
  --repeats N          runs of each scenario, alternating; medians are printed. Default 5
  --seconds S          how long each is measured. Default 2
  --warm-up S          how long it runs before. Default 1
  --processes N        load processes. Default 1; more where one is the limit and there are cores for them
  --router-cores LIST  where the router that it starts may run, as taskset takes it: 0 or 0,2-3
  --load-cores LIST    where the load processes may run; pinning is left out, and said, where there is no taskset
  --json FILE          write all samples, options and the machine as JSON
  --help               this
`;

/** What the command line asks for. Times are seconds. */
export interface BenchOptions {
  /** The router to measure; null: our own. */
  readonly urls: RouterUrls | null;
  readonly pids: readonly number[];
  readonly scenarios: readonly Scenario[];
  readonly repeats: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly processes: number;
  readonly routerCores: string | null;
  readonly loadCores: string | null;
  readonly json: string | null;
}

export type Request =
  | { readonly kind: 'help' }
  | { readonly kind: 'list' }
  | { readonly kind: 'run'; readonly options: BenchOptions };

/** What cannot be asked for. The message says which option, and what it takes. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}

const FLAGS = {
  url: { type: 'string', multiple: true },
  'ticket-url': { type: 'string' },
  'dynamic-url': { type: 'string' },
  pid: { type: 'string' },
  only: { type: 'string' },
  list: { type: 'boolean' },
  quick: { type: 'boolean' },
  repeats: { type: 'string' },
  seconds: { type: 'string' },
  'warm-up': { type: 'string' },
  processes: { type: 'string' },
  'router-cores': { type: 'string' },
  'load-cores': { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof FLAGS }>>['values'];

function number(values: Values, name: 'repeats' | 'seconds' | 'warm-up' | 'processes', bounds: NumberBounds): number {
  const text = values[name];
  if (text === undefined) return bounds.otherwise;
  const value = Number(text);
  const fits = text.trim() !== '' && value >= bounds.least && value <= bounds.most;
  if (!fits || (bounds.whole && !Number.isInteger(value))) {
    throw new UsageError(
      `--${name} takes ${bounds.whole ? 'an integer' : 'a number'} from ${bounds.least} to ${bounds.most}`,
    );
  }
  return value;
}

interface NumberBounds {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  readonly otherwise: number;
}

function checkUrl(option: string, url: string, scheme: RegExp): string {
  try {
    loadAddress(url);
  } catch (error) {
    throw new UsageError(`--${option}: ${(error as Error).message}`, { cause: error });
  }
  if (!scheme.test(url)) throw new UsageError(`--${option} takes a WebSocket URL`);
  return url;
}

const WEBSOCKET_URL = /^ws(?:\+unix)?:/;
const ANY_URL = /^(?:ws|rs)(?:\+unix)?:/;

function readUrls(values: Values): RouterUrls | null {
  const given = (values.url ?? []).map((url) => checkUrl('url', url, ANY_URL));
  const websocket = given.filter((url) => WEBSOCKET_URL.test(url));
  const rawsocket = given.filter((url) => !WEBSOCKET_URL.test(url));
  if (websocket.length > 1 || rawsocket.length > 1) throw new UsageError('--url takes one URL for each transport');
  const login = (name: 'ticket-url' | 'dynamic-url'): string | null => {
    const url = values[name];
    return url === undefined ? null : checkUrl(name, url, WEBSOCKET_URL);
  };
  const urls = {
    websocket: websocket[0] ?? null,
    rawsocket: rawsocket[0] ?? null,
    ticket: login('ticket-url'),
    dynamic: login('dynamic-url'),
  };
  return Object.values(urls).every((url) => url === null) ? null : urls;
}

function readPids(text: string | undefined, urls: RouterUrls | null): readonly number[] {
  if (text === undefined) return [];
  if (urls === null) throw new UsageError('--pid goes with --url: our own router is known');
  const pids = text.split(',').map(Number);
  if (!pids.every((pid) => Number.isInteger(pid) && pid > 0))
    throw new UsageError('--pid takes process numbers: 4711,4712');
  return pids;
}

function readCores(option: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/.test(text))
    throw new UsageError(`--${option} takes numbers of cores: 0 or 0,2-3`);
  return text;
}

function readScenarios(list: string | undefined): readonly Scenario[] {
  if (list === undefined) return SCENARIOS;
  try {
    return selectScenarios(list);
  } catch (error) {
    throw new UsageError(`--only: ${(error as Error).message}`, { cause: error });
  }
}

function readValues(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** @param args what follows `--`. @throws UsageError */
export function readOptions(args: readonly string[]): Request {
  const values = readValues(args);
  if (values.help === true) return { kind: 'help' };
  if (values.list === true) return { kind: 'list' };
  const quick = values.quick === true;
  const urls = readUrls(values);
  const routerCores = readCores('router-cores', values['router-cores']);
  if (routerCores !== null && urls !== null)
    throw new UsageError('--router-cores is for our own router, without --url');
  const options: BenchOptions = {
    urls,
    pids: readPids(values.pid, urls),
    scenarios: readScenarios(values.only),
    repeats: number(values, 'repeats', { least: 1, most: 101, whole: true, otherwise: quick ? 1 : 5 }),
    seconds: number(values, 'seconds', { least: 0.1, most: 600, whole: false, otherwise: quick ? 0.5 : 2 }),
    warmUp: number(values, 'warm-up', { least: 0, most: 600, whole: false, otherwise: quick ? 0.3 : 1 }),
    processes: number(values, 'processes', { least: 1, most: 64, whole: true, otherwise: 1 }),
    routerCores,
    loadCores: readCores('load-cores', values['load-cores']),
    json: values.json ?? null,
  };
  return { kind: 'run', options };
}
