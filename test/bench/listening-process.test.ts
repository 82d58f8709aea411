import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePorts, ListeningProcess } from '../../bench/listening-process.ts';
import { processTree } from '../../bench/process-tree.ts';

/** Listens on a port, and has a child that would go on for ever. */
const SERVER = `
const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
child.once('spawn', () => require('node:net').createServer().listen(Number(process.argv[1]), '127.0.0.1'));
`;

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a program is there when its port accepts, and gone with all that it started', async () => {
  const [port = 0] = await freePorts(1);
  const command = { file: process.execPath, args: ['-e', SERVER, String(port)], cwd: '.' };
  const started = await ListeningProcess.start(command, null, [port]);
  assert.ok(started.startUp > 1 && started.startUp < 60_000);
  const pids = started.pids();
  if (process.platform === 'linux') assert.equal(pids.length, 2);
  await started.stop();
  for (let tries = 0; pids.some(isThere) && tries < 200; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(pids.filter(isThere), []);
});

test('one that ends before it listens, or is not there, is an error with its last words', async () => {
  const [port = 0] = await freePorts(1);
  const command = { file: process.execPath, args: ['-e', 'console.error("no such realm"); process.exit(3)'], cwd: '.' };
  await assert.rejects(
    ListeningProcess.start(command, null, [port]),
    /^Error: it ended \(exit code 3\) no such realm$/,
  );
  const absent = { file: './no-such-router', args: [], cwd: '.' };
  await assert.rejects(ListeningProcess.start(absent, null, [port]), /ENOENT/);
});

test('the tree of a process begins with itself', () => {
  assert.equal(processTree(process.pid)[0], process.pid);
});
