import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventDetails, EventHandler, SubscribeOptions, Subscription } from '../../src/client/subscriptions.ts';
import { settle } from '../support/scripted-peer.ts';
import { type Joined, joined } from './joined.ts';
import { wampError } from './wamp-error.ts';

/** Subscribes `com.example.t`; the router answers with 300. */
async function subscribed(made: Joined, handler: EventHandler, options?: SubscribeOptions): Promise<Subscription> {
  const subscribing = made.session.subscribe('com.example.t', handler, options);
  const [request] = await made.router.expect('SUBSCRIBE');
  made.router.send([33, request, 300]);
  return subscribing;
}

describe('subscribing', () => {
  it('resolves to the subscription', async () => {
    const { session, router } = await joined();
    const subscribing = session.subscribe('com..t', () => {}, {
      match: 'wildcard',
      getRetained: true,
      rawOptions: { x: 1 },
    });
    assert.deepEqual(await router.expect('SUBSCRIBE'), [1, { x: 1, match: 'wildcard', get_retained: true }, 'com..t']);
    router.send([33, 1, 300]);
    const subscription = await subscribing;
    assert.equal(subscription.id, 300);
    assert.equal(subscription.topic, 'com..t');
    assert.equal(subscription.active, true);
  });

  it('rejects with the ERROR', async () => {
    const { session, router } = await joined();
    const subscribing = session.subscribe('com.example.t', () => {});
    assert.deepEqual(await router.expect('SUBSCRIBE'), [1, {}, 'com.example.t']);
    router.send([8, 32, 1, {}, 'wamp.error.not_authorized', ['no']]);
    await assert.rejects(subscribing, wampError('wamp.error.not_authorized', 'no'));
    assert.equal(session.load.subscriptions, 0);
    assert.equal(session.load.requests, 0);
  });

  it('gives the handler arguments and details', async () => {
    const made = await joined();
    const seen: unknown[][] = [];
    await subscribed(made, (args, kwargs, details) => seen.push([args, { ...kwargs }, { ...details, raw: null }]));
    const raw = { publisher: 9, publisher_authid: 'eve', publisher_authrole: 'user', topic: 'com.x.t', retained: true };
    made.router.send([36, 300, 1, raw, [1], { two: 2 }], [36, 300, 2, {}]);
    await settle();
    const nobody = { publisher: undefined, publisherAuthid: undefined, publisherAuthrole: undefined };
    assert.deepEqual(seen, [
      [
        [1],
        { two: 2 },
        {
          topic: 'com.x.t',
          publication: 1,
          subscription: 300,
          publisher: 9,
          publisherAuthid: 'eve',
          publisherAuthrole: 'user',
          retained: true,
          raw: null,
        },
      ],
      [[], {}, { topic: 'com.example.t', publication: 2, subscription: 300, ...nobody, retained: false, raw: null }],
    ]);
  });

  it('delivers in order, from the write of SUBSCRIBED on', async () => {
    const { session, router } = await joined();
    const seen: unknown[] = [];
    const subscribing = session.subscribe('com.example.t', ([n]) => seen.push(n));
    await router.expect('SUBSCRIBE');
    router.send([33, 1, 300], ...Array.from({ length: 100 }, (_, n) => [36, 300, n + 1, {}, [n]]));
    await subscribing;
    await settle();
    assert.deepEqual(
      seen,
      Array.from({ length: 100 }, (_, n) => n),
    );
  });

  it('reports what handlers throw or reject with, and goes on', async () => {
    const made = await joined();
    const seen: unknown[] = [];
    await subscribed(made, ([n]) => {
      seen.push(n);
      if (n === 0) throw new Error('thrown');
      return n === 1 ? Promise.reject(new Error('rejected')) : null;
    });
    made.router.send([36, 300, 1, {}, [0]], [36, 300, 2, {}, [1]], [36, 300, 3, {}, [2]]);
    await settle();
    assert.deepEqual(seen, [0, 1, 2]);
    assert.deepEqual(
      made.reported.map(({ error, where }) => [(error as Error).message, where]),
      [
        ['thrown', 'event handler of com.example.t'],
        ['rejected', 'event handler of com.example.t'],
      ],
    );
    assert.equal(made.session.open, true);
  });

  it('ignores events of subscriptions that it does not hold', async () => {
    const { session, router } = await joined();
    router.send([36, 12345, 1, {}, [1]]);
    await settle();
    assert.equal(session.open, true);
  });
});

describe('several handlers on one subscription', () => {
  it('all get each event, with arguments of their own', async () => {
    const made = await joined();
    const seen: unknown[] = [];
    const spoil: EventHandler = (args) => seen.push(args.length, args.pop());
    await subscribed(made, spoil);
    await subscribed(made, spoil);
    made.router.send([36, 300, 1, {}, ['a', 'b']]);
    await settle();
    assert.deepEqual(seen, [2, 'b', 2, 'b']);
    assert.equal(made.session.load.subscriptions, 1);
  });

  it('share the router’s subscription until the last is gone', async () => {
    const made = await joined();
    const seen: string[] = [];
    const first = await subscribed(made, () => seen.push('first'));
    const second = await subscribed(made, () => seen.push('second'));
    assert.equal(first.id, second.id);
    await first.unsubscribe();
    assert.equal(first.active, false);
    assert.equal(second.active, true);
    made.router.send([36, 300, 1, {}]);
    await settle();
    assert.deepEqual(seen, ['second']);
    assert.equal(made.router.unread, 0);
    const unsubscribing = second.unsubscribe();
    const [request, id] = await made.router.expect('UNSUBSCRIBE');
    assert.equal(id, 300);
    made.router.send([36, 300, 2, {}], [35, request]);
    await unsubscribing;
    assert.deepEqual(seen, ['second']);
    assert.equal(made.session.load.subscriptions, 0);
    await second.unsubscribe();
    await settle();
    assert.equal(made.router.unread, 0);
  });

  it('may take each other away during an event', async () => {
    const made = await joined();
    const seen: string[] = [];
    let second: Subscription | undefined;
    await subscribed(made, () => {
      seen.push('first');
      void second?.unsubscribe();
    });
    second = await subscribed(made, () => seen.push('second'));
    made.router.send([36, 300, 1, {}]);
    await settle();
    assert.deepEqual(seen, ['first']);
  });
});

describe('subscribing and unsubscribing at once', () => {
  it('keeps a subscription that is being made while the last handler goes', async () => {
    const made = await joined();
    const { session, router } = made;
    const first = await subscribed(made, () => {});
    const seen: EventDetails[] = [];
    const subscribing = session.subscribe('com.example.t', (_args, _kwargs, details) => seen.push(details));
    await first.unsubscribe();
    const [request] = await router.expect('SUBSCRIBE');
    router.send([33, request, 300]);
    const second = await subscribing;
    router.send([36, 300, 1, {}]);
    await settle();
    assert.equal(router.unread, 0, 'no UNSUBSCRIBE, which would have ended both');
    assert.equal(seen.length, 1);
    assert.equal(second.active, true);
  });

  it('ends the router’s subscription where making the other fails', async () => {
    const made = await joined();
    const { session, router } = made;
    const first = await subscribed(made, () => {});
    const subscribing = session.subscribe('com.example.t', () => {});
    await first.unsubscribe();
    const [request] = await router.expect('SUBSCRIBE');
    router.send([8, 32, request, {}, 'wamp.error.not_authorized']);
    await assert.rejects(subscribing, wampError('wamp.error.not_authorized'));
    const [unsubscribe, id] = await router.expect('UNSUBSCRIBE');
    assert.equal(id, 300);
    router.send([35, unsubscribe]);
    await settle();
    assert.equal(session.load.subscriptions, 0);
    assert.equal(session.load.requests, 0);
  });

  it('waits for all that are being made', async () => {
    const made = await joined();
    const { session, router } = made;
    const first = await subscribed(made, () => {});
    const making = [session.subscribe('com.example.t', () => {}), session.subscribe('com.example.t', () => {})];
    await first.unsubscribe();
    const requests = [await router.expect('SUBSCRIBE'), await router.expect('SUBSCRIBE')].map(([request]) => request);
    router.send([33, requests[0], 300]);
    const second = await making[0];
    await second?.unsubscribe();
    await settle();
    assert.equal(router.unread, 0);
    router.send([33, requests[1], 300]);
    const third = await making[1];
    await settle();
    assert.equal(router.unread, 0);
    assert.equal(third?.active, true);
    assert.equal(session.load.subscriptions, 1);
  });

  it('subscribes anew after UNSUBSCRIBE though the router uses the id again', async () => {
    const made = await joined();
    const { session, router } = made;
    const first = await subscribed(made, () => {});
    const unsubscribing = first.unsubscribe();
    const subscribing = session.subscribe('com.example.t', () => {});
    const [unsubscribe] = await router.expect('UNSUBSCRIBE');
    const [subscribe] = await router.expect('SUBSCRIBE');
    router.send([35, unsubscribe], [33, subscribe, 300]);
    await unsubscribing;
    const second = await subscribing;
    assert.equal(first.active, false);
    assert.equal(second.active, true);
    assert.equal(session.load.subscriptions, 1);
  });
});

describe('the router ending a subscription', () => {
  it('by revoking it', async () => {
    const made = await joined();
    const subscription = await subscribed(made, () => {});
    made.router.send([35, 0, { subscription: 300, reason: 'wamp.error.not_authorized' }]);
    await settle();
    assert.equal(subscription.active, false);
    assert.equal(made.session.load.subscriptions, 0);
    await subscription.unsubscribe();
    await settle();
    assert.equal(made.router.unread, 0);
  });

  it('while we unsubscribe', async () => {
    const made = await joined();
    const subscription = await subscribed(made, () => {});
    const unsubscribing = subscription.unsubscribe();
    const [request] = await made.router.expect('UNSUBSCRIBE');
    made.router.send([35, 0, { subscription: 300 }], [8, 34, request, {}, 'wamp.error.no_such_subscription']);
    await unsubscribing;
  });

  it('says so where UNSUBSCRIBE fails otherwise', async () => {
    const made = await joined();
    const subscription = await subscribed(made, () => {});
    const unsubscribing = subscription.unsubscribe();
    const [request] = await made.router.expect('UNSUBSCRIBE');
    made.router.send([8, 34, request, {}, 'wamp.error.invalid_argument']);
    await assert.rejects(unsubscribing, wampError('wamp.error.invalid_argument'));
  });
});
