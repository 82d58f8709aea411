import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Heartbeat } from '../../src/transports/rawsocket-heartbeat.ts';
import { FakeClock } from '../support/fake-clock.ts';

function start(): { clock: FakeClock; heartbeat: Heartbeat; told: { pings: number; deaths: number } } {
  const clock = new FakeClock();
  const told = { pings: 0, deaths: 0 };
  const heartbeat = new Heartbeat({
    clock,
    interval: 30_000,
    timeout: 60_000,
    ping: () => {
      told.pings++;
    },
    dead: () => {
      told.deaths++;
    },
  });
  return { clock, heartbeat, told };
}

describe('Heartbeat', () => {
  test('a silent peer is dead a timeout after the first PING, and told so once', () => {
    const { clock, told } = start();
    clock.advance(89_999);
    assert.deepEqual(told, { pings: 2, deaths: 0 });
    clock.advance(1);
    assert.equal(told.deaths, 1);
    clock.advance(1_000_000);
    assert.equal(told.deaths, 1);
    assert.equal(clock.pending, 0);
  });

  test('anything heard is a sign of life', () => {
    const { clock, heartbeat, told } = start();
    for (let at = 0; at < 20; at++) {
      clock.advance(59_000);
      heartbeat.heard();
    }
    assert.equal(told.deaths, 0);
    assert.equal(told.pings, Math.floor((20 * 59_000) / 30_000));
  });

  test('leaves no timer', () => {
    const { clock, heartbeat } = start();
    clock.advance(31_000);
    heartbeat.stop();
    assert.equal(clock.pending, 0);
  });
});
