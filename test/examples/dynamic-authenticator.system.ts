/** The example as `npm start` runs it, on a port of its own: node, page, and both clients. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from 'turnpike';
import { pythonWith } from '../support/python-with.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { TURNPIKE_PROGRAM } from '../support/turnpike-program.ts';

const ROOT = repositoryRoot();
const EXAMPLE = path.join(ROOT, 'examples', 'dynamic-authenticator');
const built = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const CLIENT = built('examples/dynamic-authenticator/client.js');

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let node: ChildProcess;
let directory: string;
let port: number;

before(async () => {
  port = await freePort();
  directory = await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-example-'));
  await fs.writeFile(path.join(directory, 'config.yaml'), await movedConfig(port));
  const args = [TURNPIKE_PROGRAM, 'start', '--cbdir', directory, '--logformat', 'standard'];
  node = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await ready(node);
});

after(async () => {
  if (node.exitCode === null) {
    node.kill('SIGINT');
    await once(node, 'close');
  }
  await fs.rm(directory, { recursive: true });
});

test('client.ts: WELCOME with realm, role and custom data; a call and an event go round', async () => {
  for (const args of [
    ['user1', '123secret'],
    ['user2', '456secret', 'realm-user2'],
  ]) {
    assertWelcome(await client(...args), args[0] === 'user1' ? 'realm-user1' : 'realm-user2', args[0]);
  }
});

test('client.ts: ABORT with the reason of the authenticator', async () => {
  for (const [args, uri] of KEPT_OUT) {
    const { code, out, err } = await client(...args);
    assert.deepEqual([code, out], [1, ''], args.join(' '));
    assert.match(err, new RegExp(`^ABORT {4}${uri.replaceAll('.', '\\.')}: `));
  }
});

test('client.ts: wrong usage, and nobody there', async () => {
  assert.equal((await client('user1')).code, 2);
  assert.equal((await client('user1', '123secret', 'realm-user1', 'more')).code, 2);
  assert.equal((await client('--nonsense')).code, 2);
  const free = await freePort();
  const { code, err } = await run(process.execPath, [CLIENT, '--url', `ws://127.0.0.1:${free}/ws`, 'user1', 'x']);
  assert.equal(code, 1);
  assert.match(err, /^no connection: /);
});

test('client.py: the same with Autobahn|Python', async (t) => {
  const python3 = pythonWith('import autobahn.asyncio.wamp');
  if (python3 === null) {
    t.skip('no python with the package autobahn: test/interop/install.sh gets one');
    return;
  }
  const script = path.join(EXAMPLE, 'client.py');
  const python = (...args: string[]) => run(python3, [script, '--url', `ws://127.0.0.1:${port}/ws`, ...args]);
  assertWelcome(await python('user1', '123secret'), 'realm-user1', 'user1');
  const { code, err } = await python('user1', '000secret');
  assert.equal(code, 1);
  assert.match(err, /^ABORT {4}com\.example\.invalid_ticket: /);
});

test('the role may do what the example needs, and no more', async (t) => {
  const session = await connect({
    url: `ws://127.0.0.1:${port}/ws`,
    realm: null,
    authid: 'user1',
    ticket: '123secret',
  });
  t.after(() => session.leave());
  const denied = { name: 'WampError', uri: 'wamp.error.not_authorized' };
  const ignore = () => {};
  await session.register('com.example.try.1', ignore);
  await session.subscribe('com.example.note', ignore);
  for (const procedure of ['com.example.authenticate', 'com.example.tr', 'com.example.note', 'wamp.session.count']) {
    await assert.rejects(session.call(procedure), denied, procedure);
  }
  for (const uri of ['com.example.authenticate', 'com.example.note', 'com.example.try']) {
    await assert.rejects(session.register(uri, ignore), denied, uri);
  }
  for (const uri of ['com.example.try.1', 'com.example.notes', 'com.example', 'wamp.session.on_join']) {
    await assert.rejects(session.subscribe(uri, ignore, { match: 'prefix' }), denied, uri);
  }
  await assert.rejects(session.publish('com.example.try.1', [], { acknowledge: true }), denied);
});

test('the page and all that it loads come from the node', async () => {
  const url = `http://127.0.0.1:${port}/`;
  const page = await (await fetch(url)).text();
  const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
  assert.deepEqual(links.toSorted(), ['autobahn/autobahn.min.js', 'icon.svg', 'info', 'page.js', 'style.css']);
  for (const link of links) {
    const answer = await fetch(new URL(link, url));
    assert.equal(answer.status, 200, link);
    assert.ok((await answer.text()).length > 100, link);
  }
  for (const file of ['index.html', 'page.js', 'style.css']) {
    const text = await fs.readFile(path.join(EXAMPLE, 'page', file), 'utf8');
    assert.doesNotMatch(text, /https?:\/\//, file);
  }
});

const KEPT_OUT: readonly (readonly [args: string[], uri: string])[] = [
  [['user1', '456secret'], 'com.example.invalid_ticket'],
  [['user3', '123secret'], 'com.example.no_such_user'],
  [['user1', '123secret', 'realm-user2'], 'com.example.wrong_realm'],
  [['user1', '123secret', 'realm-auth'], 'com.example.wrong_realm'],
];

function assertWelcome({ code, out, err }: Outcome, realm: string, authid = ''): void {
  assert.deepEqual([code, err], [0, ''], out);
  const custom = String.raw`my-custom-welcome-data: \[1, ?2, ?3\]`;
  const lines = [
    String.raw`WELCOME  session \d+`,
    `realm    ${realm}`,
    `authid   ${authid}`,
    'role     user',
    `custom   ${custom}`,
    String.raw`call     2 \+ 3 = 5, in [\d.]+ ms`,
    String.raw`event    "hello", in [\d.]+ ms`,
  ];
  assert.match(out, new RegExp(`^${lines.join('\n')}\n$`));
}

function client(...args: string[]): Promise<Outcome> {
  return run(process.execPath, [CLIENT, '--url', `ws://127.0.0.1:${port}/ws`, ...args]);
}

function run(command: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 30_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

/** The configuration of the example, as it would have to be in another directory and on another port. */
async function movedConfig(to: number): Promise<string> {
  const config = await fs.readFile(path.join(EXAMPLE, '.turnpike', 'config.yaml'), 'utf8');
  const moves: [string, string][] = [
    ['port: 8080', `port: ${to}`],
    ['../../../dist/examples/dynamic-authenticator', path.dirname(CLIENT)],
    ['../../../node_modules', path.join(ROOT, 'node_modules')],
    ['directory: ../page', `directory: ${path.join(EXAMPLE, 'page')}`],
  ];
  return moves.reduce((text, [from, replacement]) => {
    assert.ok(text.includes(from), from);
    return text.replace(from, replacement);
  }, config);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return free;
}

async function ready(child: ChildProcess): Promise<void> {
  assert.ok(child.stdout);
  let said = '';
  for await (const line of createInterface({ input: child.stdout })) {
    said += `${line}\n`;
    if (line.includes('node ready')) {
      child.stdout.resume();
      return;
    }
  }
  assert.fail(`the node did not start:\n${said}`);
}
