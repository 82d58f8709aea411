import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Broker } from '../../src/router/broker.ts';
import { Member } from '../../src/router/member.ts';
import type { ObservationEvents } from '../../src/router/observation-events.ts';
import type { Subscription } from '../../src/router/subscription.ts';
import { TrustLevels } from '../../src/router/trust-levels.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { message, RecordingPeer } from '../support/recording-peer.ts';
import { countingIds } from '../support/seeded-ids.ts';
import { OPEN } from './realm-fixture.ts';

/** What the observers of subscriptions were told, in order. */
class Recorded implements ObservationEvents<Subscription> {
  readonly said: [string, number, string][] = [];
  #say(what: string, { peer }: Member, { topic }: Subscription): void {
    this.said.push([what, peer.session, topic]);
  }
  created(member: Member, subscription: Subscription): void {
    this.#say('created', member, subscription);
  }
  added(member: Member, subscription: Subscription): void {
    this.#say('added', member, subscription);
  }
  removed(member: Member, subscription: Subscription): void {
    this.#say('removed', member, subscription);
  }
  deleted(member: Member, subscription: Subscription): void {
    this.#say('deleted', member, subscription);
  }
}

function setUp(): { broker: Broker; events: Recorded; ann: Member; bob: Member } {
  const events = new Recorded();
  const broker = new Broker({ ids: countingIds(), clock: new FakeClock(), trust: new TrustLevels([]) });
  broker.events = events;
  const ann = new Member(new RecordingPeer(1, OPEN, { features: ['subscriber.subscription_revocation'] }));
  const bob = new Member(new RecordingPeer(2, OPEN));
  for (const member of [ann, bob, ann]) broker.subscribe(member, message(Msg.SUBSCRIBE, { first: 1 }), 'com.topic');
  for (const { peer } of [ann, bob]) (peer as RecordingPeer).take();
  return { broker, events, ann, bob };
}

const sentTo = ({ peer }: Member): [string, number, object][] =>
  (peer as RecordingPeer).take().map(({ name, first, dict }) => [name, first, { ...dict }]);

describe('revocation of a subscription', () => {
  it('tells a session that understands it, and no other', () => {
    const { broker, ann, bob } = setUp();
    const subscription = broker.subscriptions.exact('com.topic');
    assert(subscription !== undefined);
    assert.equal(broker.byId(subscription.id), subscription);
    for (const member of [ann, bob]) assert.equal(broker.revoke(member, subscription, 'com.example.because'), true);
    assert.deepEqual(sentTo(ann), [
      ['UNSUBSCRIBED', 0, { subscription: subscription.id, reason: 'com.example.because' }],
    ]);
    assert.deepEqual(sentTo(bob), []);
    assert.equal(broker.revoke(ann, subscription, 'com.example.because'), false);
    assert.equal(broker.size, 0);
    assert.equal(ann.subscriptions.size, 0);
    broker.publish(bob, message(Msg.PUBLISH, { dict: { exclude_me: false } }), 'com.topic', false);
    assert.deepEqual([...sentTo(ann), ...sentTo(bob)], []);
  });

  it('is told to observers as any other end, each once', () => {
    const { broker, events, ann, bob } = setUp();
    const subscription = broker.subscriptions.exact('com.topic');
    assert(subscription !== undefined);
    broker.revoke(ann, subscription, 'com.example.because');
    broker.leave(bob);
    assert.deepEqual(events.said, [
      ['created', 1, 'com.topic'],
      ['added', 1, 'com.topic'],
      ['added', 2, 'com.topic'],
      ['removed', 1, 'com.topic'],
      ['removed', 2, 'com.topic'],
      ['deleted', 2, 'com.topic'],
    ]);
  });
});
