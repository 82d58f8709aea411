import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Backlog, Lag, type Laggard } from '../../src/session/backlog.ts';

const LIMIT = 1_000_000;

class Slow implements Laggard {
  readonly #backlog: Backlog;
  readonly #lag = new Lag();
  written = 0;
  taken = 0;
  ended = false;

  constructor(backlog: Backlog) {
    this.#backlog = backlog;
  }

  get pending(): number {
    return this.written - this.taken;
  }

  held(): Iterable<ArrayBufferLike> {
    return this.ended ? [] : this.#lag.memory(this.taken);
  }

  shed(): void {
    assert.equal(this.ended, false);
    this.ended = true;
    this.#backlog.remove(this);
  }

  write(bytes: Buffer): void {
    this.written += bytes.length;
    this.#lag.add(bytes, this.written, this.taken);
    this.#backlog.add(this, bytes);
  }
}

const alone = (size: number) => Buffer.allocUnsafeSlow(size);

/** The bytes that are really kept. */
function memory(clients: readonly Slow[]): number {
  const buffers = new Set(clients.flatMap((client) => [...client.held()]));
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

describe('what waits for all clients together', () => {
  it('never is more than the bound, and those go for whom most waits', () => {
    const backlog = new Backlog(LIMIT);
    const clients = Array.from({ length: 100 }, () => new Slow(backlog));
    for (let round = 0; round < 50; round++) {
      for (const [at, client] of clients.entries()) {
        // Every second one gets ten times as much.
        if (!client.ended) client.write(alone(at % 2 === 0 ? 2_000 : 200));
        assert.ok(memory(clients) <= LIMIT);
      }
    }
    const ended = clients.map(({ ended }) => ended);
    assert.ok(ended.some(Boolean));
    assert.ok(
      ended.every((gone, at) => !gone || at % 2 === 0),
      'only those went that were far behind',
    );
  });

  it('counts what many are sent once', () => {
    const backlog = new Backlog(LIMIT);
    const clients = Array.from({ length: 1_000 }, () => new Slow(backlog));
    for (let event = 0; event < 70; event++) {
      const bytes = alone(10_000);
      for (const client of clients) client.write(bytes);
    }
    assert.ok(clients.every(({ ended }) => !ended));
    assert.equal(memory(clients), 700_000);
  });

  it('counts the whole of a buffer of which a part waits', () => {
    const backlog = new Backlog(LIMIT);
    const clients = Array.from({ length: 100 }, () => new Slow(backlog));
    for (const client of clients) client.write(alone(16_384).subarray(0, 10));
    assert.ok(memory(clients) <= LIMIT);
    assert.ok(clients.some(({ ended }) => ended));
  });

  it('lets those stay who take what they are sent, however much that is', () => {
    const backlog = new Backlog(LIMIT);
    const clients = [new Slow(backlog), new Slow(backlog)];
    for (let round = 0; round < 1_000; round++) {
      for (const client of clients) {
        client.write(alone(100_000));
        client.taken = Math.max(0, client.written - 200_000);
      }
    }
    assert.ok(clients.every(({ ended }) => !ended));
  });

  it('begins anew when nobody is behind any more', () => {
    const backlog = new Backlog(LIMIT);
    for (let round = 0; round < 100; round++) {
      const client = new Slow(backlog);
      client.write(alone(500_000));
      backlog.remove(client);
      assert.equal(client.ended, false);
    }
  });
});

describe('what one connection has not taken', () => {
  it('is what was written and not yet taken, after thousands of writes too', () => {
    const lag = new Lag();
    const writes = Array.from({ length: 5_000 }, () => alone(10));
    for (const [at, write] of writes.entries()) lag.add(write, (at + 1) * 10, at * 10 - 25);
    assert.deepEqual(
      [...lag.memory(49_975)],
      writes.slice(4_997).map(({ buffer }) => buffer),
    );
    assert.deepEqual([...lag.memory(50_000)], []);
  });

  it('lets go of what has been taken, of a connection that is always behind too', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const lag = new Lag();
    const kept: WeakRef<ArrayBufferLike>[] = [];
    for (let n = 1; n <= 100; n++) {
      const write = alone(100_000);
      kept.push(new WeakRef(write.buffer));
      lag.add(write, n * 100_000, (n - 2) * 100_000);
    }
    // What a weak reference was asked for lives on until the end of the turn.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    assert.ok(kept.filter((buffer) => buffer.deref() !== undefined).length <= 3);
    assert.equal([...lag.memory(9_800_000)].length, 2);
  });
});
