/** Clients that take small messages only, or nothing at all: each request ends somehow, and nothing is left behind. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { serializerById } from '../../src/serializers/registry.ts';
import { Flusher } from '../../src/session/flusher.ts';
import { LENGTH_FRAMING } from '../../src/session/length-framing.ts';
import { Outbox } from '../../src/session/outbox.ts';
import { wireOf } from '../../src/session/wire-of.ts';
import { EMPTY } from '../../src/wamp/dict.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { BenchConnection, HELLO, SessionBench } from './session-bench.ts';

let bench: SessionBench;

beforeEach(() => {
  bench = new SessionBench();
});

describe('a client that announced to take small messages', () => {
  it('is refused where WELCOME is larger, and is on no realm', async () => {
    const line = bench.connect({ maxSend: 200 });
    line.say(...HELLO);
    await bench.decide({
      kind: 'accept',
      realm: 'realm1',
      authid: 'user1',
      authrole: 'user',
      authmethod: 'ticket',
      authprovider: 'dynamic',
      authextra: null,
    });
    const heard = line.heard();
    assert.deepEqual(
      heard.map(([code, , reason]) => [code, reason]),
      [[3, 'wamp.error.payload_size_exceeded']],
    );
    assert.equal(line.connection.closedWith, 'policy');
    bench.assertClean();
  });

  it('is refused where CHALLENGE is larger', async () => {
    const line = bench.connect({ maxSend: 200 });
    line.say(...HELLO);
    await bench.decide({ kind: 'challenge', authmethod: 'ticket', extra: { challenge: 'x'.repeat(300) } });
    assert.equal(line.heard()[0]?.[2], 'wamp.error.payload_size_exceeded');
    assert.equal(line.connection.closedWith, 'policy');
    bench.assertClean();
  });

  it('gets ABORT without its text where that is too long', async () => {
    const line = bench.connect({ maxSend: 200 });
    line.say(...HELLO);
    await bench.decide({ kind: 'deny', reason: 'com.example.denied', message: 'x'.repeat(300) });
    assert.deepEqual(line.heard(), [[3, {}, 'com.example.denied']]);
    bench.assertClean();
  });
});

describe('a client that reads nothing', () => {
  it('is on no realm where WELCOME is more than may wait', async () => {
    const line = bench.connect({ limits: { outbox: 1_000 } });
    await line.join();
    line.say(32, 1, {}, 'com.example.topic');
    line.heard();
    line.connection.takes = false;
    line.say(16, 2, { exclude_me: false }, 'com.example.topic', ['x'.repeat(990)]);
    line.say(6, {}, 'wamp.close.normal');
    line.say(...HELLO);
    await bench.decide({
      kind: 'accept',
      realm: 'realm1',
      authid: 'user1',
      authrole: 'user',
      authmethod: 'ticket',
      authprovider: 'dynamic',
      authextra: { text: 'x'.repeat(900) },
    });
    bench.turn();
    assert.equal(line.connection.destroyed, true);
    line.lose();
    bench.assertClean();
  });

  it('leaves no timer behind where GOODBYE is more than may wait', async () => {
    const line = bench.connect({ limits: { outbox: 1_000 } });
    await line.join();
    line.connection.takes = false;
    line.session.goodbye('wamp.close.killed', 'x'.repeat(2_500));
    line.lose();
    bench.assertClean();
  });
});

describe('a message that another serializer makes longer than the framing carries', () => {
  const framing = { ...LENGTH_FRAMING, maxMessage: 1_000, writeHeader: () => assert.fail('no header can say that') };
  const wire = wireOf('wamp.2.json', framing);
  // One octet each in MessagePack, six in JSON.
  const payload = serializerById('msgpack').encodePayload(['\u0001'.repeat(200)], null);

  it('is no event for those who would get it so', () => {
    assert.equal(wire.encode(Msg.EVENT, 1, 2, EMPTY, null, payload), null);
  });

  it('is refused as any that is too large for the receiver', () => {
    const connection = new BenchConnection('wamp.2.json');
    const flusher = new Flusher(() => {});
    const ports = { flusher, clock: new FakeClock(), limits: LIMITS, onOverflow: () => assert.fail() };
    const outbox = new Outbox(connection, wire, ports);
    assert.equal(outbox.send(Msg.RESULT, 1, 0, EMPTY, null, payload), false);
    assert.equal(outbox.pending, 0);
  });
});

describe('a callee that reads nothing', () => {
  it('ends no call without an answer, and is not ended by its callers', async () => {
    const callee = bench.connect({ limits: { outbox: 1_000 } });
    await callee.join();
    callee.say(64, 1, {}, 'com.example.procedure');
    callee.heard();
    callee.connection.takes = false;
    const caller = bench.connect();
    await caller.join();
    for (let request = 1; request <= 5; request++) {
      caller.say(48, request, {}, 'com.example.procedure', ['x'.repeat(400)]);
    }
    const refused = caller.heard();
    assert.deepEqual(
      refused.map(([code, , request, , uri]) => [code, request, uri]),
      [3, 4, 5].map((request) => [8, request, 'crossbar.error.max_concurrency_reached']),
    );
    assert.equal(callee.connection.destroyed, false);
    callee.lose();
    assert.deepEqual(
      caller.heard().map(([, , request, , uri]) => [request, uri]),
      [1, 2].map((request) => [request, 'wamp.error.canceled']),
    );
    caller.lose();
    bench.assertClean();
  });
});

describe('a callee that is slow', () => {
  it('gets short calls while a long one, which may be as long as it likes, is on its way', async () => {
    const callee = bench.connect({ limits: { outbox: 1_000 } });
    await callee.join();
    callee.say(64, 1, {}, 'com.example.procedure');
    callee.heard();
    callee.connection.takes = false;
    const caller = bench.connect();
    await caller.join();
    caller.say(48, 1, {}, 'com.example.procedure', ['x'.repeat(20_000)]);
    bench.turn();
    for (let request = 2; request <= 5; request++) caller.say(48, request, {}, 'com.example.procedure', ['x']);
    caller.say(48, 6, {}, 'com.example.procedure', ['x'.repeat(20_000)]);
    assert.deepEqual(
      caller.heard().map(([, , request, , uri]) => [request, uri]),
      [[6, 'crossbar.error.max_concurrency_reached']],
    );
    assert.equal(callee.connection.destroyed, false);
    caller.lose();
    callee.lose();
    bench.assertClean();
  });
});

describe('the end of a session', () => {
  it('lets a client finish the message that it is sending when the router says GOODBYE', async () => {
    const line = bench.connect();
    await line.join();
    line.session.goodbye('wamp.close.killed', null);
    assert.equal(line.session.maxReceive, LIMITS.message);
    line.say(16, 1, {}, 'com.example.topic', ['x'.repeat(LIMITS.messageBeforeWelcome)]);
    line.say(6, {}, 'wamp.close.goodbye_and_out');
    assert.deepEqual(line.heard(), [[6, {}, 'wamp.close.killed']]);
    assert.equal(line.connection.closedWith, 'normal');
    bench.assertClean();
  });

  it('takes short messages only between two sessions of a connection', async () => {
    const line = bench.connect();
    await line.join();
    line.say(6, {}, 'wamp.close.normal');
    assert.equal(line.session.maxReceive, LIMITS.messageBeforeWelcome);
    line.lose();
  });

  it('is quiet where the client begins no other: nothing is said after GOODBYE', async () => {
    const line = bench.connect();
    await line.join();
    line.say(6, {}, 'wamp.close.normal');
    line.heard();
    bench.clock.advance(LIMITS.loginTimeout);
    assert.deepEqual(line.heard(), []);
    assert.equal(line.connection.closedWith, 'normal');
    assert.deepEqual(
      bench.lines.filter(({ text }) => text === 'login denied'),
      [],
    );
    bench.assertClean();
  });

  it('is not quiet where another login takes too long', async () => {
    const line = bench.connect();
    await line.join();
    line.say(6, {}, 'wamp.close.normal');
    line.heard();
    line.say(...HELLO);
    bench.clock.advance(LIMITS.loginTimeout);
    assert.deepEqual(line.heard(), [[3, { message: 'the login took too long' }, 'wamp.error.authentication_failed']]);
    bench.assertClean();
  });
});
