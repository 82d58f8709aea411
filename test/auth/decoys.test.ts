import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Decoys } from '../../src/auth/decoys.ts';

describe('[row 37] Decoys', () => {
  const decoys = new Decoys(Buffer.alloc(32, 1));
  const others = new Decoys(Buffer.alloc(32, 2));

  it('are the same for one key, name and use, and for nothing else', () => {
    const drawn = decoys.bytes('joe', 'salt', 100);
    assert.equal(drawn.length, 100);
    assert.deepEqual(decoys.bytes('joe', 'salt', 100), drawn);
    for (const other of [
      others.bytes('joe', 'salt', 100),
      decoys.bytes('ann', 'salt', 100),
      decoys.bytes('joe', 'model', 100),
    ]) {
      assert.notDeepEqual(other, drawn);
    }
    assert.notDeepEqual(drawn.subarray(0, 32), drawn.subarray(32, 64));
  });

  it('resemble each of the models about as often', () => {
    const counts = new Map([
      ['a', 0],
      ['b', 0],
      ['c', 0],
    ]);
    for (let at = 0; at < 3000; at++) {
      const model = [...counts.keys()][decoys.at(`name${at}`, counts.size)] ?? 'none';
      counts.set(model, (counts.get(model) ?? 0) + 1);
    }
    for (const count of counts.values()) assert.ok(count > 850 && count < 1150, String(count));
    assert.equal(decoys.at('joe', 0), 0);
  });

  it('have texts of the same make', () => {
    assert.match(decoys.textLike('salt123-ÄX', 'joe', 'salt'), /^[a-z]{4}\d{3}-Ä[A-Z]$/);
    assert.match(decoys.textLike('0a1b2c3d4e', 'joe', 'salt'), /^[0-9a-f]{10}$/);
    assert.match(decoys.textLike('0A1B2C3D4E', 'joe', 'salt'), /^[0-9A-F]{10}$/);
    assert.equal(decoys.textLike('', 'joe', 'salt'), '');
    assert.notEqual(decoys.textLike('salt123', 'joe', 'salt'), decoys.textLike('salt123', 'ann', 'salt'));
  });

  it('need a key that cannot be guessed', () => {
    assert.throws(() => new Decoys(Buffer.alloc(31)), RangeError);
  });
});
