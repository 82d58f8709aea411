import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Keepalive, type KeepaliveSettings } from '../../src/transports/websocket-keepalive.ts';
import { completeOptions } from '../../src/transports/websocket-options.ts';
import { FakeClock } from '../support/fake-clock.ts';

interface Started {
  readonly clock: FakeClock;
  readonly keepalive: Keepalive;
  readonly pings: Buffer[];
  drops: number;
}

function start(settings: Partial<KeepaliveSettings>): Started {
  const clock = new FakeClock();
  const pings: Buffer[] = [];
  const keepalive = new Keepalive({ ...completeOptions({}), ...settings }, clock, {
    ping: (payload) => pings.push(payload),
    drop: () => {
      started.drops += 1;
    },
  });
  const started: Started = { clock, keepalive, pings, drops: 0 };
  keepalive.start();
  return started;
}

function answer({ keepalive, pings }: Started): void {
  const last = pings.at(-1);
  assert.ok(last !== undefined);
  const bytes = Buffer.concat([Buffer.from('xx'), last]);
  keepalive.received();
  keepalive.pong(bytes, 2, bytes.length);
}

describe('Keepalive', () => {
  test('by default: a ping after 30 s of silence, dropped after 60 s more', () => {
    const started = start({});
    started.clock.advance(29_999);
    assert.equal(started.pings.length, 0);
    started.clock.advance(1);
    assert.equal(started.pings.length, 1);
    assert.equal(started.pings[0]?.length, 12);
    started.clock.advance(59_999);
    assert.deepEqual([started.pings.length, started.drops], [1, 0]);
    started.clock.advance(1);
    assert.equal(started.drops, 1);
    assert.equal(started.clock.pending, 0);
  });

  test('by default: whoever talks is alive', () => {
    const started = start({});
    for (let count = 0; count < 20; count += 1) {
      started.keepalive.received();
      started.clock.advance(30_000);
    }
    assert.deepEqual([started.pings.length, started.drops], [0, 0]);
  });

  test('by default: traffic answers a ping, too', () => {
    const started = start({});
    started.clock.advance(30_000);
    started.clock.advance(10_000);
    started.keepalive.received();
    started.clock.advance(50_000);
    assert.deepEqual([started.pings.length, started.drops], [1, 0]);
  });

  test('0 means no pings', () => {
    const started = start({ autoPingInterval: 0 });
    assert.equal(started.clock.pending, 0);
  });

  test('as configured in Crossbar: only the pong of the last ping counts', () => {
    const started = start({ autoPingInterval: 1_000, autoPingTimeout: 500, autoPingRestartOnAnyTraffic: false });
    started.clock.advance(1_000);
    assert.equal(started.pings.length, 1);
    answer(started);
    started.clock.advance(999);
    assert.equal(started.pings.length, 1);
    started.clock.advance(1);
    assert.equal(started.pings.length, 2);
    assert.notDeepEqual(started.pings[0], started.pings[1]);
    const old = started.pings[0]!;
    started.keepalive.pong(old, 0, old.length);
    started.keepalive.pong(Buffer.alloc(0), 0, 0);
    started.keepalive.received();
    started.clock.advance(500);
    assert.equal(started.drops, 1);
  });

  test('without a timeout pings go on, answered or not', () => {
    const started = start({ autoPingInterval: 1_000, autoPingTimeout: 0, autoPingRestartOnAnyTraffic: false });
    started.clock.advance(2_500);
    assert.equal(started.pings.length, 2);
    answer(started);
    started.clock.advance(500);
    assert.equal(started.pings.length, 3);
    assert.equal(started.drops, 0);
  });

  test('the size is as configured', () => {
    const started = start({ autoPingInterval: 10, autoPingSize: 125 });
    started.clock.advance(10);
    assert.equal(started.pings[0]?.length, 125);
  });

  test('stop leaves no timer', () => {
    for (const elapsed of [0, 30_000]) {
      const started = start({});
      started.clock.advance(elapsed);
      started.keepalive.stop();
      assert.equal(started.clock.pending, 0);
    }
  });
});
