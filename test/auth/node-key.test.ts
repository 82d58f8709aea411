import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CryptosignKey } from '../../src/auth/authmethods/cryptosign-key.ts';
import { NodeKey } from '../../src/auth/node-key.ts';
import { PUBLIC_KEY, SEED } from './proofs.ts';

describe('a node key', () => {
  const key = new NodeKey(Buffer.from(SEED, 'hex'));

  it('has the public key of its seed, and signs by it', () => {
    assert.equal(key.publicKey, PUBLIC_KEY);
    const message = Buffer.alloc(32, 9);
    const signed = Buffer.concat([key.sign(message), message]).toString('hex');
    assert.equal(new CryptosignKey(PUBLIC_KEY).refuse(signed, message), null);
  });

  it('gives each use secrets of its own, always the same', () => {
    const same = new NodeKey(Buffer.from(SEED, 'hex'));
    assert.deepEqual(key.derive('decoys'), same.derive('decoys'));
    assert.equal(key.derive('decoys').length, 32);
    assert.notDeepEqual(key.derive('decoys'), key.derive('other'));
    assert.notDeepEqual(key.derive('decoys'), new NodeKey(Buffer.alloc(32)).derive('decoys'));
  });

  it('has 32 bytes', () => {
    for (const size of [0, 31, 33]) assert.throws(() => new NodeKey(Buffer.alloc(size)), RangeError);
  });
});
