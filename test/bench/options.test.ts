import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BenchOptions, HELP, readOptions } from '../../bench/options.ts';
import { SCENARIOS } from '../../bench/scenarios.ts';

function options(...args: string[]): BenchOptions {
  const request = readOptions(args);
  if (request.kind !== 'run') assert.fail(`${args.join(' ')}: ${request.kind}`);
  return request.options;
}

test('without options it measures our own router, everything, five times', () => {
  assert.deepEqual(options(), {
    urls: null,
    pids: [],
    scenarios: SCENARIOS,
    repeats: 5,
    seconds: 2,
    warmUp: 1,
    processes: 1,
    routerCores: null,
    loadCores: null,
    json: null,
  });
});

test('--quick is short, and numbers beside it still count', () => {
  const { repeats, seconds, warmUp } = options('--quick', '--seconds', '1.5');
  assert.deepEqual({ repeats, seconds, warmUp }, { repeats: 1, seconds: 1.5, warmUp: 0.3 });
});

test('URLs by transport and purpose', () => {
  const given = options(
    ...['--url', 'ws://127.0.0.1:8080/ws', '--url', 'rs://127.0.0.1:8081', '--pid', '11,12'],
    ...['--ticket-url', 'ws://localhost/ticket', '--dynamic-url', 'ws+unix:///run/x.sock:/dynamic'],
  );
  assert.deepEqual(given.urls, {
    websocket: 'ws://127.0.0.1:8080/ws',
    rawsocket: 'rs://127.0.0.1:8081',
    ticket: 'ws://localhost/ticket',
    dynamic: 'ws+unix:///run/x.sock:/dynamic',
  });
  assert.deepEqual(given.pids, [11, 12]);
});

test('scenarios by name and by the beginning of names', () => {
  const names = (list: string): string[] => options('--only', list).scenarios.map(({ id }) => id);
  assert.deepEqual(names('calls-16x16'), ['calls-16x16']);
  assert.deepEqual(names('logins,calls-64x1'), ['calls-64x1', 'logins-anonymous', 'logins-ticket', 'logins-dynamic']);
  assert.deepEqual(names('events-1000x1-'), ['events-1000x1-1kb']);
});

test('where and how many', () => {
  const { processes, routerCores, loadCores, json } = options(
    ...['--processes', '3', '--router-cores', '0', '--load-cores', '1-3,5', '--json', 'out.json'],
  );
  assert.deepEqual(
    { processes, routerCores, loadCores, json },
    { processes: 3, routerCores: '0', loadCores: '1-3,5', json: 'out.json' },
  );
});

const REFUSED: readonly [args: string[], message: RegExp][] = [
  [['--only', 'calls,flights'], /^--only: no scenario is called "flights", nor begins so; --list shows them$/],
  [['--only', ''], /^--only: no scenario is called ""/],
  [['--repeats', '0'], /^--repeats takes an integer from 1 to 101$/],
  [['--repeats', '1.5'], /^--repeats takes an integer/],
  [['--seconds', 'long'], /^--seconds takes a number from 0.1 to 600$/],
  [['--seconds', ''], /^--seconds takes a number/],
  [['--processes', '65'], /^--processes takes an integer from 1 to 64$/],
  [['--url', 'http://localhost'], /^--url: http:\/\/ is no URL of a router/],
  [['--url', 'wss://localhost'], /^--url: the bench has no TLS/],
  [['--url', 'rss://localhost:1'], /^--url: the bench has no TLS/],
  [['--url', 'ws://a/', '--url', 'ws://b/'], /^--url takes one URL for each transport$/],
  [['--ticket-url', 'rs://localhost:1'], /^--ticket-url takes a WebSocket URL$/],
  [['--pid', '1'], /^--pid goes with --url/],
  [['--url', 'ws://a/', '--pid', '1,x'], /^--pid takes process numbers/],
  [['--url', 'ws://a/', '--router-cores', '0'], /^--router-cores is for our own router/],
  [['--load-cores', '; rm'], /^--load-cores takes numbers of cores/],
  [['--unknown'], /unknown/],
  [['ws://a/'], /ws:\/\/a/],
];

for (const [args, message] of REFUSED) {
  test(`refused: ${args.join(' ')}`, () => {
    assert.throws(() => readOptions(args), { name: 'UsageError', message });
  });
}

test('help and list end it, and the help names all options that there are', () => {
  assert.deepEqual(readOptions(['--help', '--quick']), { kind: 'help' });
  assert.deepEqual(readOptions(['--list']), { kind: 'list' });
  const named = HELP.match(/(?<=^ {2})--[a-z-]+/gm) ?? [];
  assert.equal(named.length, 15);
  for (const option of named) {
    const taken = [[option], [option, '1'], [option, 'ws://a/'], [option, 'calls']].some((args) => {
      try {
        readOptions(args);
        return true;
      } catch (error) {
        return !/Unknown option/.test((error as Error).message);
      }
    });
    assert.ok(taken, option);
  }
});

test('each scenario has a name and a title of its own', () => {
  assert.equal(new Set(SCENARIOS.map(({ id }) => id)).size, SCENARIOS.length);
  assert.equal(new Set(SCENARIOS.map(({ title }) => title)).size, SCENARIOS.length);
});
