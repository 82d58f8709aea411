import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WampError } from '../../src/wamp/errors.ts';
import { settle } from '../support/scripted-peer.ts';
import { joined } from './joined.ts';
import { wampError } from './wamp-error.ts';

describe('publishing', () => {
  it('sends the event and waits for nothing', async () => {
    const { session, router } = await joined();
    assert.equal(session.publish('com.example.t', ['Ada']), true);
    assert.equal(session.publish('com.example.t'), true);
    assert.deepEqual(await router.expect('PUBLISH'), [1, {}, 'com.example.t', ['Ada']]);
    assert.deepEqual(await router.expect('PUBLISH'), [2, {}, 'com.example.t']);
    assert.equal(session.load.requests, 0);
  });

  it('sends options under their names in the protocol', async () => {
    const { session, router } = await joined();
    session.publish('com.example.t', [], {
      kwargs: { a: 1 },
      excludeMe: false,
      exclude: [1],
      excludeAuthid: ['a'],
      excludeAuthrole: ['b'],
      eligible: [2],
      eligibleAuthid: ['c'],
      eligibleAuthrole: ['d'],
      retain: true,
      discloseMe: true,
      rawOptions: { transaction_hash: 'x' },
    });
    assert.deepEqual(await router.expect('PUBLISH'), [
      1,
      {
        transaction_hash: 'x',
        exclude_me: false,
        exclude: [1],
        exclude_authid: ['a'],
        exclude_authrole: ['b'],
        eligible: [2],
        eligible_authid: ['c'],
        eligible_authrole: ['d'],
        retain: true,
        disclose_me: true,
      },
      'com.example.t',
      [],
      { a: 1 },
    ]);
  });

  it('resolves to the publication, acknowledged', async () => {
    const { session, router } = await joined();
    const publishing = session.publish('com.example.t', [1], { acknowledge: true });
    assert.deepEqual(await router.expect('PUBLISH'), [1, { acknowledge: true }, 'com.example.t', [1]]);
    router.send([17, 1, 4711]);
    assert.equal(await publishing, 4711);
    assert.equal(session.load.requests, 0);
  });

  it('rejects with the ERROR, acknowledged', async () => {
    const { session, router } = await joined();
    const publishing = session.publish('com.example.t', [1], { acknowledge: true });
    await router.expect('PUBLISH');
    router.send([8, 16, 1, {}, 'wamp.error.not_authorized', ['no']]);
    await assert.rejects(publishing, wampError('wamp.error.not_authorized', 'no'));
  });

  it('says what cannot be serialized', async () => {
    const { session, router } = await joined();
    const invalid = (error: unknown) => error instanceof WampError && error.uri === 'wamp.error.invalid_argument';
    assert.throws(() => session.publish('com.example.t', [() => 1]), invalid);
    assert.throws(() => session.publish('com.example.t', [], { rawOptions: { f: () => 1 } }), invalid);
    await assert.rejects(session.publish('com.example.t', [() => 1], { acknowledge: true }), invalid);
    await settle();
    assert.equal(router.unread, 0);
    assert.equal(session.load.requests, 0);
  });

  it('bounds the requests in flight', async () => {
    const { session, router } = await joined({ maxInFlight: 1 });
    const publishing = session.publish('com.example.t', [1], { acknowledge: true });
    await assert.rejects(
      session.publish('com.example.t', [2], { acknowledge: true }),
      wampError('crossbar.error.max_concurrency_reached'),
    );
    await router.expect('PUBLISH');
    router.send([17, 1, 1]);
    await publishing;
  });

  it('takes an answer to another kind of request for none', async () => {
    const { session, router } = await joined();
    const publishing = session.publish('com.example.t', [1], { acknowledge: true });
    await router.expect('PUBLISH');
    router.send([33, 1, 5], [8, 32, 1, {}, 'a.b'], [65, 1, 5], [17, 1, 4711]);
    assert.equal(await publishing, 4711);
  });
});
