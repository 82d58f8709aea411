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
  let cleaned = 0;
  const cleanUp = (): void => void cleaned++;
  const started = await ListeningProcess.start({ command, ports: [port], cleanUp }, null);
  assert.ok(started.startUp > 1 && started.startUp < 60_000);
  const pids = started.pids();
  if (process.platform === 'linux') assert.equal(pids.length, 2);
  assert.equal(cleaned, 0);
  await started.stop();
  assert.equal(cleaned, 1);
  for (let tries = 0; pids.some(isThere) && tries < 200; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(pids.filter(isThere), []);
});

test('one that ends before it listens, or is not there, is an error with its last words', async () => {
  const ports = await freePorts(1);
  let cleaned = 0;
  const cleanUp = (): void => void cleaned++;
  const start = (file: string, args: readonly string[]): Promise<unknown> =>
    ListeningProcess.start({ command: { file, args, cwd: '.' }, ports, cleanUp }, null);
  const script = 'console.error("no such realm"); process.exit(3)';
  await assert.rejects(start(process.execPath, ['-e', script]), /^Error: it ended \(exit code 3\) no such realm$/);
  await assert.rejects(start('./no-such-router', []), /ENOENT/);
  assert.equal(cleaned, 2);
});

test('the tree of a process begins with itself', () => {
  assert.equal(processTree(process.pid)[0], process.pid);
});
