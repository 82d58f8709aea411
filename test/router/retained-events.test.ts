import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { RetainedEvents } from '../../src/router/retained-events.ts';
import type { Role } from '../../src/router/role.ts';
import { EMPTY } from '../../src/wamp/dict.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { message, type Sent } from '../support/recording-peer.ts';
import { DISCLOSING, does, newRealm, realm, type Seat, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

function retain(seat: Seat, topic: string, value: unknown, dict: Record<string, unknown> = {}): void {
  does(seat, Msg.PUBLISH, { first: 2, text: topic, dict: { retain: true, ...dict }, args: [value] });
}

/** The retained events that a new subscription gets. */
function retainedFor(seat: Seat, topic: string, match = 'exact'): Sent[] {
  seat.peer.take();
  does(seat, Msg.SUBSCRIBE, { first: 1, text: topic, dict: { match, get_retained: true } });
  const [subscribed, ...events] = seat.peer.take();
  assert.equal(subscribed?.name, 'SUBSCRIBED');
  for (const event of events) {
    assert.equal(event.name, 'EVENT');
    assert.equal(event.first, subscribed?.second);
    assert.equal(event.dict['retained'], true);
  }
  return events;
}

const valuesOf = (events: readonly Sent[]): unknown[] => events.map(({ payload }) => (payload[0] as unknown[])[0]);

describe('retained events', () => {
  it('gives the last one to who asks for it, after SUBSCRIBED, with the id of its publication', () => {
    const [publisher, early, late, indifferent] = [
      sit(DISCLOSING, { features: ['publisher.payload_passthru_mode'] }),
      sit(),
      sit(),
      sit(),
    ];
    does(early, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    early.peer.take();
    retain(publisher, 'com.topic', 'old');
    retain(publisher, 'com.topic', 'new', { ppt_scheme: 'x_my' });
    does(publisher, Msg.PUBLISH, { first: 2, text: 'com.topic', args: ['not retained'] });
    const live = early.peer.take();
    assert.deepEqual(valuesOf(live), ['old', 'new', 'not retained']);
    assert.equal(live[1]?.dict['retained'], undefined);
    const [event, ...more] = retainedFor(late, 'com.topic');
    assert.deepEqual(more, []);
    assert.deepEqual(event?.payload, [['new']]);
    assert.equal(event?.second, live[1]?.second);
    const { session, authid } = publisher.peer;
    assert.deepEqual(event?.dict, {
      publisher: session,
      publisher_authid: authid,
      publisher_authrole: 'disclosing',
      ppt_scheme: 'x_my',
      retained: true,
    });
    does(indifferent, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    assert.deepEqual(
      indifferent.peer.take().map(({ name }) => name),
      ['SUBSCRIBED'],
    );
  });

  it('owns its bytes', () => {
    const [publisher, late] = [sit(), sit()];
    const publish = message(Msg.PUBLISH, { first: 2, text: 'com.topic', dict: { retain: true }, args: ['original'] });
    realm.process(publisher.member, publish);
    publish.bytes.fill(0);
    assert.deepEqual(valuesOf(retainedFor(late, 'com.topic')), ['original']);
  });

  it('gives a pattern the last one of each topic that it matches, with the topic', () => {
    const [publisher, late] = [sit(), sit()];
    for (const topic of ['com.a.x', 'com.b.x', 'com.b.y', 'org.a.x']) retain(publisher, topic, topic);
    const byPrefix = retainedFor(late, 'com.', 'prefix');
    assert.deepEqual(valuesOf(byPrefix), ['com.a.x', 'com.b.x', 'com.b.y']);
    assert.deepEqual(
      byPrefix.map(({ dict }) => dict['topic']),
      ['com.a.x', 'com.b.x', 'com.b.y'],
    );
    assert.deepEqual(valuesOf(retainedFor(late, '..x', 'wildcard')), ['com.a.x', 'com.b.x', 'org.a.x']);
  });

  it('stays after its publisher has gone, and without any subscriber', () => {
    const [publisher, late] = [sit(), sit()];
    retain(publisher, 'com.topic', 1);
    realm.leave(publisher.member);
    assert.equal(realm.counts.subscriptions, 0);
    assert.deepEqual(valuesOf(retainedFor(late, 'com.topic')), [1]);
  });

  it('gives each subscriber the newest that it would have received, and none that it would not', () => {
    const publisher = sit();
    const [ann, bob] = [sit(DISCLOSING, { authid: 'ann' }), sit(undefined, { authid: 'bob' })];
    retain(publisher, 'com.topic', 'for all');
    retain(publisher, 'com.topic', 'for ann', { eligible_authid: ['ann'] });
    retain(publisher, 'com.topic', 'not for open', { exclude_authrole: ['open'] });
    retain(publisher, 'com.topic', 'not for bob', { exclude: [bob.peer.session] });
    retain(publisher, 'com.topic', 'for nobody', { eligible: [] });
    assert.deepEqual(valuesOf(retainedFor(ann, 'com.topic')), ['not for bob']);
    assert.deepEqual(valuesOf(retainedFor(bob, 'com.topic')), ['for all']);
    retain(publisher, 'com.topic', 'for all again');
    assert.deepEqual(valuesOf(retainedFor(ann, 'com.topic')), ['for all again']);
  });

  it('gives the publisher its own only where it would have received it', () => {
    const publisher = sit();
    retain(publisher, 'com.topic', 1);
    assert.deepEqual(retainedFor(publisher, 'com.topic'), []);
    retain(publisher, 'com.topic', 2, { exclude_me: false });
    assert.deepEqual(valuesOf(retainedFor(publisher, 'com.topic')), [2]);
  });

  it('row 104: gives nothing to who may not subscribe, nor to who may not any more', () => {
    let allow = true;
    const role: Role = { name: 'changing', authorizer: { authorize: () => ({ allow, disclose: false }) } };
    const [publisher, seat] = [sit(), sit(role)];
    retain(publisher, 'com.topic', 'secret');
    assert.deepEqual(valuesOf(retainedFor(seat, 'com.topic')), ['secret']);
    allow = false;
    for (const [text, match] of [
      ['com.topic', 'exact'],
      ['com.', 'prefix'],
      ['com.', 'wildcard'],
    ] as const) {
      does(seat, Msg.SUBSCRIBE, { first: 1, text, dict: { match, get_retained: true } });
      assert.deepEqual(
        seat.peer.take().map((sent) => sent.text),
        ['wamp.error.not_authorized'],
      );
    }
  });

  it('stops where a subscriber does not keep up', () => {
    const [publisher, late] = [sit(), sit()];
    for (let at = 0; at < 5; at++) retain(publisher, `com.${at}`, at);
    late.peer.onSent = () => {
      late.peer.congested = late.peer.sent.length > 2;
    };
    assert.equal(retainedFor(late, 'com.', 'prefix').length, 2);
  });

  it('keeps a bounded number of events, of one topic and in all, the newest', () => {
    const [publisher, late] = [sit(), sit()];
    retain(publisher, 'com.topic', 'for all');
    for (let at = 0; at < 100; at++) retain(publisher, 'com.topic', at, { eligible_authid: [`user-${at}`] });
    const kept = [0, 99].map((at) => valuesOf(retainedFor(sit(undefined, { authid: `user-${at}` }), 'com.topic')));
    assert.deepEqual(kept, [['for all'], [99]]);
    for (let at = 0; at < LIMITS.retainedEvents + 10; at++) retain(publisher, `com.many.${at}`, at);
    assert.deepEqual(retainedFor(late, 'com.topic'), []);
    assert.deepEqual(retainedFor(late, 'com.many.9'), []);
    assert.deepEqual(valuesOf(retainedFor(late, 'com.many.10')), [10]);
    assert.equal(retainedFor(late, 'com.many.', 'prefix').length, LIMITS.retainedPerSubscribe);
  });

  it('keeps a bounded number of bytes, lists included', () => {
    const { peer } = sit();
    const retained = new RetainedEvents({ retainedEvents: 100, retainedBytes: 10_000 });
    const keep = (topic: string, dict: Record<string, unknown>, text: string): void =>
      retained.keep(topic, 1, EMPTY, message(Msg.PUBLISH, { dict, args: [text] }), peer);
    for (let at = 0; at < 50; at++) keep(`com.${at}`, {}, 'x'.repeat(1_000));
    assert.equal(retained.size, 7);
    keep('com.listed', { exclude: Array.from({ length: 300 }, (_, at) => at + 1) }, '');
    assert.equal(retained.size, 2);
    keep('com.too-large', {}, 'x'.repeat(20_000));
    assert.equal(retained.size, 0);
    keep('com.small', {}, '');
    assert.equal(retained.size, 1);
  });
});
