import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BENCH_NODE } from '../../bench/bench-node.ts';
import { canPin } from '../../bench/child-process.ts';
import { urlsOf } from '../../bench/own-router.ts';
import { isInstalled } from '../../bench/peer-target.ts';
import { PEER_NAMES } from '../../bench/peers.ts';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';
import { bench, SHORT } from './bench-command.ts';

const LINUX = process.platform === 'linux';

interface Results {
  readonly results: readonly {
    readonly scenario: { readonly id: string };
    readonly failure: string | null;
    readonly leftOut: string | null;
    readonly median: Record<
      'perSecond' | 'cpu' | 'p50' | 'p99' | 'routerCores' | 'loadCores' | 'memory' | 'sessionMemory' | 'startUp',
      number
    >;
  }[];
}

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'bench-'));
});
after(() => rmSync(directory, { recursive: true }));

function checkFigures({ results }: Results, ids: readonly string[]): void {
  assert.deepEqual(
    results.filter(({ leftOut }) => leftOut === null).map(({ scenario, failure }) => [scenario.id, failure]),
    ids.map((id) => [id, null]),
  );
  for (const { scenario, median, leftOut } of results) {
    if (leftOut !== null) continue;
    const { perSecond, cpu, p50, p99, routerCores, loadCores, memory } = median;
    assert.ok(perSecond > 0, `${scenario.id}: ${perSecond} per second`);
    assert.ok(p50 > 10 && p99 >= p50 && p99 < 60e6, `${scenario.id}: ${p50} and ${p99} µs`);
    assert.ok(loadCores > 0.001 && loadCores < 4, `${scenario.id}: load ${loadCores}`);
    if (!LINUX) continue;
    assert.ok(cpu > 0.1 && cpu < 1e6 && routerCores > 0.001 && routerCores < 8, `${scenario.id}: ${cpu} µs`);
    assert.ok(memory > 20e6 && memory < 4e9, `${scenario.id}: ${memory} bytes`);
  }
}

const OWN: readonly [processes: string, ids: readonly string[]][] = [
  [
    '1',
    [
      'calls-16x16-mixed',
      'calls-16x16-authorizer',
      'calls-64x1-rawsocket',
      'calls-64kb-json',
      'events-100x1-64kb',
      'logins-dynamic',
    ],
  ],
  ['2', ['calls-16x16-mixed', 'calls-paced', 'events-100x1-64kb', 'logins-wampcra']],
];

for (const [processes, ids] of OWN) {
  test(`our own router, load processes: ${processes}`, async () => {
    const file = join(directory, `own-${processes}.json`);
    const pins = canPin() ? ['--router-cores', '0', '--load-cores', '0'] : [];
    const { code, stdout, stderr } = await bench(
      ...[...SHORT, '--processes', processes, '--only', ids.join(','), '--json', file, ...pins],
    );
    assert.equal(code, 0, stderr);
    for (const id of ids) {
      assert.match(stdout, new RegExp(`^\\| ${id} \\| .* \\| [\\d,]+ \\|`, 'm'));
      assert.match(stderr, new RegExp(`^\\[1/1\\] ${id}: [\\d,]+ per second`, 'm'));
    }
    checkFigures(JSON.parse(readFileSync(file, 'utf8')) as Results, ids);
  });
}

test('what has no load: memory of idle sessions, and the start of a node', async () => {
  const file = join(directory, 'state.json');
  const { code, stdout, stderr } = await bench(...SHORT, '--only', 'idle,start-up', '--json', file);
  assert.equal(code, 0, stderr);
  const { results } = JSON.parse(readFileSync(file, 'utf8')) as Results;
  const [idle, start] = results.map(({ median }) => median);
  if (LINUX)
    assert.ok(idle && idle.sessionMemory > 500 && idle.sessionMemory < 500_000, `${idle?.sessionMemory} bytes`);
  assert.ok(start && start.startUp > 20 && start.startUp < 60_000, `${start?.startUp} ms`);
  assert.match(stdout, /^\| start-up \| .* \| – \| – \| [\d,]+ \|$/m);
});

test('a peer that is not installed is left out, and how to install it is said', async () => {
  const { code, stderr } = await bench(...SHORT, '--peers', '--only', 'start-up');
  assert.equal(code, 0, stderr);
  for (const name of PEER_NAMES) {
    const said = stderr.includes(`left out ${name}: it is not installed; npm run bench -- --install-peers=${name}\n`);
    assert.equal(said, !isInstalled(name), stderr);
  }
});

describe('a router given by URL', () => {
  let router: EmbeddedRouter;
  before(async () => {
    router = await createRouter(BENCH_NODE);
  });
  after(() => router.close());

  test('is measured where there is a URL for it; its process is the one that it names', async () => {
    const { websocket, ticket } = urlsOf(router.addresses);
    const file = join(directory, 'given.json');
    const { code, stderr } = await bench(
      ...[...SHORT, '--url', websocket ?? '', '--ticket-url', ticket ?? '', '--json', file],
      ...['--only', 'calls-16x16-rawsocket,calls-64x1,logins-ticket,logins-dynamic'],
    );
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^left out calls-16x16-rawsocket: no --url for rawsocket$/m);
    assert.match(stderr, /^left out logins-dynamic: no --dynamic-url$/m);
    checkFigures(JSON.parse(readFileSync(file, 'utf8')) as Results, ['calls-64x1', 'logins-ticket']);
  });

  test('its refusals are told, and are a failure', async () => {
    const { websocket, ticket } = urlsOf(router.addresses);
    // The wrong way round: a path that wants tickets, and one that takes none.
    const { code, stdout, stderr } = await bench(
      ...[...SHORT, '--url', ticket ?? '', '--ticket-url', websocket ?? '', '--only', 'calls-64x1,logins-ticket'],
    );
    assert.equal(code, 1);
    assert.match(stdout, /^\| calls-64x1 \| .*\*\*failed\*\*: wamp\.error\.no_auth_method: /m);
    assert.match(stderr, /^\[1\/1\] logins-ticket: failed: wamp\.error\.no_auth_method: /m);
  });

  test('nothing of a run is left on it', async () => {
    const { websocket } = urlsOf(router.addresses);
    const { code, stderr } = await bench(...SHORT, '--url', websocket ?? '', '--only', 'calls-16x16');
    assert.equal(code, 0, stderr);
    for (let tries = 0; router.sessions > 0 && tries < 100; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(router.sessions, 0);
  });
});

test('where nobody listens, or nobody speaks WAMP, it says so and fails', async () => {
  const server = createServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end('SSH-2.0-hello\r\n\r\n'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const at = `127.0.0.1:${address.port}`;
  const other = await bench(
    ...SHORT,
    '--url',
    `ws://${at}/ws`,
    '--url',
    `rs://${at}`,
    '--only',
    'calls-64x1,calls-64x1-rawsocket',
  );
  await new Promise((resolve) => server.close(resolve));
  assert.equal(other.code, 1);
  assert.match(other.stderr, /calls-64x1: failed: .*no WebSocket there, but "SSH-2\.0-hello"/);
  const nobody = await bench(...SHORT, '--url', `ws://${at}/ws`, '--only', 'calls-64x1');
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /failed: connect ECONNREFUSED/);
});

test('wrong usage is told from failure, and help from both', async () => {
  const wrong = await bench('--url', 'localhost');
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^--url: .*\n\nnpm run bench -- --help/);
  const help = await bench('--help');
  assert.equal(help.code, 0);
  assert.match(help.stdout, /^npm run bench -- \[options\]/);
  const list = await bench('--list');
  assert.equal(list.code, 0);
  assert.match(list.stdout, /^events-1000x8 +1 publisher × 8 in flight, 1,000 subscribers/m);
});
