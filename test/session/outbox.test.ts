import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Payload } from '../../src/serializers/payload.ts';
import { Flusher } from '../../src/session/flusher.ts';
import { Outbox } from '../../src/session/outbox.ts';
import { wireOf } from '../../src/session/wire-of.ts';
import { EMPTY } from '../../src/wamp/dict.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { spoilPages } from '../support/spoiled-pages.ts';
import { BenchConnection } from './session-bench.ts';

class Turns {
  readonly flusher: Flusher;
  scheduled: (() => void)[] = [];

  constructor() {
    this.flusher = new Flusher((flush) => this.scheduled.push(flush));
  }

  next(): void {
    for (const flush of this.scheduled.splice(0)) flush();
  }
}

function outboxOn(connection: BenchConnection, turns: Turns, limits: Partial<typeof LIMITS> = {}): Outbox {
  return new Outbox(connection, wireOf('wamp.2.cbor', connection.framing), {
    flusher: turns.flusher,
    clock: new FakeClock(),
    limits: { ...LIMITS, ...limits },
    onOverflow: (reason) => assert.fail(reason),
  });
}

/** A connection that keeps the very buffers it did not take, as a socket does, and reads them only later. */
class KeepingConnection extends BenchConnection {
  readonly kept: Buffer[] = [];
  #taking: (() => boolean) | null = null;

  takeWhen(taking: () => boolean): void {
    this.#taking = taking;
  }

  override write(frames: Buffer): boolean {
    const taken = this.#taking?.() ?? true;
    this.writes++;
    this.kept.push(taken ? Buffer.from(frames) : frames);
    if (!taken) this.pending += frames.length;
    return taken;
  }
}

const wire = wireOf('wamp.2.cbor', new BenchConnection('wamp.2.cbor').framing);

function encode(...message: Parameters<typeof wire.encode>): Buffer {
  const frame = wire.encode(...message);
  assert(frame !== null);
  return frame;
}

const text = (length: number) => 'x'.repeat(length);

/** Arguments of a message: one binary. */
function binary(length: number): Payload {
  const bytes = Buffer.alloc(6 + length);
  bytes.writeUInt16BE(0x815a);
  bytes.writeUInt32BE(length, 2);
  return { serializer: wire.serializer, bytes, start: 0, end: bytes.length, count: 1, transcoded: null };
}

type Action =
  | { readonly kind: 'send' | 'sendEncoded' | 'close'; readonly to: number; readonly length: number }
  | { readonly kind: 'turn' };

const LENGTHS = fc.oneof(
  { weight: 6, arbitrary: fc.nat(200) },
  { weight: 2, arbitrary: fc.integer({ min: 3_900, max: 4_300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 16_000, max: 17_000 }) },
  // Around the sizes of pages, and where what waits is worth a write.
  { weight: 1, arbitrary: fc.integer({ min: 32_000, max: 34_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 48_000, max: 50_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 65_000, max: 67_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(70_000, 1_048_000, 1_050_000) },
);

const ACTIONS: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('send' as const), to: fc.nat(2), length: LENGTHS }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('sendEncoded' as const), to: fc.nat(3), length: LENGTHS }) },
    { weight: 3, arbitrary: fc.constant({ kind: 'turn' as const }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), to: fc.nat(2), length: fc.constant(0) }) },
  ),
  { maxLength: 60 },
);

describe('what is written', () => {
  it('is the frames in their order, whatever is sent how, and whether writes are taken at once or not', () => {
    const restore = spoilPages();
    fc.assert(
      fc.property(ACTIONS, fc.infiniteStream(fc.boolean()), (actions, takes) => {
        const turns = new Turns();
        const connections = [0, 1, 2].map(() => new KeepingConnection('wamp.2.cbor'));
        const outboxes = connections.map((connection) => {
          connection.takeWhen(() => takes.next().value === true);
          return outboxOn(connection, turns);
        });
        const expected: Buffer[][] = [[], [], []];
        let request = 0;
        const open = [true, true, true];
        for (const action of actions) {
          if (action.kind === 'turn') {
            turns.next();
            continue;
          }
          if (action.kind === 'close') {
            open[action.to] = false;
            outboxes[action.to]?.flush();
            outboxes[action.to]?.close();
            continue;
          }
          const message = [Msg.SUBSCRIBE, ++request, 0, EMPTY, text(action.length), null] as const;
          const frame = encode(...message);
          // 3: the same frame to all, as a fan-out does.
          for (const [at, outbox] of outboxes.entries()) {
            if (action.to !== at && action.to !== 3) continue;
            if (open[at] === true) expected[at]?.push(Buffer.from(frame));
            if (action.kind === 'send') outbox.send(...message);
            else outbox.sendEncoded(frame);
          }
        }
        turns.next();
        // Only now are the buffers looked at that were not taken: reuse of one would show.
        for (const [at, connection] of connections.entries()) {
          assert.ok(Buffer.concat(connection.kept).equals(Buffer.concat(expected[at] ?? [])), `connection ${at}`);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(restore() > 100);
  });

  it('goes out in a write for each large page that it fills', () => {
    const turns = new Turns();
    const connection = new BenchConnection('wamp.2.cbor');
    const outbox = outboxOn(connection, turns);
    for (let request = 1; request <= 5; request++) outbox.send(Msg.RESULT, request, 0, EMPTY, null, binary(65_536));
    assert.equal(connection.writes, 0);
    assert.equal(outbox.pending > 5 * 65_536, true);
    turns.next();
    assert.equal(connection.writes, 5);
    assert.equal(outbox.pending, 0);
    assert.equal(connection.takeMessages().length, 5);
  });

  it('may have a message longer than the bound behind one that is taken at once', () => {
    const turns = new Turns();
    const connection = new KeepingConnection('wamp.2.cbor');
    const outbox = outboxOn(connection, turns, { outbox: 100_000 });
    outbox.send(Msg.RESULT, 1, 0, EMPTY, null, binary(65_536));
    outbox.send(Msg.RESULT, 2, 0, EMPTY, null, binary(200_000));
    const takes = [true, false];
    connection.takeWhen(() => takes.shift() ?? false);
    turns.next();
    assert.equal(connection.kept.length, 2);
  });

  it('is copied where it moves to a larger page: nothing is queued beside', () => {
    const turns = new Turns();
    const connection = new BenchConnection('wamp.2.cbor');
    const outbox = outboxOn(connection, turns);
    for (let request = 1; request <= 60; request++) outbox.send(Msg.RESULT, request, 0, EMPTY, null, binary(1000));
    turns.next();
    assert.equal(connection.writes, 1);
    assert.equal(connection.takeMessages().length, 60);
  });

  it('is nothing more where the peer turns out to be too slow after some of it', () => {
    const turns = new Turns();
    const connection = new KeepingConnection('wamp.2.cbor');
    connection.takeWhen(() => false);
    const reasons: string[] = [];
    const outbox = new Outbox(connection, wire, {
      flusher: turns.flusher,
      clock: new FakeClock(),
      limits: { ...LIMITS, outbox: 10_000 },
      onOverflow: (reason) => reasons.push(reason),
    });
    for (let request = 1; request <= 9; request++) outbox.send(Msg.RESULT, request, 0, EMPTY, null, binary(65_536));
    turns.next();
    assert.equal(reasons.length, 1);
    assert.equal(connection.kept.length, 2);
  });

  it('goes out in one write per turn', () => {
    const turns = new Turns();
    const connection = new BenchConnection('wamp.2.cbor');
    const outbox = outboxOn(connection, turns);
    for (let request = 1; request <= 1000; request++) outbox.send(Msg.SUBSCRIBED, request, 7, EMPTY, null, null);
    outbox.sendEncoded(encode(Msg.SUBSCRIBED, 1001, 7, EMPTY, null, null));
    outbox.send(Msg.SUBSCRIBED, 1002, 7, EMPTY, null, null);
    assert.equal(connection.writes, 0);
    assert.equal(turns.scheduled.length, 1);
    turns.next();
    assert.equal(connection.writes, 1);
    assert.equal(connection.takeMessages().length, 1002);
    turns.next();
    assert.equal(connection.writes, 1);
  });

  it('is one buffer for all to whom the same frames go', () => {
    const turns = new Turns();
    const connections = [0, 1, 2].map(() => new KeepingConnection('wamp.2.cbor'));
    const outboxes = connections.map((connection) => {
      connection.takeWhen(() => false);
      return outboxOn(connection, turns);
    });
    for (let event = 1; event <= 3; event++) {
      const frame = encode(Msg.EVENT, 1, event, EMPTY, null, null);
      for (const outbox of outboxes) outbox.sendEncoded(frame);
    }
    turns.next();
    const [first] = connections[0]?.kept ?? [];
    assert.ok(first !== undefined && first.length > 0);
    for (const { kept } of connections) assert.ok(kept.length === 1 && kept[0] === first);
  });

  it('may be more than the outbox holds within one turn, where the peer takes it', () => {
    const turns = new Turns();
    const connection = new BenchConnection('wamp.2.cbor');
    const outbox = outboxOn(connection, turns, { outbox: 100_000 as never });
    for (let n = 0; n < 100; n++) outbox.send(Msg.SUBSCRIBE, 1, 0, EMPTY, text(20_000), null);
    turns.next();
    assert.equal(connection.takeMessages().length, 100);
  });
});

describe('a connection that is behind', () => {
  const SENT = {
    'messages of its own': (outbox: Outbox, request: number) =>
      outbox.send(Msg.SUBSCRIBE, request, 0, EMPTY, text(50), null),
    'messages that others get too': (outbox: Outbox, request: number) =>
      outbox.sendEncoded(encode(Msg.SUBSCRIBE, request, 0, EMPTY, text(50), null)),
  };
  for (const [what, send] of Object.entries(SENT)) {
    it(`keeps no more memory than twice what waits for it, of ${what}`, () => {
      const turns = new Turns();
      const connection = new KeepingConnection('wamp.2.cbor');
      connection.takeWhen(() => false);
      const outbox = outboxOn(connection, turns);
      for (let request = 1; request <= 10_000; request++) {
        send(outbox, request);
        // Whatever else the router does with the pool of small buffers.
        Buffer.allocUnsafe(4_000);
        turns.next();
      }
      assert.equal(connection.kept.length, 10_000);
      const buffers = new Set(connection.kept.map(({ buffer }) => buffer));
      const memory = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
      assert.ok(memory < 2 * connection.pending + 20_000, `${memory} bytes for ${connection.pending} that wait`);
    });
  }
});

describe('what is too large', () => {
  it('is not written, and what is around it is', () => {
    const turns = new Turns();
    const connection = new BenchConnection('wamp.2.cbor', { maxSend: 100 });
    const outbox = outboxOn(connection, turns);
    assert.equal(outbox.send(Msg.SUBSCRIBED, 1, 7, EMPTY, null, null), true);
    assert.equal(outbox.send(Msg.SUBSCRIBE, 2, 0, EMPTY, text(100), null), false);
    assert.equal(outbox.sendEncoded(encode(Msg.SUBSCRIBE, 3, 0, EMPTY, text(100), null)), false);
    assert.equal(outbox.send(Msg.SUBSCRIBED, 4, 7, EMPTY, null, null), true);
    turns.next();
    assert.equal(connection.takeMessages().length, 2);
  });

  it('is told by the message’s length, not by its frame’s', () => {
    for (const [length, fits] of [
      [91, true],
      [92, false],
    ] as const) {
      // 5 octets around a text of this length, and 4 more as the frame's header.
      const frame = encode(Msg.SUBSCRIBE, 1, 0, EMPTY, text(length), null);
      const connection = new BenchConnection('wamp.2.cbor', { maxSend: frame.length - 4 - (fits ? 0 : 1) });
      const outbox = outboxOn(connection, new Turns());
      assert.equal(outbox.send(Msg.SUBSCRIBE, 1, 0, EMPTY, text(length), null), fits);
      assert.equal(outbox.sendEncoded(frame), fits);
    }
  });
});

describe('a closed outbox', () => {
  it('writes nothing any more, and holds no timer', () => {
    const turns = new Turns();
    const connection = new BenchConnection('wamp.2.cbor');
    const outbox = outboxOn(connection, turns);
    outbox.send(Msg.SUBSCRIBED, 1, 7, EMPTY, null, null);
    outbox.close();
    outbox.send(Msg.SUBSCRIBED, 2, 7, EMPTY, null, null);
    outbox.sendEncoded(encode(Msg.SUBSCRIBED, 3, 7, EMPTY, null, null));
    turns.next();
    assert.equal(connection.writes, 0);
    assert.equal(outbox.pending, 0);
  });
});
