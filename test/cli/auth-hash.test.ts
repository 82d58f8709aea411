import assert from 'node:assert/strict';
import { pbkdf2Sync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/load.ts';
import { Keyboard, type Outcome, piped, turnpike } from './terminal.ts';

const CANARY = 'canary-5f1c9e';
const CRA = ['auth', 'hash', 'wampcra', '--authid', 'joe'];
const SCRAM = ['auth', 'hash', 'scram', '--authid', 'joe', '--kdf', 'pbkdf2', '--iterations', '4096'];

let cwd = '';
before(() => {
  cwd = mkdtempSync(join(tmpdir(), 'turnpike-hash-'));
  writeFileSync(join(cwd, 'secret.txt'), `${CANARY}\n`);
  writeFileSync(join(cwd, 'lines.txt'), `${CANARY}\n${CANARY}\n`);
  writeFileSync(join(cwd, 'empty.txt'), '\n');
});
after(() => rmSync(cwd, { recursive: true }));

function hash(args: readonly string[], input = piped(`${CANARY}\n`)): Promise<Outcome> {
  return turnpike(args, cwd, {}, input);
}

async function entryOf(args: readonly string[], secret = CANARY): Promise<Record<string, Record<string, unknown>>> {
  const { code, out, err } = await hash(args, piped(secret));
  assert.deepEqual([code, err], [0, '']);
  assert.doesNotMatch(out, new RegExp(secret));
  return parse(out);
}

/** Checks a transport's `auth` as the node would. */
function check(auth: object): void {
  const transport = { type: 'websocket', endpoint: { type: 'tcp', port: 0 }, auth };
  const realms = [{ name: 'realm1', roles: [{ name: 'user' }] }];
  const node = { version: 2, workers: [{ type: 'router', realms, transports: [transport] }] };
  parseConfig(JSON.stringify(node), { file: 'config', env: {} });
}

describe('turnpike auth hash', () => {
  it('makes what Crossbar documents of a password for SCRAM', async () => {
    const salt = '3bc3ca01dd1d501ca1c22e1c5d7d16fe';
    const authid = 'foobar@example.com';
    const entry = await entryOf(['auth', 'hash', 'scram', '--authid', authid, '--salt', salt], 'secret123');
    assert.deepEqual(entry, {
      [authid]: {
        kdf: 'argon2id-13',
        iterations: 4096,
        memory: 512,
        salt,
        'stored-key': 'e796c2f0a51770303ee4616bc630a66774d51a55003154aff2a54ec7c4ac0e38',
        'server-key': '8de7864c316f3c2356fd76cfdab696db55bc70e680fe5180e2f731e2345acca2',
      },
    });
  });

  it('makes the key of WAMP-CRA, salted at random', async () => {
    const { joe } = await entryOf([...CRA, '--role', 'user', '--realm', 'realm1']);
    const { secret, salt, ...rest } = joe ?? {};
    assert.deepEqual(rest, { iterations: 100_000, keylen: 32, role: 'user', realm: 'realm1' });
    assert.equal(pbkdf2Sync(CANARY, String(salt), 100_000, 32, 'sha256').toString('base64'), secret);
    assert.notEqual((await entryOf(CRA))['joe']?.['salt'], salt);
  });

  it('makes entries that a configuration takes as they are, in both formats', async () => {
    for (const format of ['yaml', 'json']) {
      const users = await entryOf([...CRA, '--role', 'user', '--format', format]);
      const principals = await entryOf([...SCRAM, '--role', 'user', '--format', format]);
      check({ wampcra: { type: 'static', users }, scram: { type: 'static', principals } });
    }
  });

  it('keeps authids and texts that YAML would take for something else', async () => {
    for (const authid of ['no', '1e5', 'a: b', '"#"']) {
      const args = ['auth', 'hash', 'wampcra', '--iterations', '4096', '--authid', authid, '--salt', '12345678'];
      assert.equal((await entryOf(args))[authid]?.['salt'], '12345678');
    }
  });

  it('takes the secret from a file, without the end of its line', async () => {
    const fixed = ['--salt', 'abcdefgh', '--iterations', '4096'];
    const { code, out } = await hash([...CRA, ...fixed, '--secret-file', 'secret.txt'], piped(''));
    assert.equal(code, 0);
    assert.deepEqual(parse(out), await entryOf([...CRA, ...fixed]));
  });

  it('asks twice at a terminal that shows nothing of it', async () => {
    const keyboard = new Keyboard();
    const modes: boolean[] = [];
    keyboard.setRawMode = (raw) => void modes.push(raw);
    keyboard.write(`wrong\u0015${CANARY}x\u007f\u001b[D\r${CANARY}\r`);
    const { code, out, err } = await hash([...CRA, '--iterations', '4096', '--salt', 'abcdefgh'], keyboard);
    assert.equal(code, 0);
    assert.equal(err, 'Password of "joe" (not shown): \nAgain: \n');
    assert.deepEqual(modes, [true, false]);
    assert.deepEqual(parse(out), await entryOf([...CRA, '--iterations', '4096', '--salt', 'abcdefgh']));
  });

  it('makes nothing of two that differ, of nothing, or where it is given up', async () => {
    for (const [typed, text] of [
      [`${CANARY}\rother\r`, 'the two differ'],
      ['\r\r', 'nothing was typed: an empty secret lets nobody in'],
      ['abc\u0003', 'given up'],
      ['\u0004', 'given up'],
    ] as const) {
      const keyboard = new Keyboard();
      keyboard.write(typed);
      const { code, out, err } = await hash(CRA, keyboard);
      assert.deepEqual([code, out, err.split('\n').at(-2)], [1, '', `turnpike auth hash: ${text}`]);
    }
  });

  it('refuses secrets on the command line, and does not repeat them', async () => {
    for (const more of [[CANARY], ['--secret', CANARY], [`--password=${CANARY}`], ['--ticket', CANARY]]) {
      const { code, out, err } = await hash([...CRA, ...more]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /a secret does not belong on the command line, where every user of this machine can read it/);
      assert.doesNotMatch(err, /canary/);
    }
  });

  it('refuses what is weak or endless', async () => {
    for (const [more, text] of [
      [['wampcra', '--iterations', '4095'], /--iterations is a number from 4096 .*\(less is weak\)/],
      [['wampcra', '--keylen', '8'], /--keylen is a number from 16 to 64/],
      [['wampcra', '--salt', 'short'], /--salt has 8 to/],
      [['wampcra', '--memory', '512'], /wampcra has no --memory/],
      [['scram', '--kdf', 'pbkdf2', '--iterations', '1000'], /from 4096 .*weak/],
      [['scram', '--kdf', 'pbkdf2', '--memory', '512'], /pbkdf2 has no --memory/],
      [['scram', '--iterations', '1'], /too weak: --iterations times --memory/],
      [['scram', '--memory', '1048576'], /busy for minutes/],
      [['scram', '--salt', 'abcd'], /8 to 64 bytes as hexadecimal/],
      [['scram', '--keylen', '32'], /scram has no --keylen/],
      [['scram', '--role', ' '], /--role is not the name of a role/],
    ] as const) {
      const { code, err } = await hash(['auth', 'hash', ...more, '--authid', 'joe']);
      assert.equal(code, 2, err);
      assert.match(err, text);
    }
    assert.match((await hash(['auth', 'hash', 'scram'])).err, /whose credentials\?/);
    assert.match((await hash(['auth', 'hash', 'scram', '--authid', '\u0001'])).err, /an authid cannot have/);
  });

  it('says what is wrong with a file or standard input', async () => {
    for (const [file, text] of [
      ['missing.txt', /the file missing.txt cannot be read/],
      ['lines.txt', /holds several lines/],
      ['empty.txt', /holds no secret/],
    ] as const) {
      const { code, err } = await hash([...CRA, '--secret-file', file]);
      assert.equal(code, 1);
      assert.match(err, text);
      assert.doesNotMatch(err, /canary/);
    }
    assert.match((await hash(CRA, piped(''))).err, /standard input holds no secret/);
  });

  it('warns of short passwords', async () => {
    const { code, err } = await hash([...CRA, '--iterations', '4096'], piped('1234567'));
    assert.equal(code, 0);
    assert.match(err, /less than 8 characters is soon tried out/);
  });
});
