import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doors } from '../../bench/doors.ts';
import { HELP } from '../../bench/help.ts';
import { type BenchOptions, readOptions } from '../../bench/options.ts';
import { PEER_NAMES } from '../../bench/peers.ts';
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
    peers: [],
    scenarios: SCENARIOS,
    rate: null,
    repeats: 5,
    seconds: 2,
    warmUp: 1,
    processes: 1,
    routerCores: null,
    peerCores: null,
    loadCores: null,
    json: null,
    charts: null,
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
  const [websocket, rawsocket] = ['ws://127.0.0.1:8080/ws', 'rs://127.0.0.1:8081'];
  const [ticket, dynamic] = ['ws://localhost/ticket', 'ws+unix:///run/x.sock:/dynamic'];
  assert.deepEqual(given.urls, doors({ websocket, rawsocket, ticket, dynamic }));
  assert.deepEqual(given.pids, [11, 12]);
});

test('scenarios by name and by the beginning of names', () => {
  const names = (list: string): string[] => options('--only', list).scenarios.map(({ id }) => id);
  assert.deepEqual(names('calls-16x16'), ['calls-16x16']);
  assert.deepEqual(names('logins,calls-64x1'), [
    'calls-64x1',
    'logins-anonymous',
    'logins-ticket',
    'logins-wampcra',
    'logins-dynamic',
  ]);
  assert.deepEqual(names('events-1000x1-'), ['events-1000x1-json', 'events-1000x1-1kb']);
});

test('where and how many', () => {
  const { processes, routerCores, peerCores, loadCores, rate, json } = options(
    ...['--processes', '3', '--router-cores', '0', '--load-cores', '1-3,5', '--json', 'out.json', '--rate', '2.5'],
  );
  assert.deepEqual(
    { processes, routerCores, peerCores, loadCores, rate, json },
    { processes: 3, routerCores: '0', peerCores: '0', loadCores: '1-3,5', rate: 2.5, json: 'out.json' },
  );
  assert.equal(options('--router-cores', '0', '--peer-cores', '0,1').peerCores, '0,1');
});

test('peers, all or by name, to be measured or installed', () => {
  assert.deepEqual(options('--peers', '--quick').peers, ['nexus', 'crossbar', 'xconn', 'fox-wamp']);
  assert.deepEqual(options('--peers=xconn, nexus').peers, ['nexus', 'xconn']);
  assert.deepEqual(readOptions(['--install-peers=crossbar']), { kind: 'install', peers: ['crossbar'] });
  assert.deepEqual(readOptions(['--install-peers']), { kind: 'install', peers: PEER_NAMES });
});

test('growth, and charts of this run or of an earlier one', () => {
  const growth = { kind: 'growth', most: Infinity, rounds: 9, json: null, routerCores: null, loadCores: null };
  assert.deepEqual(readOptions(['--growth', '--json', 'g.json']), { ...growth, json: 'g.json' });
  assert.deepEqual(readOptions(['--growth', '--quick', '--router-cores', '0', '--load-cores', '1']), {
    ...growth,
    most: 1_000,
    rounds: 1,
    routerCores: '0',
    loadCores: '1',
  });
  assert.equal(options('--charts', 'docs/charts').charts, 'docs/charts');
  const earlier = readOptions(['--charts', 'docs/charts', '--from', 'results.json']);
  assert.deepEqual(earlier, { kind: 'charts', from: 'results.json', to: 'docs/charts' });
});

test('the floor, with all that it is held against, or some of it', () => {
  const request = readOptions(['--floor', '--repeats', '3', '--router-cores', '0', '--load-cores', '1']);
  assert.ok(request.kind === 'floor');
  const { repeats, seconds, warmUp, processes, routerCores, loadCores, json } = request;
  assert.deepEqual(
    { repeats, seconds, warmUp, processes, routerCores, loadCores, json },
    { repeats: 3, seconds: 2, warmUp: 1, processes: 1, routerCores: '0', loadCores: '1', json: null },
  );
  const idsOf = (...args: string[]): string[] => {
    const asked = readOptions(['--floor', ...args]);
    return asked.kind === 'floor' ? asked.budgets.map(({ scenario }) => scenario.id) : [];
  };
  assert.deepEqual(idsOf(), ['calls-16x16', 'calls-64x1', 'events-1000x8', 'events-1000x1']);
  assert.deepEqual(idsOf('--only', 'events,logins'), ['events-1000x8', 'events-1000x1']);
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
  [['--peers=nexus,mosquitto'], /^--peers: no peer is called "mosquitto"; there are nexus, crossbar, /],
  [['--peers', 'nexus'], /nexus/],
  [['--url', 'ws://a/', '--peers'], /^--peers are measured beside our own router/],
  [['--floor', '--url', 'ws://a/'], /^--floor is for our own router, without --url and --peers$/],
  [['--floor', '--peers'], /^--floor is for our own router/],
  [['--floor', '--only', 'logins'], /^--only: with --floor there are calls-16x16, calls-64x1, events-1000x8, /],
  [['--from', 'x.json'], /^--from goes with --charts/],
  [['--rate', '0'], /^--rate takes a number from 1 /],
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
  assert.equal(named.length, 26);
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
