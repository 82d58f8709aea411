/**
 * Processes that end, or hang, while clients log in: those of authenticators, and the router's own, by what an
 * authenticator does in there. Real nodes, and real processes.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../bench/listening-process.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type ClientSession, connect, WampError } from '../../src/index.ts';
import { Controller } from '../../src/node/controller.ts';
import { ASK_INTERVAL } from '../../src/node/hang-watch.ts';
import type { LogLine } from '../../src/node/log-line.ts';
import { WORKER_ENTRY } from '../../src/worker/worker-entry.ts';
import { ProgramProcess } from '../cli/program-process.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { TURNPIKE_PROGRAM } from '../support/turnpike-program.ts';
import { LogLines } from './log-lines.ts';

const AUTHENTICATOR = fileURLToPath(new URL('./authenticator-process.js', import.meta.url));
const READY = /node ready, started in \d+ ms/;
/** How long a login waits for its authenticator to come, where it is outside of the node. */
const WAIT = 2_000;
/** As many as log in at once. */
const HERD = 60;

let cwd = '';
let processes: ProgramProcess[] = [];
let ports: { service: number; inside: number; outside: number; function: number };

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'turnpike-ends-'));
  mkdirSync(join(cwd, '.turnpike'));
  processes = [];
  const [service = 0, inside = 0, outside = 0, ofFunction = 0] = await freePorts(4);
  ports = { service, inside, outside, function: ofFunction };
});

afterEach(async () => {
  for (const one of processes) one.kill('SIGKILL');
  await Promise.all(processes.map((one) => one.ended()));
  rmSync(cwd, { recursive: true });
});

function run(entry: string, ...args: string[]): ProgramProcess {
  const started = new ProgramProcess(entry, args, { cwd });
  processes.push(started);
  return started;
}

/** With a component that takes its time to start, and a module for functions. */
function writeNode(controller: object, broken: boolean): void {
  const dynamic = (procedure: string) => ({
    type: 'dynamic',
    authenticator: `com.example.${procedure}`,
    'authenticator-realm': 'realm-auth',
    'authenticator-timeout': 60_000,
    'authenticator-wait': WAIT,
  });
  const transport = (port: number, auth: object) => {
    return { type: 'websocket', endpoint: { type: 'tcp', interface: '127.0.0.1', port }, auth };
  };
  const anything = [{ uri: '*', allow: { call: true, register: true } }];
  const worker = {
    type: 'router',
    realms: [
      { name: 'realm1', roles: [{ name: 'user' }, { name: 'callee', permissions: anything }] },
      { name: 'realm-auth', roles: [{ name: 'callee', permissions: anything }] },
    ],
    components: [{ type: 'module', module: './component.mjs', realm: 'realm-auth', role: 'callee' }],
    transports: [
      transport(ports.service, { anonymous: { type: 'static', role: 'callee' } }),
      transport(ports.inside, { ticket: dynamic('inside') }),
      transport(ports.outside, { ticket: dynamic('outside') }),
      transport(ports.function, { ticket: { type: 'function', create: './function.mjs#create' } }),
    ],
  };
  const write = (name: string, text: string) => writeFileSync(join(cwd, '.turnpike', name), text);
  write('config.json', JSON.stringify({ version: 2, controller, workers: [worker] }));
  write(
    'component.mjs',
    `export default async (session) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await session.register('com.example.inside', () => 'user');
    };`,
  );
  write(
    'function.mjs',
    `if (${broken}) throw new Error('there is no password file');
    export const create = () => (_realm, authid) => {
      if (authid === 'ends') process.exit(3);
      if (authid !== 'hangs') return 'user';
      console.log('from now on it hangs');
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    };`,
  );
}

function node(controller: object = {}, { broken = false } = {}): ProgramProcess {
  writeNode(controller, broken);
  return run(TURNPIKE_PROGRAM, 'start', '--logformat', 'json');
}

function authenticator(behaviour: 'answers' | 'hangs'): ProgramProcess {
  return run(AUTHENTICATOR, `ws://127.0.0.1:${ports.service}/`, 'realm-auth', behaviour);
}

function logIn(port: number, authid = 'peter'): Promise<ClientSession> {
  return connect({ url: `ws://127.0.0.1:${port}/`, realm: 'realm1', authid, ticket: 'canary-ticket' });
}

/** As clients do that come back: again and again until the router is there, then once. */
async function comeBack(port: number): Promise<ClientSession> {
  for (;;) {
    try {
      return await logIn(port);
    } catch (error) {
      if (!(error instanceof WampError) || error.uri !== 'wamp.error.network_failure') throw error;
      await sleep(50);
    }
  }
}

/** What refuses a login, and after how long. */
async function refused(login: Promise<ClientSession>): Promise<{ uri: string; after: number }> {
  const since = performance.now();
  const error = await login.then(
    () => assert.fail('it was let in'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof WampError, String(error));
  return { uri: error.uri, after: performance.now() - since };
}

/** Waits until nobody is on the realm but who asks. */
async function nobodyLeft(): Promise<void> {
  const session = await connect({ url: `ws://127.0.0.1:${ports.service}/`, realm: 'realm1' });
  for (let looks = 0; (await session.call('wamp.session.count')) !== 1; looks++) {
    assert.ok(looks < 200);
    await sleep(10);
  }
  await session.leave();
}

/** Its clients lose their connections; the node starts it again. */
function killWorker(running: ProgramProcess): void {
  process.kill(running.workerPids().at(-1) ?? assert.fail('no worker'), 'SIGKILL');
}

function herd<T>(one: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: HERD }, one));
}

describe('the process of an authenticator', () => {
  it('[row 115] killed in a call: that login fails at once, the next ones go to another that shares the procedure', async () => {
    await node().until(READY);
    const dying = authenticator('hangs');
    await dying.until(/ready/);
    const login = refused(logIn(ports.outside));
    await dying.until(/asked/);
    await authenticator('answers').until(/ready/);
    dying.kill('SIGKILL');
    const killedAt = performance.now();
    assert.equal((await login).uri, 'wamp.error.canceled');
    const after = performance.now() - killedAt;
    assert.ok(after < 5_000, `${after} ms of the 60 s that a call may take`);
    for (let n = 0; n < 4; n++) await (await logIn(ports.outside)).leave();
    await nobodyLeft();
  });
});

describe('a router that is started again', () => {
  it('[row 129] listens when its own authenticators are there: all that come back at once are let in', async () => {
    const running = node();
    await running.until(READY);
    const sessions = await herd(() => logIn(ports.inside));
    killWorker(running);
    await Promise.all(sessions.map((session) => session.closed));
    const again = await herd(() => comeBack(ports.inside));
    assert.deepEqual([...new Set(again.map(({ authrole }) => authrole))], ['user']);
    await Promise.all(again.map((session) => session.leave()));
    await nobodyLeft();
  });

  it('[row 129] has logins wait for an authenticator that has to come back itself: all are let in when it does', async () => {
    const running = node();
    await running.until(READY);
    const lost = authenticator('answers');
    await lost.until(/ready/);
    const sessions = await herd(() => logIn(ports.outside));
    killWorker(running);
    await Promise.all(sessions.map((session) => session.closed));
    const again = herd(() => comeBack(ports.outside));
    await running.until(/worker worker001 is ready/, 2);
    await authenticator('answers').until(/ready/);
    await Promise.all((await again).map((session) => session.leave()));
    await nobodyLeft();
  });

  it('[row 129] refuses those whose authenticator does not come back, each after the time that is configured', async () => {
    const running = node();
    await running.until(READY);
    killWorker(running);
    await running.until(/worker worker001 is ready/, 2);
    const outcomes = await herd(() => refused(logIn(ports.outside)));
    assert.deepEqual([...new Set(outcomes.map(({ uri }) => uri))], ['wamp.error.no_such_procedure']);
    for (const { after } of outcomes) assert.ok(after >= WAIT - 10 && after < WAIT + 5_000, `${after} ms`);
    await nobodyLeft();
    await (await logIn(ports.inside)).leave();
  });
});

describe('an authenticator in the process of the router', () => {
  it('[row 132] that throws when it is imported keeps the node from starting, which says what it threw', async () => {
    const running = node({}, { broken: true });
    assert.equal(await running.ended(), 1);
    const text =
      'worker worker001: function authenticator "./function.mjs#create": the module "./function.mjs" cannot be imported: there is no password file';
    assert.deepEqual(
      running.log.filter(({ level }) => level === 'error').map(({ text }) => text),
      [text, 'the node did not start'],
    );
  });

  it('[row 132] that ends the process ends all sessions of the worker, which is started again', async () => {
    const running = node();
    await running.until(READY);
    const session = await logIn(ports.function);
    assert.equal((await refused(logIn(ports.function, 'ends'))).uri, 'wamp.error.network_failure');
    await session.closed;
    await running.until(/worker worker001 exited with code 3; it is started again in 0\.1 s/);
    await (await comeBack(ports.function)).leave();
    await nobodyLeft();
  });

  it('[row 132] that never returns holds up the worker, which is noticed, killed, and started again', async () => {
    writeNode({}, false);
    const cbdir = join(cwd, '.turnpike');
    const { config } = await loadConfig({ cbdir, env: {} });
    const clock = new FakeClock();
    const lines = new LogLines();
    const worker = { workerEntry: WORKER_ENTRY, env: process.env, sink: (line: LogLine) => lines.log.info(line.text) };
    const controller = new Controller({
      ...{ nodeId: 'node1', cbdir, workers: config.workers, shutdown: [], parallelStart: false },
      ...{ ...worker, log: lines.log, logLevel: 'info', logFormat: 'json', clock },
    });
    const told = async (pattern: RegExp) => {
      for (let looks = 0; !pattern.test(lines.all); looks++) {
        assert.ok(looks < 1_000, `no ${pattern} in ${lines.all}`);
        await sleep(10);
      }
    };
    try {
      await controller.start();
      const session = await logIn(ports.function);
      // At first, questions wait behind the handles of its listeners: no time passes meanwhile.
      for (let logins = 0; logins < 20; logins++) await (await logIn(ports.function)).leave();
      for (let asked = 0; asked < 15; asked++) {
        clock.advance(ASK_INTERVAL);
        await (await logIn(ports.function)).leave();
      }
      assert.doesNotMatch(lines.all, /does not answer/, 'it answers between logins');
      const hanging = refused(logIn(ports.function, 'hangs'));
      await told(/from now on it hangs/);
      for (let asked = 0; asked < 14; asked++) clock.advance(ASK_INTERVAL);
      assert.equal((await hanging).uri, 'wamp.error.network_failure');
      await session.closed;
      await told(/was killed by SIGKILL; it is started again in 0\.1 s/);
      assert.match(lines.all, /error worker worker001 does not answer for 10 s: something in its process blocks it/);
      clock.advance(100);
      await (await comeBack(ports.function)).leave();
    } finally {
      await controller.stop();
    }
  });

  it('[row 132] that ends the process ends the node, where the configuration says so', async () => {
    const running = node({ options: { shutdown: ['shutdown_on_worker_exit'] } });
    await running.until(READY);
    await refused(logIn(ports.function, 'ends'));
    assert.equal(await running.ended(), 1);
    assert.match(running.all, /stopping the node: worker worker001 ended and the configuration says/);
  });
});
