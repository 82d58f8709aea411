/** A session while an authorizer decides about one of its messages: order, isolation, bounds, ends. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { encode } from 'cborg';
import type { Action, Authorization, Authorizer, PendingAuthorization } from '../../src/authorization/authorizer.ts';
import { settle } from '../support/scripted-peer.ts';
import { type BenchLine, SessionBench } from './session-bench.ts';

const ALLOWED: Authorization = { allow: true, disclose: false };
/** Of a publication that nobody would get, nobody is asked; of one that is kept, somebody is. */
const RETAIN = { retain: true };
const DENIED: Authorization = { allow: false, disclose: false };

/** Decides at once about URIs that begin with `now.`; about all others when the test says so. */
class SlowAuthorizer implements Authorizer {
  readonly asked: { action: Action; uri: string; cancelled: boolean; decide: (decision: Authorization) => void }[] = [];

  authorize(_peer: unknown, action: Action, uri: string): Authorization | PendingAuthorization {
    if (uri.startsWith('now.')) return ALLOWED;
    let decide: (decision: Authorization) => void = () => {};
    const decision = new Promise<Authorization>((resolve) => {
      decide = resolve;
    });
    const question = { action, uri, cancelled: false, decide };
    this.asked.push(question);
    return {
      allow: null,
      decision,
      cancel: () => {
        question.cancelled = true;
      },
    };
  }

  async decide(decision: Authorization = ALLOWED): Promise<void> {
    const question = this.asked.shift();
    assert(question !== undefined, 'nobody was asked');
    question.decide(decision);
    await settle();
  }
}

let slow: SlowAuthorizer;
let bench: SessionBench;
let line: BenchLine;

beforeEach(async () => {
  slow = new SlowAuthorizer();
  bench = new SessionBench(slow);
  line = bench.connect();
  await line.join();
});

function codes(heard: readonly (readonly unknown[])[]): unknown[] {
  return heard.map(([code]) => code);
}

describe('while an authorizer decides', () => {
  it('a message waits with its payload, and goes on when it is allowed', async () => {
    const other = bench.connect();
    await other.join();
    other.say(32, 1, {}, 'now.topic');
    other.say(32, 2, {}, 'com.topic');
    await slow.decide();
    other.heard();
    line.say(16, 1, { acknowledge: true }, 'com.topic', ['first', { deep: [1] }], { key: 'value' });
    assert.deepEqual(line.heard(), []);
    assert.deepEqual(other.heard(), []);
    await slow.decide();
    assert.deepEqual(codes(line.heard()), [17]);
    const [[code, , , , args, kwargs] = []] = other.heard();
    assert.deepEqual([code, args, kwargs], [36, ['first', { deep: [1] }], { key: 'value' }]);
  });

  it('all messages of the session keep their order, whatever they are', async () => {
    line.say(64, 1, {}, 'com.procedure');
    line.say(64, 2, {}, 'now.procedure');
    line.say(32, 3, {}, 'com.topic');
    line.say(34, 4, 12345);
    line.say(48, 5, {}, 'now.procedure');
    assert.deepEqual(line.heard(), []);
    assert.equal(slow.asked.length, 1, 'asked about one message at a time');
    await slow.decide();
    const [registered, also] = line.heard();
    assert.deepEqual([registered?.[0], registered?.[1], also?.[0], also?.[1]], [65, 1, 65, 2]);
    await slow.decide(DENIED);
    const heard = line.heard();
    assert.deepEqual(heard[0]?.slice(0, 5), [8, 32, 3, {}, 'wamp.error.not_authorized']);
    assert.deepEqual(heard[1]?.slice(0, 5), [8, 34, 4, {}, 'wamp.error.no_such_subscription']);
    assert.equal(heard[2]?.[0], 68);
  });

  it('CANCEL of a call that waits comes after it, and ends it', async () => {
    const callee = bench.connect();
    await callee.join();
    callee.say(64, 1, {}, 'com.procedure');
    await slow.decide();
    callee.heard();
    line.say(48, 7, {}, 'com.procedure');
    line.say(49, 7, { mode: 'killnowait' });
    assert.deepEqual(line.heard(), []);
    await slow.decide();
    assert.deepEqual(line.heard(), [[8, 48, 7, {}, 'wamp.error.canceled']]);
    assert.equal(callee.heard()[0]?.[0], 68);
  });

  it('an answer of the session waits for its turn too', async () => {
    const caller = bench.connect();
    await caller.join();
    line.say(64, 1, {}, 'now.procedure');
    caller.say(48, 1, {}, 'now.procedure');
    const invocation = line.heard()[1]?.[1];
    line.say(16, 2, { acknowledge: true }, 'com.topic');
    line.say(70, invocation, {}, ['result']);
    assert.deepEqual(caller.heard(), []);
    await slow.decide();
    assert.deepEqual(codes(line.heard()), [17]);
    assert.deepEqual(caller.heard(), [[50, 1, {}, ['result']]]);
  });

  it('other sessions are not held up', async () => {
    const other = bench.connect();
    await other.join();
    line.say(16, 1, { acknowledge: true }, 'com.topic');
    other.say(16, 1, { acknowledge: true }, 'now.topic');
    assert.deepEqual(codes(other.heard()), [17]);
    assert.deepEqual(line.heard(), []);
  });

  it('a decision that could not be made is told as that, to those who asked for an answer', async () => {
    line.say(48, 1, {}, 'com.procedure');
    await slow.decide({ ...DENIED, failure: 'no authorizer is available' });
    line.say(16, 2, RETAIN, 'com.topic');
    await slow.decide({ ...DENIED, failure: 'no authorizer is available' });
    const text = "failed to authorize session for calling procedure 'com.procedure': no authorizer is available";
    assert.deepEqual(line.heard(), [[8, 48, 1, {}, 'wamp.error.authorization_failed', [text]]]);
  });
});

describe('a session that ends while an authorizer decides', () => {
  it('leaves nothing behind when its connection is gone, and nothing of it is done', async () => {
    line.say(64, 1, {}, 'com.procedure');
    line.say(64, 2, {}, 'now.procedure');
    line.lose();
    assert.equal(slow.asked[0]?.cancelled, true);
    await slow.decide();
    bench.assertClean();
  });

  it('says its own GOODBYE after what it sent before', async () => {
    line.say(16, 1, { acknowledge: true }, 'com.topic');
    line.say(6, {}, 'wamp.close.normal');
    assert.deepEqual(line.heard(), []);
    await slow.decide();
    assert.deepEqual(codes(line.heard()), [17, 6]);
    assert.equal(bench.realm.counts.sessions, 0);
    await line.join();
    line.say(16, 1, { acknowledge: true }, 'now.topic');
    assert.deepEqual(codes(line.heard()), [17]);
  });

  it('ends at once with a GOODBYE of the router; what waits is dropped', async () => {
    line.say(64, 1, {}, 'com.procedure');
    line.say(64, 2, {}, 'now.procedure');
    line.session.goodbye('wamp.close.killed', null);
    assert.deepEqual(line.heard(), [[6, {}, 'wamp.close.killed']]);
    assert.equal(slow.asked[0]?.cancelled, true);
    await slow.decide();
    assert.deepEqual(line.heard(), []);
    line.say(6, {}, 'wamp.close.goodbye_and_out');
    assert.equal(line.connection.closedWith, 'normal');
    line.lose();
    bench.assertClean();
  });

  it('whose GOODBYE waits when the router says its own, has answered it', () => {
    line.say(64, 1, {}, 'com.procedure');
    line.say(6, {}, 'wamp.close.normal');
    line.session.goodbye('wamp.close.killed', null);
    assert.equal(line.connection.closedWith, 'normal');
    assert.deepEqual(codes(line.heard()), [6]);
    line.lose();
    bench.assertClean();
  });

  it('breaks the protocol in its turn, and is aborted then', async () => {
    line.say(16, 1, { acknowledge: true }, 'com.topic');
    line.say(2, 77, {});
    line.say(16, 2, { acknowledge: true }, 'now.topic');
    assert.deepEqual(line.heard(), []);
    await slow.decide();
    assert.deepEqual(codes(line.heard()), [17, 3]);
    assert.equal(line.connection.closedWith, 'protocol-error');
    line.lose();
    bench.assertClean();
  });
});

describe('what may wait in a session', () => {
  it('is bounded in bytes: the client is left waiting, and read again when half is done', async () => {
    line = bench.connect({ limits: { inbox: 1000 } });
    await line.join();
    line.say(16, 1, RETAIN, 'com.topic');
    assert.equal(line.connection.paused, false);
    for (let at = 0; at < 3; at++) line.say(16, 2, RETAIN, 'com.topic', ['x'.repeat(350)]);
    assert.equal(line.connection.paused, true);
    await slow.decide();
    assert.equal(line.connection.paused, true);
    await slow.decide();
    assert.equal(line.connection.paused, true);
    await slow.decide();
    assert.equal(line.connection.paused, false);
    await slow.decide();
  });

  it('is bounded in messages', async () => {
    line = bench.connect({ limits: { inboxMessages: 4 } });
    await line.join();
    line.say(16, 1, RETAIN, 'com.topic');
    for (let at = 0; at < 3; at++) line.say(16, 2, {}, 'now.topic');
    assert.equal(line.connection.paused, false);
    line.say(16, 2, {}, 'now.topic');
    assert.equal(line.connection.paused, true);
    await slow.decide();
    assert.equal(line.connection.paused, false);
  });

  it('counts the message that is decided about: a large one is enough', async () => {
    line = bench.connect({ limits: { inbox: 1000 } });
    await line.join();
    line.say(16, 1, RETAIN, 'com.topic', ['x'.repeat(1000)]);
    assert.equal(line.connection.paused, true);
    await slow.decide();
    assert.equal(line.connection.paused, false);
  });

  it('ends the session where the connection brings more all the same', async () => {
    line.lose();
    line = bench.connect({ limits: { inbox: 1000, message: 10_000 } });
    await line.join();
    line.say(16, 1, RETAIN, 'com.topic');
    for (let at = 0; at < 12; at++) {
      if (line.connection.closedWith === null) line.say(16, 2, {}, 'now.topic', ['x'.repeat(1000)]);
    }
    const [[code, details, reason] = []] = line.heard();
    assert.deepEqual([code, reason], [3, 'crossbar.error.max_concurrency_reached']);
    assert.deepEqual(details, { message: 'too many messages wait for their authorization' });
    assert.equal(line.connection.closedWith, 'overload');
    line.lose();
    await slow.decide();
    bench.assertClean();
  });

  it('is taken in one go where nothing has to wait again, ten thousand messages of a batch too', async () => {
    line.lose();
    line = bench.connect({ protocol: 'wamp.2.cbor.batched' });
    const prefixed = (message: readonly unknown[]): Buffer => {
      const bytes = Buffer.from(encode(message));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    line.sayBytes(prefixed([1, 'realm1', { roles: { publisher: {} } }]));
    await bench.decide({
      kind: 'accept',
      realm: 'realm1',
      authid: 'user1',
      authrole: 'user',
      authmethod: 'ticket',
      authprovider: 'dynamic',
      authextra: null,
    });
    line.heardBytes();
    const quick = Array.from({ length: 9_999 }, (_, at) =>
      prefixed([16, at + 2, { acknowledge: at === 9_998 }, 'now.topic']),
    );
    line.sayBytes(Buffer.concat([prefixed([16, 1, RETAIN, 'com.topic']), ...quick]));
    assert.equal(line.connection.paused, true);
    await slow.decide();
    assert.equal(line.connection.paused, false);
    assert.equal(line.heardBytes().length, 1);
  });
});
