import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { arrival } from '../../src/auth/authenticators/arrival.ts';
import { CircuitBreaker } from '../../src/auth/authenticators/circuit-breaker.ts';
import { type Log, SILENT } from '../../src/wamp/log.ts';
import { FakeClock } from '../support/fake-clock.ts';

function bench(): { breaker: CircuitBreaker; clock: FakeClock; lines: string[] } {
  const clock = new FakeClock();
  const lines: string[] = [];
  const log: Log = { ...SILENT, info: (text) => void lines.push(text), error: (text) => void lines.push(text) };
  return { breaker: new CircuitBreaker(clock, log), clock, lines };
}

describe('a circuit breaker', () => {
  it('opens after 10 of 20 calls without an answer, and says so once', () => {
    const { breaker, lines } = bench();
    for (let n = 0; n < 9; n++) {
      breaker.unanswered();
      breaker.answered();
    }
    assert.equal(breaker.admit(), true);
    breaker.unanswered();
    assert.equal(breaker.admit(), false);
    for (let n = 0; n < 100; n++) breaker.unanswered();
    assert.equal(lines.length, 1);
  });

  it('looks back on 20 calls only', () => {
    const { breaker } = bench();
    for (let round = 0; round < 10; round++) {
      for (let n = 0; n < 9; n++) breaker.unanswered();
      for (let n = 0; n < 11; n++) breaker.answered();
    }
    assert.equal(breaker.admit(), true);
  });

  it('lets one login a second try, and all when one of them is answered', () => {
    const { breaker, clock, lines } = bench();
    for (let n = 0; n < 10; n++) breaker.unanswered();
    clock.advance(999);
    assert.equal(breaker.admit(), false);
    clock.advance(1);
    assert.deepEqual([breaker.admit(), breaker.admit()], [true, false]);
    clock.advance(1_000);
    assert.deepEqual([breaker.admit(), breaker.admit()], [true, false]);
    breaker.answered();
    assert.deepEqual([breaker.admit(), breaker.admit()], [true, true]);
    assert.equal(lines.length, 2);
    assert.match(lines[1]!, /answers again/);
  });

  it('begins anew then: what was before does not count', () => {
    const { breaker } = bench();
    for (let n = 0; n < 10; n++) breaker.unanswered();
    breaker.answered();
    for (let n = 0; n < 9; n++) breaker.unanswered();
    assert.equal(breaker.admit(), true);
  });
});

describe('the wait for an authenticator', () => {
  it('ends when it is there, when patience ends, and when the client leaves; nothing is left', async () => {
    const clock = new FakeClock();
    const leaving = new AbortController();
    let isThere = false;
    const waits = [
      arrival(() => isThere, 3_000, clock, new AbortController().signal),
      arrival(() => false, 200, clock, new AbortController().signal),
      arrival(() => false, 3_000, clock, leaving.signal),
      arrival(() => false, 0, clock, new AbortController().signal),
      arrival(() => true, 3_000, clock, new AbortController().signal),
    ];
    assert.equal(clock.pending, 3);
    clock.advance(200);
    assert.equal(clock.pending, 2);
    leaving.abort();
    assert.equal(clock.pending, 1);
    isThere = true;
    clock.advance(50);
    assert.equal(clock.pending, 0);
    await Promise.all(waits);
  });
});
