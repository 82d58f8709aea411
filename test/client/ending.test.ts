import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encode } from 'cborg';
import type { InvocationDetails } from '../../src/client/invocation.ts';
import { settle } from '../support/scripted-peer.ts';
import { type Joined, joined } from './joined.ts';
import { wampError } from './wamp-error.ts';

const NOTHING = { calls: 0, requests: 0, invocations: 0, registrations: 0, subscriptions: 0 };

/** A session with one of everything in flight. */
async function busy(made: Joined) {
  const { session, router } = made;
  const registering = session.register('com.example.held', () => {});
  const subscribing = session.subscribe('com.example.held', () => {});
  let running: InvocationDetails | undefined;
  const invoking = session.register('com.example.running', (_args, _kwargs, details) => {
    running = details;
    return new Promise((_, reject) => details.signal.addEventListener('abort', () => reject(details.signal.reason)));
  });
  for (let n = 0; n < 3; n++) await router.next();
  router.send([65, 1, 501], [33, 2, 301], [65, 3, 502], [68, 1, 502, {}]);
  const [registration, subscription] = await Promise.all([registering, subscribing, invoking]);
  await settle();
  const pending = [
    session.call('com.example.a', [], { timeout: 60_000, signal: new AbortController().signal }),
    session.call('com.example.b', [], { cancelMode: 'kill', timeout: 60_000 }),
    session.register('com.example.c', () => {}),
    session.subscribe('com.example.c', () => {}),
    session.publish('com.example.c', [], { acknowledge: true }),
  ].map((promise) => promise.then(() => null).catch((error: unknown) => error));
  const over = [registration.unregister(), subscription.unsubscribe()];
  await settle();
  while (router.unread > 0) await router.next();
  assert.deepEqual(session.load, { calls: 2, requests: 5, invocations: 1, registrations: 2, subscriptions: 0 });
  return { pending, over, registration, subscription, invocation: () => running };
}

async function assertNothingLeft(made: Joined, was: Awaited<ReturnType<typeof busy>>): Promise<void> {
  for (const failure of await Promise.all(was.pending)) wampError('wamp.error.network_failure')(failure);
  // What was to end has ended.
  await Promise.all(was.over);
  assert.equal(was.registration.active, false);
  assert.equal(was.subscription.active, false);
  assert.equal(was.invocation()?.signal.aborted, true);
  assert.deepEqual(made.session.load, NOTHING);
  assert.equal(made.session.open, false);
  assert.equal(made.clock.pending, 0);
  assert.deepEqual(made.reported, []);
}

async function assertRefusesEverything({ session, router }: Joined): Promise<void> {
  const before = router.received.length;
  const notOpen = wampError('wamp.error.network_failure', 'the session is not open');
  await assert.rejects(session.call('a.b'), notOpen);
  await assert.rejects(
    session.register('a.b', () => {}),
    notOpen,
  );
  await assert.rejects(
    session.subscribe('a.b', () => {}),
    notOpen,
  );
  await assert.rejects(session.publish('a.b', [], { acknowledge: true }), notOpen);
  assert.equal(session.publish('a.b'), false);
  await session.leave();
  await settle();
  assert.equal(router.received.length, before);
}

describe('leaving', () => {
  it('says GOODBYE and waits for the router’s', async () => {
    const made = await joined();
    const { session, router } = made;
    const was = await busy(made);
    let left = false;
    const leaving = session.leave('com.example.bye', 'so long').then(() => {
      left = true;
    });
    assert.deepEqual(await router.expect('GOODBYE'), [{ message: 'so long' }, 'com.example.bye']);
    await settle();
    assert.equal(left, false);
    router.send([6, {}, 'wamp.close.goodbye_and_out']);
    await leaving;
    assert.deepEqual(await session.closed, { reason: 'com.example.bye', message: 'so long' });
    await router.disconnection;
    await assertNothingLeft(made, was);
    await assertRefusesEverything(made);
  });

  it('for no special reason is wamp.close.close_realm', async () => {
    const { session, router } = await joined();
    const leaving = session.leave();
    assert.deepEqual(await router.expect('GOODBYE'), [{}, 'wamp.close.close_realm']);
    router.send([6, {}, 'wamp.close.goodbye_and_out']);
    await leaving;
  });

  it('twice is leaving once', async () => {
    const { session, router } = await joined();
    const leaving = Promise.all([session.leave(), session.leave()]);
    await router.expect('GOODBYE');
    router.send([6, {}, 'wamp.close.goodbye_and_out']);
    await leaving;
    assert.equal(router.unread, 0);
  });

  it('ignores what was under way', async () => {
    const { session, router, reported } = await joined();
    let handled = 0;
    const registering = session.register('a.b', () => {
      handled += 1;
    });
    await router.expect('REGISTER');
    router.send([65, 1, 500]);
    await registering;
    const leaving = session.leave();
    await router.expect('GOODBYE');
    router.send([68, 1, 500, {}], [36, 1, 1, {}], [50, 9, {}], [6, {}, 'wamp.close.goodbye_and_out']);
    await leaving;
    assert.equal(handled, 0);
    assert.deepEqual(reported, []);
    assert.equal(router.unread, 0);
  });

  it('ends where the router does not answer in time', async () => {
    const { session, router, clock } = await joined();
    const leaving = session.leave();
    await router.expect('GOODBYE');
    clock.advance(5_000);
    await leaving;
    await router.disconnection;
    assert.equal(clock.pending, 0);
  });

  it('ends where the connection is lost meanwhile, or both leave at once', async () => {
    for (const end of ['loss', 'goodbye'] as const) {
      const { session, router, clock } = await joined();
      const leaving = session.leave();
      await router.expect('GOODBYE');
      if (end === 'loss') router.connection.destroy();
      else router.send([6, {}, 'wamp.close.system_shutdown']);
      await leaving;
      assert.equal((await session.closed).reason, 'wamp.close.close_realm');
      await router.disconnection;
      assert.equal(router.unread, 0);
      assert.equal(clock.pending, 0);
    }
  });
});

describe('the router ending the session', () => {
  it('with GOODBYE is answered', async () => {
    const made = await joined();
    const was = await busy(made);
    made.router.send([6, { message: 'back soon' }, 'wamp.close.system_shutdown']);
    assert.deepEqual(await made.router.expect('GOODBYE'), [{}, 'wamp.close.goodbye_and_out']);
    assert.deepEqual(await made.session.closed, { reason: 'wamp.close.system_shutdown', message: 'back soon' });
    await made.router.disconnection;
    await assertNothingLeft(made, was);
    await assertRefusesEverything(made);
  });

  it('with ABORT is not', async () => {
    const made = await joined();
    const was = await busy(made);
    made.router.send([3, { message: 'bad' }, 'wamp.error.protocol_violation']);
    assert.deepEqual(await made.session.closed, { reason: 'wamp.error.protocol_violation', message: 'bad' });
    await made.router.disconnection;
    assert.equal(made.router.unread, 0);
    await assertNothingLeft(made, was);
  });

  it('by vanishing', async () => {
    const made = await joined();
    const was = await busy(made);
    made.router.connection.destroy();
    assert.deepEqual(await made.session.closed, {
      reason: 'wamp.error.network_failure',
      message: 'the connection was lost',
    });
    await assertNothingLeft(made, was);
    await assertRefusesEverything(made);
  });

  for (const [what, bytes] of [
    ['a second WELCOME', encode([2, 8, {}])],
    ['CHALLENGE', encode([4, 'ticket', {}])],
    ['a message of clients', encode([48, 1, {}, 'a.b'])],
    ['an unknown message', encode([99, 1])],
    ['a malformed EVENT', encode([36, 'x', 1, {}])],
    ['garbage', Uint8Array.of(0xff, 0x00)],
  ] as const) {
    it(`by breaking the protocol with ${what}`, async () => {
      const made = await joined();
      const was = await busy(made);
      made.router.sendRaw(bytes, encode([36, 301, 1, {}]));
      const [details, uri] = (await made.router.expect('ABORT')) as [Record<string, unknown>, string];
      assert.equal(uri, 'wamp.error.protocol_violation');
      assert.equal(typeof details['message'], 'string');
      assert.equal((await made.session.closed).reason, 'wamp.error.protocol_violation');
      await made.router.disconnection;
      await assertNothingLeft(made, was);
      await assertRefusesEverything(made);
    });
  }
});

describe('a session’s bounds', () => {
  it('end it where the router lets too much pile up', async () => {
    const made = await joined({ maxPending: 10_000 });
    const was = await busy(made);
    for (let at = 0; at < 4; at++) made.session.publish('com.example.t', ['x'.repeat(5_000)]);
    const { reason, message } = await made.session.closed;
    assert.equal(reason, 'wamp.error.network_failure');
    assert.match(String(message), /^the router was given up: /);
    await made.router.disconnection;
    await assertNothingLeft(made, was);
  });

  it('end it where a message is too large', async () => {
    const made = await joined({ maxReceive: 1_000 });
    const was = await busy(made);
    made.router.send([36, 301, 1, {}, ['x'.repeat(2_000)]]);
    assert.equal((await made.session.closed).reason, 'wamp.error.network_failure');
    await assertNothingLeft(made, was);
  });
});

describe('a session whose ends nobody watches', () => {
  it('leaves no rejection unhandled where the connection is lost', async () => {
    const unhandled: unknown[] = [];
    const count = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', count);
    try {
      const made = await joined();
      const { session, router } = made;
      const registering = session.register('a.b', async () => {
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('late');
      });
      const subscribing = session.subscribe('a.b', async () => {
        throw new Error('handler');
      });
      await router.expect('REGISTER');
      await router.expect('SUBSCRIBE');
      router.send([65, 1, 500], [33, 2, 300]);
      const registration = await registering;
      const subscription = await subscribing;
      router.send([68, 1, 500, {}], [36, 300, 1, {}]);
      void registration.unregister();
      void subscription.unsubscribe();
      void session.leave();
      router.connection.destroy();
      await session.closed;
      await settle();
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', count);
    }
  });
});
