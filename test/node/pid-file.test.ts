import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  AlreadyRunningError,
  claimPidFile,
  findRunning,
  pidFilePath,
  removeStalePidFile,
} from '../../src/node/pid-file.ts';
import { processCommand, processExists, processIdentity } from '../../src/node/process-identity.ts';

const ARGV = ['node', 'turnpike', 'start'];
const OPTIONS = { loglevel: 'info' };

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('the pid file', () => {
  let cbdir = '';
  const write = (content: unknown): void =>
    writeFileSync(pidFilePath(cbdir), typeof content === 'string' ? content : JSON.stringify(content));

  beforeEach(() => {
    cbdir = mkdtempSync(join(tmpdir(), 'turnpike-pid-'));
  });
  afterEach(() => rmSync(cbdir, { recursive: true }));

  it('says who runs the node, as Crossbar writes it, and goes with it', () => {
    const claim = claimPidFile(cbdir, ARGV, OPTIONS);
    const { identity, ...record } = JSON.parse(readFileSync(join(cbdir, 'node.pid'), 'utf8'));
    assert.deepEqual(record, { pid: process.pid, argv: ARGV, options: OPTIONS });
    assert.equal(identity, processIdentity(process.pid));
    assert.equal(findRunning(cbdir)?.pid, process.pid);
    claim.release();
    assert.deepEqual(readdirSync(cbdir), []);
    assert.equal(findRunning(cbdir), null);
  });

  it('refuses a second node, and leaves the file of the first', () => {
    claimPidFile(cbdir, ARGV, OPTIONS);
    const content = readFileSync(pidFilePath(cbdir), 'utf8');
    assert.throws(() => claimPidFile(cbdir, ARGV, OPTIONS), AlreadyRunningError);
    assert.throws(
      () => claimPidFile(cbdir, ARGV, OPTIONS),
      new RegExp(`already running from .* \\(PID ${process.pid}\\)`),
    );
    assert.equal(readFileSync(pidFilePath(cbdir), 'utf8'), content);
    assert.deepEqual(readdirSync(cbdir), ['node.pid']);
  });

  it('refuses while a Crossbar runs from there', async () => {
    const crossbar = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '/usr/bin/crossbar', 'start']);
    await once(crossbar, 'spawn');
    write({ pid: crossbar.pid, argv: [], options: {} });
    try {
      assert.throws(() => claimPidFile(cbdir, ARGV, OPTIONS), AlreadyRunningError);
    } finally {
      crossbar.kill('SIGKILL');
      await once(crossbar, 'exit');
    }
  });

  it('is replaced when its process is gone', async () => {
    write({ pid: await deadPid(), argv: [], options: {}, identity: 'boot:1' });
    assert.equal(findRunning(cbdir), null);
    claimPidFile(cbdir, ARGV, OPTIONS);
    assert.equal(findRunning(cbdir)?.pid, process.pid);
  });

  it('is replaced when another process has its number now', () => {
    write({ pid: process.ppid, argv: [], options: {}, identity: 'boot:1' });
    assert.equal(findRunning(cbdir), null);
    claimPidFile(cbdir, ARGV, OPTIONS);
    assert.equal(findRunning(cbdir)?.pid, process.pid);
  });

  it('is replaced when it is of a container whose processes had the same numbers', () => {
    write({ pid: process.pid, argv: [], options: {} });
    claimPidFile(cbdir, ARGV, OPTIONS);
    assert.equal(findRunning(cbdir)?.identity, processIdentity(process.pid));
  });

  for (const content of ['', '{"pid":', 'null', '[]', '{"pid":"1"}', '{"pid":-1}', '{"pid":0}', '{"pid":1e300}', '7']) {
    it(`counts for nothing when it is ${content || 'empty'}`, () => {
      write(content);
      assert.equal(findRunning(cbdir), null);
      claimPidFile(cbdir, ARGV, OPTIONS);
      assert.equal(findRunning(cbdir)?.pid, process.pid);
    });
  }

  it('is not removed by who does not own it any more', () => {
    const claim = claimPidFile(cbdir, ARGV, OPTIONS);
    const others = { pid: process.ppid, argv: [], options: {}, identity: processIdentity(process.ppid) };
    write(others);
    claim.release();
    assert.deepEqual(JSON.parse(readFileSync(pidFilePath(cbdir), 'utf8')), others);
    assert.deepEqual(readdirSync(cbdir), ['node.pid']);
  });

  it('is tidied up when stale, and only then', async () => {
    claimPidFile(cbdir, ARGV, OPTIONS);
    removeStalePidFile(cbdir);
    assert.deepEqual(readdirSync(cbdir), ['node.pid']);
    write({ pid: await deadPid(), argv: [], options: {} });
    removeStalePidFile(cbdir);
    assert.deepEqual(readdirSync(cbdir), []);
  });

  it('says which directory cannot be written', () => {
    assert.throws(() => claimPidFile(join(cbdir, 'none'), ARGV, OPTIONS), /ENOENT.*none/);
  });
});

describe('a process', () => {
  it('is there until it has ended, with an identity of its own', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'a-marker']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    assert.ok(processExists(pid));
    assert.match(processCommand(pid) ?? '', /a-marker/);
    assert.equal(processIdentity(pid), processIdentity(pid));
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok(!processExists(pid));
    assert.equal(processIdentity(pid), null);
  });
});
