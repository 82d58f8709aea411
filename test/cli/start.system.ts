import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processExists } from '../../src/node/process-identity.ts';
import type { FakeWorkerScript } from '../node/fake-worker.ts';
import { ProgramProcess } from './program-process.ts';

const ENTRY = fileURLToPath(new URL('./turnpike-with-fake-worker.js', import.meta.url));
const READY = /node ready, started in \d+ ms/;

let cwd = '';
let programs: ProgramProcess[] = [];

function worker(script: FakeWorkerScript = {}, options: object = {}, id?: string): object {
  return { type: 'router', ...(id !== undefined && { id }), options: { ...options, extra: script } };
}

function writeConfig(workers: readonly object[], controller: object = {}): void {
  writeFileSync(join(cwd, '.turnpike', 'config.json'), JSON.stringify({ version: 2, controller, workers }));
}

function turnpike(args: readonly string[], env?: NodeJS.ProcessEnv): ProgramProcess {
  const program = new ProgramProcess(ENTRY, args, { cwd, ...(env !== undefined && { env }) });
  programs.push(program);
  return program;
}

function start(...args: string[]): ProgramProcess {
  return turnpike(['start', '--loglevel', 'debug', '--logformat', 'json', ...args]);
}

async function started(...args: string[]): Promise<ProgramProcess> {
  const node = start(...args);
  await node.until(READY);
  return node;
}

/** Waits for the end of a process that is no child of this one. */
async function gone(pid: number): Promise<void> {
  for (let looks = 0; processExists(pid); looks++) {
    assert.ok(looks < 500, `process ${pid} is still there`);
    await sleep(10);
  }
}

const pidFile = (): string => join(cwd, '.turnpike', 'node.pid');

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'turnpike-start-'));
  mkdirSync(join(cwd, '.turnpike'));
  programs = [];
});

afterEach(async () => {
  for (const program of programs) program.kill('SIGKILL');
  await Promise.all(programs.map((program) => program.ended()));
  await Promise.all(programs.flatMap((program) => program.workerPids()).map(gone));
  rmSync(cwd, { recursive: true });
});

describe('a node', () => {
  it('starts its workers in order, says where they listen and that it is ready, and stops on SIGINT', async () => {
    writeConfig(
      [
        worker({ listening: ['ws://127.0.0.1:8080/ws', 'http://127.0.0.1:8080/'] }, {}, 'first'),
        worker({ listening: ['rs://127.0.0.1:8081'] }, {}, 'second'),
      ],
      { id: 'node_of_test' },
    );
    const node = await started();
    const said = node.log.filter(({ process }) => process === 'Controller').map(({ text }) => text);
    const [first = 0, second = 0] = [...node.workerPids('first'), ...node.workerPids('second')];
    assert.match(said[0] ?? '', /^Turnpike \d.*, node node_of_test, configuration .*config\.json$/);
    assert.deepEqual(said.slice(1, -1), [
      'the node has a new key pair',
      'worker first is ready',
      'listening on ws://127.0.0.1:8080/ws',
      'listening on http://127.0.0.1:8080/',
      'worker second is ready',
      'listening on rs://127.0.0.1:8081',
    ]);
    const { pid, argv, options } = JSON.parse(readFileSync(pidFile(), 'utf8'));
    assert.deepEqual([pid, argv[2], options.loglevel], [node.pid, 'start', 'debug']);
    node.kill('SIGINT');
    assert.equal(await node.ended(), 0);
    for (const worker of [first, second]) assert.ok(worker > 0 && !processExists(worker));
    assert.ok(!existsSync(pidFile()));
    assert.match(node.lines.at(-1) ?? '', /node stopped/);
    const again = await started();
    assert.doesNotMatch(again.all, /new key pair/);
    again.kill('SIGINT');
    assert.equal(await again.ended(), 0);
  });

  it('logs the warnings of its configuration as it logs everything, in JSON', async () => {
    writeConfig([worker({}, { pythonpath: ['.'] })]);
    const node = await started();
    const warned = node.log.filter(({ text }) => /pythonpath/.test(text));
    assert.equal(warned.length, 1);
    assert.equal(warned[0]?.level, 'warn');
    assert.ok(!node.all.includes('\nwarning: '));
    node.kill('SIGINT');
    assert.equal(await node.ended(), 0);
  });

  it('starts its workers all at once, when configured so', async () => {
    writeConfig([worker({}, {}, 'first'), worker({}, {}, 'second')], {
      options: { enable_parallel_worker_start: true },
    });
    const node = await started();
    assert.deepEqual([node.workerPids('first').length, node.workerPids('second').length], [1, 1]);
    node.kill('SIGINT');
    assert.equal(await node.ended(), 0);
  });

  it('gives a worker the node directory, and the environment that is configured', async () => {
    writeConfig([worker({}, { env: { inherit: ['PATH'], vars: { TURNPIKE_TEST: 'set' } } })]);
    const node = await started();
    const [line] = node.log.filter(({ text }) => text === 'fake worker');
    assert.deepEqual(line?.fields, { environment: 'set', cwd: join(cwd, '.turnpike'), argv: [] });
    node.kill('SIGINT');
    await node.ended();
  });

  it('leaves out workers that are disabled', async () => {
    writeConfig([worker({ problems: ['never seen'] }, { disabled: true }), worker()]);
    const node = await started();
    node.kill('SIGINT');
    assert.equal(await node.ended(), 0);
  });

  it('stays without a worker, as in Crossbar, and says so', async () => {
    writeConfig([]);
    const node = await started();
    await node.until(/has no workers to start/);
    node.kill('SIGINT');
    assert.equal(await node.ended(), 0);
  });

  it('stops gracefully on SIGTERM, exit code 0', async () => {
    writeConfig([worker()]);
    const node = await started();
    node.kill('SIGTERM');
    assert.equal(await node.ended(), 0);
    assert.match(node.lines.at(-1) ?? '', /"node stopped"/);
    assert.ok(!existsSync(pidFile()));
  });

  it('goes on after SIGHUP, where no terminal closes', async () => {
    writeConfig([worker()]);
    const node = await started();
    node.kill('SIGHUP');
    await node.until(/SIGHUP: the TLS files are read anew/);
    node.kill('SIGINT');
    assert.equal(await node.ended(), 0);
  });

  it('ends at once on a second signal, workers that do not stop included', async () => {
    writeConfig([worker({ ignoreStop: true })]);
    const node = await started();
    const [pid = 0] = node.workerPids();
    node.kill('SIGINT');
    await node.until(/stopping the node/);
    await sleep(600);
    node.kill('SIGINT');
    assert.equal(await node.ended(), 1);
    assert.ok(!processExists(pid));
    assert.match(node.all, /SIGINT again: ending at once/);
  });

  it('stops while it starts', async () => {
    writeConfig([worker({ mute: true }, {}, 'first'), worker({}, {}, 'second')]);
    const node = start('--shutdownafter', '1');
    assert.equal(await node.ended(), 0);
    assert.deepEqual(node.workerPids('second'), []);
    assert.doesNotMatch(node.all, READY);
  });

  it('stops after the time that is set', async () => {
    writeConfig([worker()]);
    const node = start('--shutdownafter', '0.5');
    assert.equal(await node.ended(), 0);
    assert.match(node.all, /stopping the node: its time is over/);
  });
});

describe('a node that cannot start', () => {
  it('says why, stops what was started, exit code 1', async () => {
    writeConfig([worker({}, {}, 'first'), worker({ problems: ['port 80 is taken', 'no such file'] }, {}, 'second')]);
    const node = start();
    assert.equal(await node.ended(), 1);
    const errors = node.log.filter(({ level }) => level === 'error').map(({ text }) => text);
    assert.deepEqual(errors, [
      'worker second: port 80 is taken',
      'worker second: no such file',
      'the node did not start',
    ]);
    for (const pid of node.workerPids('first')) assert.ok(!processExists(pid));
    assert.ok(!existsSync(pidFile()));
  });

  it('says how a worker ended that never answered, and what it printed', async () => {
    writeConfig([worker({ exitAtStart: 3, stderr: 'TypeError: a bug\n    at somewhere' })]);
    const node = start();
    assert.equal(await node.ended(), 1);
    assert.match(node.all, /worker worker001: its process exited with code 3 before it was ready/);
    const printed = node.log.filter(({ process, level }) => process === 'Router' && level === 'warn');
    assert.deepEqual(
      printed.map(({ text }) => text),
      ['TypeError: a bug', '    at somewhere'],
    );
  });

  it('is one whose directory another node runs from', async () => {
    writeConfig([worker()]);
    const first = await started();
    const second = start();
    assert.equal(await second.ended(), 1);
    assert.match(second.all, new RegExp(`already running from .* \\(PID ${first.pid}\\)`));
    assert.equal(JSON.parse(readFileSync(pidFile(), 'utf8')).pid, first.pid);
    first.kill('SIGINT');
    assert.equal(await first.ended(), 0);
  });

  it('is all but one of several that are started at once', async () => {
    writeConfig([worker()]);
    writeFileSync(pidFile(), JSON.stringify({ pid: 2 ** 22 + 1, argv: [], options: {} }));
    const nodes = Array.from({ length: 4 }, () => start());
    const codes = await Promise.all(nodes.map((node) => node.until(READY).catch(() => node.ended())));
    assert.equal(codes.filter((code) => code === 1).length, 3, JSON.stringify(codes));
    const winner = nodes[codes.indexOf(undefined)];
    assert.equal(JSON.parse(readFileSync(pidFile(), 'utf8')).pid, winner?.pid);
    winner?.kill('SIGINT');
    assert.equal(await winner?.ended(), 0);
  });
});

describe('a worker that crashes', () => {
  it('is started again, and its neighbour is left alone', async () => {
    writeConfig([worker({ listening: ['ws://one'] }, {}, 'first'), worker({ listening: ['ws://two'] }, {}, 'second')]);
    const node = await started();
    const [crashed = 0] = node.workerPids('first');
    process.kill(crashed, 'SIGKILL');
    await node.until(/listening on ws:\/\/one/, 2);
    assert.match(node.all, /worker first was killed by SIGKILL; it is started again in 0.1 s/);
    assert.equal(node.workerPids('first').length, 2);
    assert.equal(node.workerPids('second').length, 1);
    node.kill('SIGINT');
    assert.equal(await node.ended(), 0);
  });

  it('is started again later each time, and the node stops meanwhile at once', async () => {
    writeConfig([worker({ exitWhenReady: 7 })]);
    const node = await started();
    await node.until(/exited with code 7; it is started again in 0.4 s/);
    for (const delay of ['0.1 s', '0.2 s']) assert.ok(node.all.includes(`code 7; it is started again in ${delay}`));
    node.kill('SIGINT');
    assert.equal(await node.ended(), 0);
  });

  it('ends the node where the configuration says so, exit code 1', async () => {
    writeConfig([worker({}, {}, 'first'), worker({}, {}, 'second')], {
      options: { shutdown: 'shutdown_on_worker_exit' },
    });
    const node = await started();
    process.kill(node.workerPids('first')[0] ?? 0, 'SIGKILL');
    assert.equal(await node.ended(), 1);
    assert.match(node.all, /stopping the node: worker first ended and the configuration says shutdown_on_worker_exit/);
    for (const pid of node.workerPids('second')) assert.ok(!processExists(pid));
  });

  it('ends the node with the last of them where the configuration says so', async () => {
    writeConfig([worker({}, {}, 'first'), worker({}, {}, 'second')], {
      options: { shutdown: ['shutdown_on_last_worker_exit'] },
    });
    const node = await started();
    process.kill(node.workerPids('first')[0] ?? 0, 'SIGKILL');
    await node.until(/worker first was killed/);
    process.kill(node.workerPids('second')[0] ?? 0, 'SIGKILL');
    assert.equal(await node.ended(), 1);
    assert.equal(node.workerPids('first').length, 1);
  });
});

describe('a controller that dies', () => {
  it('takes its workers with it, and leaves a pid file that keeps nobody out', async () => {
    writeConfig([worker()]);
    const node = await started();
    const [pid = 0] = node.workerPids();
    node.kill('SIGKILL');
    assert.equal(await node.ended(), 'SIGKILL');
    await gone(pid);
    assert.ok(existsSync(pidFile()));
    const status = turnpike(['status', '--assert', 'stopped']);
    assert.equal(await status.ended(), 0);
    const next = await started();
    next.kill('SIGINT');
    assert.equal(await next.ended(), 0);
  });
});

describe('a controller with a bug', () => {
  it('says so and ends, its workers with it, instead of limping on', async () => {
    writeConfig([worker()]);
    const node = await started();
    const [pid = 0] = node.workerPids();
    node.kill('SIGUSR2');
    assert.equal(await node.ended(), 1);
    await gone(pid);
    const [line] = node.log.filter(({ level }) => level === 'error');
    assert.match(line?.text ?? '', /unexpected error, the node ends/);
    assert.equal(line?.fields?.['error'], 'TypeError: a bug in the controller');
    assert.ok(!existsSync(pidFile()));
  });
});

describe('turnpike stop', () => {
  it('stops the node, gracefully', async () => {
    writeConfig([worker()]);
    const node = await started();
    assert.equal(await turnpike(['status', '--assert', 'running']).ended(), 0);
    const stop = turnpike(['stop']);
    assert.equal(await stop.ended(), 0);
    assert.deepEqual(stop.lines, [
      `sent SIGINT to process ${node.pid}, waiting 5 s for it to end`,
      `process ${node.pid} has ended`,
    ]);
    assert.equal(await node.ended(), 0);
    assert.equal(await turnpike(['stop']).ended(), 69);
  });

  it('stops a node whose workers do not want to, the harder way', async () => {
    writeConfig([worker({ ignoreStop: true })]);
    const node = await started();
    const stop = turnpike(['stop']);
    assert.equal(await stop.ended(), 0);
    assert.match(stop.all, /sent SIGTERM to process/);
    assert.equal(await node.ended(), 1);
  });

  it('finds the node by the environment', async () => {
    writeConfig([worker()]);
    const node = await started();
    const stop = turnpike(['stop', '--cbdir', join(cwd, '.turnpike')], { TURNPIKE_DIR: '/nowhere' });
    assert.equal(await stop.ended(), 0);
    assert.equal(await node.ended(), 0);
    assert.equal(await turnpike(['status', '--assert', 'stopped'], { CROSSBAR_DIR: '.turnpike' }).ended(), 0);
  });
});

describe('the log of a node', () => {
  it('shows what a worker prints, and obeys none of it', async () => {
    writeConfig([
      worker({
        stdout: 'plain\n\u001b[2J\u001b]0;owned\u0007\nlast',
        send: [
          {
            type: 'log',
            level: 'warn',
            time: 0,
            text: 'two\nlines',
            fields: { ticket: 'canary-7c1', peer: '\u001b[31m\r\n' },
          },
          { type: 'log', level: 'loud' },
          'no message',
        ],
      }),
    ]);
    const node = start('--logformat', 'standard', '--shutdownafter', '0.5');
    assert.equal(await node.ended(), 0);
    assert.match(node.all, /\[Router +\d+ worker001\] plain\n/);
    assert.match(node.all, /\[Router +\d+ worker001\] \\x1b\[2J\\x1b\]0;owned\\x07\n/);
    assert.match(node.all, /warn {2}\[Router +\d+ worker001\] two\\nlines ticket=<redacted> peer=/);
    assert.ok(!node.all.includes('canary-7c1'));
    assert.ok(!node.all.includes('\u001b'));
  });

  it('says nothing when told so', async () => {
    writeConfig([worker({ stderr: 'something' })]);
    const node = turnpike(['start', '--loglevel', 'none', '--shutdownafter', '0.5']);
    assert.equal(await node.ended(), 0);
    assert.deepEqual(node.lines, []);
  });

  it('may lose its reader: the node runs on', async () => {
    writeConfig([worker()]);
    const node = await started();
    node.child.stdout?.destroy();
    node.child.stderr?.destroy();
    process.kill(node.workerPids()[0] ?? 0, 'SIGKILL'); // gives it something to say
    await sleep(300);
    assert.equal(await turnpike(['status', '--assert', 'running']).ended(), 0);
    node.kill('SIGINT');
    assert.equal(await node.ended(), 0);
  });
});
