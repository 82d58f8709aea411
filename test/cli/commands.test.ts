import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { claimPidFile } from '../../src/node/pid-file.ts';
import { turnpike } from './terminal.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'turnpike-cli-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function writeConfig(content: unknown): void {
  mkdirSync(join(cwd, '.turnpike'), { recursive: true });
  writeFileSync(join(cwd, '.turnpike', 'config.json'), JSON.stringify(content));
}

describe('turnpike keygen and keys', () => {
  it('make the key pair of the node once, and show its public half', async () => {
    assert.match((await turnpike(['keys'], cwd)).err, /no/);
    writeConfig({ version: 2 });
    const missing = await turnpike(['keys'], cwd);
    assert.deepEqual([missing.code, missing.out], [1, '']);
    assert.match(missing.err, /there is no node key in .*: make it with `turnpike keygen`/);
    const made = await turnpike(['keygen'], cwd);
    assert.equal(made.code, 0);
    const [publicKey] = /[0-9a-f]{64}/.exec(made.out) ?? [''];
    assert.match(made.out, /^made the key pair of the node, in /);
    assert.deepEqual(await turnpike(['keys'], cwd), { code: 0, out: `${publicKey}\n`, err: '' });
    assert.match((await turnpike(['keygen'], cwd)).out, new RegExp(`has a key pair already[^]*${publicKey}`));
  });

  it('make one for a client, and overwrite nothing', async () => {
    const made = await turnpike(['keygen', '--client', 'keys/joe.key'], cwd);
    assert.equal(made.code, 0);
    const text = readFileSync(join(cwd, 'keys', 'joe.key'), 'utf8');
    const secret = /^private-key-ed25519: ([0-9a-f]{64})$/m.exec(text)?.[1] ?? '';
    assert.equal(secret.length, 64);
    assert.ok(!made.out.includes(secret));
    assert.equal((await turnpike(['keygen', '--client', 'keys/joe.key'], cwd)).code, 1);
    assert.equal(readFileSync(join(cwd, 'keys', 'joe.key'), 'utf8'), text);
  });
});

describe('turnpike init', () => {
  it('writes a node that is fine, and says what to do next', async () => {
    const { code, out, err } = await turnpike(['init'], cwd);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /turnpike start/);
    assert.ok(existsSync(join(cwd, 'web', 'index.html')));
    assert.deepEqual(await turnpike(['check'], cwd), {
      code: 0,
      out: `${join(cwd, '.turnpike', 'config.yaml')} is fine\n`,
      err: '',
    });
  });

  it('makes the directory', async () => {
    const { code, out } = await turnpike(['init', '--appdir', 'deep/down'], cwd);
    assert.equal(code, 0);
    assert.match(out, /cd deep\/down/);
    assert.equal((await turnpike(['check', '--cbdir', 'deep/down/.turnpike'], cwd)).code, 0);
  });

  for (const there of ['.turnpike/config.yaml', '.turnpike/config.json', '.crossbar/config.json', 'web/index.html']) {
    it(`touches nothing when there is ${there}`, async () => {
      const path = join(cwd, there);
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, 'mine');
      const { code, err } = await turnpike(['init'], cwd);
      assert.equal(code, 1);
      assert.match(err, /^turnpike init: .* exists already: nothing was created\./);
      assert.equal(readFileSync(path, 'utf8'), 'mine');
      const created = ['.turnpike/config.yaml', 'web/index.html'].filter((name) => existsSync(join(cwd, name)));
      assert.deepEqual(
        created,
        created.filter((name) => name === there),
      );
    });
  }

  it('says why it cannot', async () => {
    writeFileSync(join(cwd, 'file'), '');
    const { code, err } = await turnpike(['init', '--appdir', 'file'], cwd);
    assert.equal(code, 1);
    assert.match(err, /^turnpike init: cannot create .*ENOTDIR/);
  });
});

describe('turnpike check', () => {
  it('tells all problems, exit code 1', async () => {
    writeConfig({ version: 2, workers: [{ type: 'router', realms: [{ name: '?' }], transport: [] }], colour: 1 });
    const { code, out, err } = await turnpike(['check'], cwd);
    assert.deepEqual([code, out], [1, '']);
    for (const place of ['workers[0].realms[0].name', 'transport', 'colour']) assert.ok(err.includes(place), err);
    assert.match(err, /turnpike check: the configuration has \d problems, see above\n$/);
  });

  it('checks the file that is asked for', async () => {
    writeConfig({ version: 2 });
    writeFileSync(join(cwd, '.turnpike', 'other.json'), '{"version": 1}');
    assert.equal((await turnpike(['check'], cwd)).code, 0);
    assert.equal((await turnpike(['check', '--config', 'other.json'], cwd)).code, 1);
  });

  it('says what to do where there is no node', async () => {
    const { code, err } = await turnpike(['check'], cwd);
    assert.equal(code, 1);
    assert.match(err, /there is no node directory .*\.turnpike\. Create a node with `turnpike init`/);
  });

  it('says what to do where there is no configuration', async () => {
    mkdirSync(join(cwd, '.turnpike'));
    const { code, err } = await turnpike(['check'], cwd);
    assert.equal(code, 1);
    assert.match(err, /turnpike init/);
  });
});

describe('turnpike start', () => {
  it('does not start with a configuration that has problems, and leaves no pid file', async () => {
    writeConfig({ version: 2, workers: [{ type: 'router', colour: 1 }] });
    const { code, err } = await turnpike(['start'], cwd);
    assert.equal(code, 1);
    assert.match(err, /colour/);
    assert.ok(!existsSync(join(cwd, '.turnpike', 'node.pid')));
  });

  it('does not start twice, and says how to stop the first', async () => {
    writeConfig({ version: 2 });
    const cbdir = join(cwd, '.turnpike');
    claimPidFile(cbdir, [], {});
    const { code, err } = await turnpike(['start'], cwd);
    assert.equal(code, 1);
    assert.equal(
      err,
      `turnpike start: a node is already running from ${cbdir} (PID ${process.pid}). Stop it with \`turnpike stop --cbdir ${cbdir}\`\n`,
    );
    assert.ok(existsSync(join(cbdir, 'node.pid')));
  });

  it('says what to do where there is no node', async () => {
    const { code, err } = await turnpike(['start'], cwd);
    assert.equal(code, 1);
    assert.match(err, /turnpike init/);
  });
});

describe('turnpike status', () => {
  it('says that nothing runs', async () => {
    const { code, out } = await turnpike(['status'], cwd);
    assert.equal(code, 0);
    assert.equal(out, `stopped (no node runs from ${join(cwd, '.turnpike')})\n`);
    assert.equal((await turnpike(['status', '--assert', 'stopped'], cwd)).code, 0);
    const asserted = await turnpike(['status', '--assert', 'running'], cwd);
    assert.deepEqual([asserted.code, asserted.out], [69, '']);
    assert.match(asserted.err, /^expected running, but the node is stopped/);
  });

  it('says what runs', async () => {
    const cbdir = join(cwd, '.turnpike');
    mkdirSync(cbdir);
    claimPidFile(cbdir, [], {});
    assert.equal((await turnpike(['status'], cwd)).out, `running (PID ${process.pid}, from ${cbdir})\n`);
    assert.equal((await turnpike(['status', '--assert', 'running'], cwd)).code, 0);
    assert.equal((await turnpike(['status', '--assert', 'stopped'], cwd)).code, 69);
  });
});

describe('turnpike stop', () => {
  it('has nothing to stop where nothing runs, exit code 69', async () => {
    const { code, err } = await turnpike(['stop'], cwd);
    assert.equal(code, 69);
    assert.match(err, /^no node runs from /);
  });
});
