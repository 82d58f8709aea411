/** How messages come and go: batched or not, as text or binary, too large for the peer, to a peer that does not read. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { decode, encode } from 'cborg';
import { Packr } from 'msgpackr';
import { LIMITS } from '../../src/wamp/limits.ts';
import type { WireMessage } from '../support/scripted-peer.ts';
import { ACCEPT, type BenchLine, HELLO, SessionBench } from './session-bench.ts';

const msgpack = new Packr({ useRecords: false });
const CAN = '\x18';
const RECORD_SEPARATOR = '\x1e';

let bench: SessionBench;

beforeEach(() => {
  bench = new SessionBench();
});

function prefixed(...messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(message.length);
      return [length, message];
    }),
  );
}

function unprefixed(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    messages.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return messages;
}

interface Speech {
  readonly protocol: string;
  readonly what: string;
  readonly pack: (...messages: readonly WireMessage[]) => Uint8Array;
  readonly unpack: (bytes: Buffer) => WireMessage[];
}

function separated(what: string, separator: string): Speech {
  return {
    protocol: 'wamp.2.json.batched',
    what,
    pack: (...messages) => Buffer.from(messages.map((message) => JSON.stringify(message) + separator).join('')),
    unpack: (bytes) => {
      const parts = bytes.toString('utf8').split(separator);
      assert.equal(parts.pop(), '', 'every message ends with the separator');
      return parts.map((part) => JSON.parse(part) as WireMessage);
    },
  };
}

const SPEECHES: readonly Speech[] = [
  separated('JSON, Autobahn’s separator', CAN),
  separated('JSON, the specification’s separator', RECORD_SEPARATOR),
  {
    protocol: 'wamp.2.msgpack.batched',
    what: 'MessagePack',
    pack: (...messages) => prefixed(...messages.map((message) => msgpack.pack(message))),
    unpack: (bytes) => unprefixed(bytes).map((part) => msgpack.unpack(part) as WireMessage),
  },
  {
    protocol: 'wamp.2.cbor.batched',
    what: 'CBOR',
    pack: (...messages) => prefixed(...messages.map((message) => encode(message))),
    unpack: (bytes) => unprefixed(bytes).map((part) => decode(part) as WireMessage),
  },
];

describe('batched subprotocols', () => {
  for (const { what, protocol, pack, unpack } of SPEECHES) {
    const heard = (line: BenchLine): WireMessage[] => line.heardBytes().flatMap(unpack);
    const join = async (): Promise<BenchLine> => {
      const line = bench.connect({ protocol });
      line.sayBytes(pack(HELLO));
      await bench.decide(ACCEPT);
      assert.equal(heard(line)[0]?.[0], 2, 'answered in kind');
      return line;
    };

    it(`${what}: several messages at once, in order`, async () => {
      const line = await join();
      line.sayBytes(
        pack(
          [32, 1, {}, 'com.example.a'],
          [64, 2, {}, 'com.example.b'],
          [16, 3, { acknowledge: true }, 'com.example.a'],
        ),
      );
      assert.deepEqual(
        heard(line).map(([code, request]) => [code, request]),
        [
          [33, 1],
          [65, 2],
          [17, 3],
        ],
      );
    });

    it(`${what}: what goes out in one turn goes out in one write`, async () => {
      const line = await join();
      const { writes } = line.connection;
      line.sayBytes(pack([32, 1, {}, 'com.example.a'], [32, 2, {}, 'com.example.b'], [32, 3, {}, 'com.example.c']));
      assert.equal(heard(line).length, 3);
      assert.equal(line.connection.writes, writes + 1);
    });

    it(`${what}: messages before a fault count, those behind it do not`, async () => {
      const line = await join();
      line.sayBytes(pack([32, 1, {}, 'com.example.a'], [33, 1, 1], [32, 2, {}, 'com.example.b']));
      assert.deepEqual(
        heard(line).map(([code]) => code),
        [33, 3],
      );
      assert.equal(line.connection.closedWith, 'protocol-error');
    });

    it(`${what}: more messages than a batch may hold are a protocol violation`, async () => {
      for (const [more, closed] of [
        [0, null],
        [1, 'protocol-error'],
      ] as const) {
        const line = await join();
        line.sayBytes(pack(...Array.from({ length: LIMITS.batch + more }, (): WireMessage => [70, 1, {}])));
        assert.equal(line.connection.closedWith, closed);
      }
    });

    it(`${what}: half a batch, an empty one and an empty message are protocol violations`, async () => {
      const whole = Buffer.from(pack([32, 1, {}, 'com.example.a']));
      const nothing = protocol.includes('json')
        ? Buffer.from(what.includes('spec') ? '\x1e' : '\x18')
        : Buffer.alloc(4);
      for (const bytes of [whole.subarray(0, -1), Buffer.alloc(0), nothing]) {
        const line = await join();
        line.sayBytes(bytes);
        assert.equal(heard(line).at(-1)?.[2], 'wamp.error.protocol_violation');
        assert.equal(line.connection.closedWith, 'protocol-error');
      }
    });
  }
});

describe('text and binary', () => {
  for (const [protocol, text, message] of [
    ['wamp.2.cbor', true, encode(HELLO)],
    ['wamp.2.msgpack', true, msgpack.pack(HELLO)],
    ['wamp.2.json', false, Buffer.from(JSON.stringify(HELLO))],
    ['wamp.2.json.batched', false, Buffer.from(JSON.stringify(HELLO) + CAN)],
  ] as const) {
    it(`${text ? 'text' : 'binary'} on ${protocol} over WebSocket is a protocol violation`, () => {
      const line = bench.connect({ protocol });
      line.sayBytes(message, text);
      line.heardBytes();
      assert.equal(line.connection.closedWith, 'protocol-error');
      assert.equal(bench.steps.length, 0);
    });
  }

  for (const type of ['rawsocket', 'memory'] as const) {
    it(`are the same over ${type}, which does not tell them apart`, () => {
      const line = bench.connect({ protocol: 'wamp.2.json', type });
      line.sayBytes(Buffer.from(JSON.stringify(HELLO)), false);
      assert.equal(line.connection.closedWith, null);
      assert.equal(bench.steps.length, 1);
    });
  }
});

describe('what is larger than the peer takes', () => {
  let caller: BenchLine;
  let callee: BenchLine;

  async function prepare(limits: { caller?: number; callee?: number }): Promise<void> {
    const line = (maxSend?: number) =>
      bench.connect({ type: 'rawsocket', ...(maxSend === undefined ? {} : { maxSend }) });
    caller = line(limits.caller);
    callee = line(limits.callee);
    await caller.join();
    await callee.join();
    callee.say(64, 1, {}, 'com.example.procedure');
    callee.heard();
  }

  it('a result: the caller gets an error for its call instead, and stays', async () => {
    await prepare({ caller: 2048 });
    caller.say(48, 7, {}, 'com.example.procedure');
    const [[, invocation] = []] = callee.heard();
    callee.say(70, invocation, {}, ['x'.repeat(5000)]);
    const [[code, of, request, , reason] = []] = caller.heard();
    assert.deepEqual([code, of, request], [8, 48, 7]);
    assert.equal(reason, 'wamp.error.payload_size_exceeded');
    callee.say(70, invocation, {}, ['x']);
    assert.deepEqual(caller.heard(), []);
    caller.say(48, 8, {}, 'com.example.procedure');
    callee.say(70, callee.heard()[0]?.[1], {}, ['small']);
    assert.deepEqual(caller.heard(), [[50, 8, {}, ['small']]]);
  });

  it('an invocation: the caller gets an error, the callee nothing', async () => {
    await prepare({ callee: 2048 });
    caller.say(48, 7, {}, 'com.example.procedure', ['x'.repeat(5000)]);
    assert.deepEqual(callee.heard(), []);
    assert.equal(caller.heard()[0]?.[4], 'wamp.error.payload_size_exceeded');
  });

  it('an event: that subscriber misses it, others do not', async () => {
    await prepare({ caller: 2048 });
    const other = bench.connect();
    await other.join();
    for (const subscriber of [caller, other]) {
      subscriber.say(32, 1, {}, 'com.example.topic');
      subscriber.heard();
    }
    callee.say(16, 2, {}, 'com.example.topic', ['x'.repeat(5000)]);
    callee.say(16, 3, {}, 'com.example.topic', ['small']);
    assert.deepEqual(
      caller.heard().map((event) => event[4]),
      [['small']],
    );
    assert.equal(other.heard().length, 2);
  });
});

describe('a client that does not read', () => {
  it('is disconnected when more waits than the outbox holds, and is sent nothing after that', async () => {
    const line = bench.connect({ limits: { outbox: 10_000 } });
    const publisher = bench.connect();
    await line.join();
    await publisher.join();
    line.say(32, 1, {}, 'com.example.topic');
    line.heard();
    line.connection.takes = false;
    let published = 0;
    while (!line.connection.destroyed && published < 100) {
      publisher.say(16, ++published, {}, 'com.example.topic', ['x'.repeat(1000)]);
      bench.turn();
    }
    assert.ok(published > 9 && published < 14, `after ${published} events of 1 kB`);
    // The connection fails the test where it is written to from now on.
    publisher.say(16, 100, {}, 'com.example.topic', ['more']);
    bench.turn();
    assert.equal(bench.realm.counts.sessions, 1, 'off the realm');
    assert.deepEqual(publisher.heard(), [], 'the publisher is not concerned');
    assert.ok(bench.lines.some(({ level, text }) => level === 'warn' && text.includes('too slow')));
    publisher.lose();
    line.lose();
    bench.assertClean();
  });

  it('is disconnected when it takes nothing for too long', async () => {
    const line = bench.connect();
    await line.join();
    line.connection.takes = false;
    line.say(32, 1, {}, 'com.example.topic');
    bench.turn();
    bench.clock.advance(LIMITS.outboxStall - 1);
    assert.equal(line.connection.destroyed, false);
    bench.clock.advance(1_000);
    assert.equal(line.connection.destroyed, true);
    line.lose();
    bench.assertClean();
  });

  it('stays where it takes a little now and then, and where it took everything at last', async () => {
    const line = bench.connect();
    await line.join();
    line.connection.takes = false;
    for (let request = 1; request < 5; request++) {
      line.say(32, request, {}, 'com.example.topic');
      bench.turn();
      bench.clock.advance(LIMITS.outboxStall - 1);
      line.connection.pending -= 1;
    }
    assert.equal(line.connection.destroyed, false);
    line.connection.pending = 0;
    line.session.drained();
    assert.equal(bench.clock.pending, 0);
    bench.clock.advance(10 * LIMITS.outboxStall);
    assert.equal(line.connection.destroyed, false);
  });
});
