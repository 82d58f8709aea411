import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomReserve } from '../../src/worker/random-reserve.ts';

describe('the reserve of random bytes', () => {
  const random = randomReserve();

  it('gives as many as are asked for, and none twice', () => {
    const drawn = new Set<string>();
    // More than what is drawn ahead, several times over, in sizes that do not divide it.
    for (let draw = 0; draw < 1_000; draw++) {
      const bytes = random(16 + (draw % 13));
      assert.equal(bytes.length, 16 + (draw % 13));
      drawn.add(Buffer.from(bytes).toString('hex').slice(0, 32));
    }
    assert.equal(drawn.size, 1_000);
  });

  it('gives bytes that are the caller’s alone', () => {
    const first = random(32);
    const copy = Uint8Array.from(first);
    first.fill(0);
    assert.ok(random(32).some((byte) => byte !== 0));
    assert.notDeepEqual(copy, first);
  });

  it('gives more than it draws ahead', () => {
    assert.equal(random(10_000).length, 10_000);
    assert.ok(random(10_000).some((byte) => byte !== 0));
  });
});
