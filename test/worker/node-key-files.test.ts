import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ensureNodeKey, type KeyMaker, readNodeKey, writeClientKey } from '../../src/worker/node-key-files.ts';

const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const PUBLIC_KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';
const MAKER: KeyMaker = {
  creator: 'joe@example',
  now: Date.UTC(2026, 0, 31, 12, 34, 56, 789),
  random: () => Buffer.from(SEED, 'hex'),
};

/** As Crossbar.io 26.10 writes it. */
const CROSSBAR = `Crossbar.io node private key - KEEP THIS SAFE!

creator: joe@example
created-at: 2026-11-27T07:31:39.839Z
machine-id: 3d1219c7c4c5404aaa1f6d2a48adfda4
node-authid: example
node-cluster-ip: 127.0.0.1
public-key-ed25519: ${PUBLIC_KEY}
public-adr-eth: 0x90109eD26d49509FB672ca43FAE0bE4dfe2e3bc8
private-key-ed25519: ${SEED}
private-key-eth: ${'11'.repeat(32)}
`;

let directory = '';
const at = (name: string): string => join(directory, name);
const mode = (name: string): number => statSync(at(name)).mode & 0o777;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'turnpike-key-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the files of a node key', () => {
  it('are made once, the private one for its owner alone', () => {
    assert.equal(readNodeKey(directory), null);
    const made = ensureNodeKey(directory, MAKER);
    assert.deepEqual([made.created, made.key.publicKey], [true, PUBLIC_KEY]);
    assert.deepEqual([mode('key.priv'), mode('key.pub')], [0o600, 0o644]);
    const again = ensureNodeKey(directory, { ...MAKER, random: () => assert.fail('a key is there already') });
    assert.deepEqual([again.created, again.key.publicKey], [false, PUBLIC_KEY]);
    assert.equal(readNodeKey(directory)?.publicKey, PUBLIC_KEY);
    assert.equal(
      readFileSync(at('key.pub'), 'utf8'),
      `Turnpike node public key\n\ncreator: joe@example\ncreated-at: 2026-01-31T12:34:56.789Z\nmachine-id: unknown\npublic-key-ed25519: ${PUBLIC_KEY}\n`,
    );
    assert.ok(!readFileSync(at('key.pub'), 'utf8').includes(SEED));
  });

  it('of Crossbar are read, and a public one that is missing is made', () => {
    writeFileSync(at('key.priv'), CROSSBAR, { mode: 0o600 });
    assert.equal(ensureNodeKey(directory, MAKER).created, false);
    assert.match(readFileSync(at('key.pub'), 'utf8'), new RegExp(`public-key-ed25519: ${PUBLIC_KEY}\n`));
    writeFileSync(at('key.priv'), CROSSBAR.replaceAll('\n', '\r\n'));
    assert.equal(readNodeKey(directory)?.publicKey, PUBLIC_KEY);
  });

  it('are refused where others can read the private one (row 167)', () => {
    ensureNodeKey(directory, MAKER);
    for (const open of [0o640, 0o604, 0o622]) {
      chmodSync(at('key.priv'), open);
      assert.throws(
        () => readNodeKey(directory),
        /key\.priv can be read or changed by others than its owner: chmod 600/,
      );
    }
    chmodSync(at('key.priv'), 0o400);
    assert.equal(readNodeKey(directory)?.publicKey, PUBLIC_KEY);
  });

  it('are refused where they are damaged or do not belong together, and no secret is told', () => {
    const rows: [string, string, RegExp][] = [
      ['key.priv', '', /holds no "private-key-ed25519"/],
      ['key.priv', CROSSBAR.replace(SEED, 'xyz'), /holds no "private-key-ed25519"/],
      ['key.priv', CROSSBAR.replace(SEED, SEED.replace('4d', '4e')), /does not belong to its private key/],
      ['key.pub', CROSSBAR.replace(PUBLIC_KEY, '00'), /key\.pub does not belong to .*key\.priv/],
    ];
    for (const [name, text, message] of rows) {
      writeFileSync(at('key.priv'), CROSSBAR, { mode: 0o600 });
      rmSync(at('key.pub'), { force: true });
      writeFileSync(at(name), text);
      assert.throws(
        () => readNodeKey(directory),
        (error: Error) => message.test(error.message) && !error.message.includes(SEED.slice(4)),
      );
    }
  });

  it('a public key alone is no reason to make a new pair', () => {
    writeFileSync(at('key.pub'), 'x');
    assert.throws(() => ensureNodeKey(directory, MAKER), /key\.pub is there without .*key\.priv: restore that/);
  });

  it('are never written through a link or over a file', () => {
    writeFileSync(at('target'), 'mine');
    symlinkSync(at('nowhere'), at('key.priv'));
    assert.throws(() => ensureNodeKey(directory, MAKER), /EEXIST/);
    assert.throws(() => writeClientKey(at('target'), MAKER), /EEXIST/);
    assert.equal(readFileSync(at('target'), 'utf8'), 'mine');
  });

  it('a client gets its own', () => {
    assert.equal(writeClientKey(at('joe.key'), MAKER), PUBLIC_KEY);
    assert.equal(mode('joe.key'), 0o600);
    assert.match(readFileSync(at('joe.key'), 'utf8'), new RegExp(`\n\n(?:.*\n)*private-key-ed25519: ${SEED}\n$`));
  });
});
