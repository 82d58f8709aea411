import { parseArgs } from 'node:util';
import { DOORS, type Door, doors, type RouterUrls } from './doors.ts';
import { BUDGETS, type Budget } from './floor-budgets.ts';
import { loadAddress } from './open-link.ts';
import { PEER_NAMES, type PeerName } from './peers.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS, selectScenarios } from './scenarios.ts';
import { UsageError } from './usage-error.ts';

/** How scenarios are run. Times are seconds. */
export interface RunOptions {
  /** Calls per second where calls are paced; null: nobody said. */
  readonly rate: number | null;
  readonly repeats: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly processes: number;
  readonly routerCores: string | null;
  readonly loadCores: string | null;
  readonly json: string | null;
}

/** What the command line asks for. */
export interface BenchOptions extends RunOptions {
  /** The router to measure; null: our own. */
  readonly urls: RouterUrls | null;
  readonly pids: readonly number[];
  /** The routers to measure beside it. */
  readonly peers: readonly PeerName[];
  readonly scenarios: readonly Scenario[];
  readonly peerCores: string | null;
  /** Folder that charts are drawn into; null: none are. */
  readonly charts: string | null;
}

/** Our own router beside the floor. */
export interface FloorRequest extends RunOptions {
  readonly kind: 'floor';
  readonly budgets: readonly Budget[];
}

export interface GrowthRequest {
  readonly kind: 'growth';
  /** No size above that. */
  readonly most: number;
  /** Rounds of each over sockets. */
  readonly rounds: number;
  readonly json: string | null;
  readonly routerCores: string | null;
  readonly loadCores: string | null;
}

export type Request =
  | { readonly kind: 'help' }
  | { readonly kind: 'list' }
  | { readonly kind: 'install'; readonly peers: readonly PeerName[] }
  | GrowthRequest
  | FloorRequest
  | { readonly kind: 'charts'; readonly from: string; readonly to: string }
  | { readonly kind: 'run'; readonly options: BenchOptions };

const FLAGS = {
  url: { type: 'string', multiple: true },
  'ticket-url': { type: 'string' },
  'wampcra-url': { type: 'string' },
  'dynamic-url': { type: 'string' },
  'rules-url': { type: 'string' },
  'authorizer-url': { type: 'string' },
  pid: { type: 'string' },
  peers: { type: 'string' },
  'install-peers': { type: 'string' },
  growth: { type: 'boolean' },
  floor: { type: 'boolean' },
  only: { type: 'string' },
  rate: { type: 'string' },
  list: { type: 'boolean' },
  quick: { type: 'boolean' },
  repeats: { type: 'string' },
  seconds: { type: 'string' },
  'warm-up': { type: 'string' },
  processes: { type: 'string' },
  'router-cores': { type: 'string' },
  'peer-cores': { type: 'string' },
  'load-cores': { type: 'string' },
  json: { type: 'string' },
  charts: { type: 'string' },
  from: { type: 'string' },
  help: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof FLAGS }>>['values'];

type NumberName = 'repeats' | 'seconds' | 'warm-up' | 'processes' | 'rate';

function number<Otherwise>(values: Values, name: NumberName, bounds: NumberBounds<Otherwise>): number | Otherwise {
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

interface NumberBounds<Otherwise> {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  readonly otherwise: Otherwise;
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
/** Where growth ends, and how often it is measured over sockets; and where it is only to be tried. */
const GROWTH = { most: Number.POSITIVE_INFINITY, rounds: 9 };
const QUICK_GROWTH = { most: 1_000, rounds: 1 };

type LoginDoor = Exclude<Door, 'websocket' | 'rawsocket'>;

/** The doors that have an option of their own. */
const LOGIN_DOORS = DOORS.filter((door): door is LoginDoor => door !== 'websocket' && door !== 'rawsocket');
const ANY_URL = /^(?:ws|rs)(?:\+unix)?:/;

function readUrls(values: Values): RouterUrls | null {
  const given = (values.url ?? []).map((url) => checkUrl('url', url, ANY_URL));
  const websocket = given.filter((url) => WEBSOCKET_URL.test(url));
  const rawsocket = given.filter((url) => !WEBSOCKET_URL.test(url));
  if (websocket.length > 1 || rawsocket.length > 1) throw new UsageError('--url takes one URL for each transport');
  const named = LOGIN_DOORS.map((door): [Door, string | null] => {
    const url = values[`${door}-url`];
    return [door, url === undefined ? null : checkUrl(`${door}-url`, url, WEBSOCKET_URL)];
  });
  const [ws = null, rs = null] = [websocket[0], rawsocket[0]];
  const urls = doors({ websocket: ws, rawsocket: rs, ...Object.fromEntries(named) });
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

/** @param list names, with commas between; empty: all */
function readPeers(option: string, list: string | undefined, otherwise: readonly PeerName[]): readonly PeerName[] {
  if (list === undefined) return otherwise;
  if (list === '') return PEER_NAMES;
  const names = list.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!PEER_NAMES.some((peer) => peer === name)) {
      throw new UsageError(`--${option}: no peer is called "${name}"; there are ${PEER_NAMES.join(', ')}`);
    }
  }
  return PEER_NAMES.filter((peer) => names.includes(peer));
}

/** Options that may be given without a value, which parseArgs has not. */
const OPTIONAL_VALUE = /^--(?:install-)?peers$/;

function readValues(given: readonly string[]): Values {
  const args = given.map((arg) => (OPTIONAL_VALUE.test(arg) ? `${arg}=` : arg));
  try {
    return parseArgs({ args, options: FLAGS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** @param args what follows `--`. @throws UsageError */
export function readOptions(args: readonly string[]): Request {
  const values = readValues(args);
  if (values.help === true) return { kind: 'help' };
  if (values.list === true) return { kind: 'list' };
  const install = values['install-peers'];
  if (install !== undefined) return { kind: 'install', peers: readPeers('install-peers', install, PEER_NAMES) };
  const { charts, from } = values;
  if (from !== undefined) {
    if (charts === undefined) throw new UsageError('--from goes with --charts: it is what they are drawn of');
    return { kind: 'charts', from, to: charts };
  }
  if (values.growth === true) {
    const routerCores = readCores('router-cores', values['router-cores']);
    const loadCores = readCores('load-cores', values['load-cores']);
    const extent = values.quick === true ? QUICK_GROWTH : GROWTH;
    return { kind: 'growth', ...extent, json: values.json ?? null, routerCores, loadCores };
  }
  if (values.floor === true) return readFloor(values);
  return { kind: 'run', options: readRun(values) };
}

function readFloor(values: Values): FloorRequest {
  if (values.url !== undefined || values.peers !== undefined)
    throw new UsageError('--floor is for our own router, without --url and --peers');
  const scenarios = readScenarios(values.only);
  const budgets = BUDGETS.filter(({ scenario }) => scenarios.includes(scenario));
  if (budgets.length === 0)
    throw new UsageError(`--only: with --floor there are ${BUDGETS.map(({ scenario }) => scenario.id).join(', ')}`);
  return { kind: 'floor', budgets, ...readHow(values) };
}

function readHow(values: Values): RunOptions {
  const quick = values.quick === true;
  return {
    rate: number(values, 'rate', { least: 1, most: 10_000_000, whole: false, otherwise: null }),
    repeats: number(values, 'repeats', { least: 1, most: 101, whole: true, otherwise: quick ? 1 : 5 }),
    seconds: number(values, 'seconds', { least: 0.1, most: 600, whole: false, otherwise: quick ? 0.5 : 2 }),
    warmUp: number(values, 'warm-up', { least: 0, most: 600, whole: false, otherwise: quick ? 0.3 : 1 }),
    processes: number(values, 'processes', { least: 1, most: 64, whole: true, otherwise: 1 }),
    routerCores: readCores('router-cores', values['router-cores']),
    loadCores: readCores('load-cores', values['load-cores']),
    json: values.json ?? null,
  };
}

function readRun(values: Values): BenchOptions {
  const urls = readUrls(values);
  const how = readHow(values);
  if (how.routerCores !== null && urls !== null)
    throw new UsageError('--router-cores is for our own router, without --url');
  const peers = readPeers('peers', values.peers, []);
  if (peers.length > 0 && urls !== null)
    throw new UsageError('--peers are measured beside our own router, without --url');
  return {
    ...how,
    urls,
    pids: readPids(values.pid, urls),
    peers,
    scenarios: readScenarios(values.only),
    peerCores: readCores('peer-cores', values['peer-cores']) ?? how.routerCores,
    charts: values.charts ?? null,
  };
}
