import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ProtocolViolation } from '../../src/wamp/errors.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { DISCLOSING, does, names, newRealm, OPEN, realm, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

describe('publish and subscribe', () => {
  it('delivers an event to all subscribers but the publisher', () => {
    const [publisher, one, other] = [sit(), sit(), sit()];
    for (const seat of [publisher, one, other]) does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    const subscribed = [publisher, one, other].map((seat) => seat.peer.take()[0]);
    assert.deepEqual(new Set(subscribed.map((sent) => sent?.second)).size, 1, 'one subscription id per topic');
    does(publisher, Msg.PUBLISH, { first: 2, text: 'com.topic', args: ['hi', 1], kwargs: { a: true } });
    assert.deepEqual(names(publisher), []);
    for (const seat of [one, other]) {
      const [event] = seat.peer.take();
      assert.equal(event?.name, 'EVENT');
      assert.equal(event?.first, subscribed[0]?.second);
      assert.deepEqual(event?.payload, [['hi', 1], Object.assign(Object.create(null), { a: true })]);
      assert.deepEqual(event?.dict, Object.create(null));
    }
  });

  it('delivers to the publisher where exclude_me is false, and acknowledges before it delivers', () => {
    const seat = sit();
    does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    seat.peer.take();
    does(seat, Msg.PUBLISH, { first: 2, text: 'com.topic', dict: { exclude_me: false, acknowledge: true } });
    const [published, event] = seat.peer.take();
    assert.equal(published?.name, 'PUBLISHED');
    assert.equal(published?.first, 2);
    assert.equal(event?.name, 'EVENT');
    assert.equal(event?.second, published?.second, 'one publication id');
  });

  it('gives the same id for a topic subscribed twice, and one UNSUBSCRIBE ends it', () => {
    const [publisher, seat] = [sit(), sit()];
    does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    does(seat, Msg.SUBSCRIBE, { first: 2, text: 'com.topic' });
    const [first, second] = seat.peer.take();
    assert.equal(first?.second, second?.second);
    does(seat, Msg.UNSUBSCRIBE, { first: 3, second: first?.second ?? 0 });
    does(publisher, Msg.PUBLISH, { first: 4, text: 'com.topic' });
    assert.deepEqual(names(seat), ['UNSUBSCRIBED']);
    assert.equal(realm.counts.subscriptions, 0);
  });

  it('answers UNSUBSCRIBE of an unknown id, or of another session, with the same error', () => {
    const [holder, other] = [sit(), sit()];
    does(holder, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    const id = holder.peer.take()[0]?.second ?? 0;
    does(other, Msg.UNSUBSCRIBE, { first: 2, second: id });
    does(other, Msg.UNSUBSCRIBE, { first: 3, second: 77 });
    assert.deepEqual(
      other.peer.take().map(({ name, text }) => [name, text]),
      [
        ['ERROR', 'wamp.error.no_such_subscription'],
        ['ERROR', 'wamp.error.no_such_subscription'],
      ],
    );
    assert.equal(realm.counts.subscriptions, 1);
  });

  it('honours the black and white lists, by session, authid and authrole', () => {
    const publisher = sit(OPEN);
    const ann = sit(OPEN, { authid: 'ann' });
    const bob = sit(DISCLOSING, { authid: 'bob' });
    for (const seat of [ann, bob]) does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    const cases: [Record<string, unknown>, string[]][] = [
      [{ exclude: [ann.peer.session] }, ['bob']],
      [{ exclude_authid: ['bob'] }, ['ann']],
      [{ exclude_authrole: ['open'] }, ['bob']],
      [{ eligible: [ann.peer.session] }, ['ann']],
      [{ eligible_authid: ['ann'] }, ['ann']],
      [{ eligible_authrole: ['disclosing'] }, ['bob']],
      [{ eligible_authid: ['ann', 'bob'], exclude_authrole: ['open'] }, ['bob']],
      [{ eligible: [ann.peer.session], eligible_authid: ['bob'] }, []],
      [{ eligible: [] }, []],
      [{ exclude: [] }, ['ann', 'bob']],
    ];
    for (const [dict, expected] of cases) {
      ann.peer.take();
      bob.peer.take();
      does(publisher, Msg.PUBLISH, { first: 2, text: 'com.topic', dict });
      const received = [ann, bob].filter((seat) => seat.peer.take().length > 0).map((seat) => seat.peer.authid);
      assert.deepEqual(received, expected, JSON.stringify(dict));
    }
  });

  it('discloses the publisher where the role says so, whatever the client sent', () => {
    const [open, disclosing, subscriber] = [sit(OPEN), sit(DISCLOSING), sit()];
    does(subscriber, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    subscriber.peer.take();
    does(open, Msg.PUBLISH, {
      first: 2,
      text: 'com.topic',
      dict: { disclose_me: true, publisher: 1 },
    });
    does(disclosing, Msg.PUBLISH, { first: 2, text: 'com.topic' });
    const [plain, disclosed] = subscriber.peer.take();
    assert.deepEqual({ ...plain?.dict }, {});
    assert.deepEqual(disclosed?.dict, {
      publisher: disclosing.peer.session,
      publisher_authid: disclosing.peer.authid,
      publisher_authrole: 'disclosing',
    });
  });

  it('tells subscribers how far the role is trusted, where that is configured', () => {
    const [trusted, plain, subscriber] = [sit({ ...DISCLOSING, trustlevel: 0 }), sit(), sit()];
    does(subscriber, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    does(subscriber, Msg.SUBSCRIBE, { first: 2, text: 'com', dict: { match: 'prefix' } });
    subscriber.peer.take();
    for (const seat of [trusted, plain])
      does(seat, Msg.PUBLISH, { first: 3, text: 'com.topic', dict: { trustlevel: 9 } });
    assert.deepEqual(
      subscriber.peer.take().map(({ dict }) => dict['trustlevel']),
      [0, 0, undefined, undefined],
    );
  });

  it('takes forward_for from nobody: who publishes for somebody else is no client', () => {
    const [publisher, subscriber] = [sit(DISCLOSING), sit()];
    does(subscriber, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    subscriber.peer.take();
    const dict = { forward_for: [{ session: 1, authid: 'admin', authrole: 'admin' }] };
    does(publisher, Msg.PUBLISH, { first: 2, text: 'com.topic', dict });
    assert.deepEqual(names(publisher), [], 'PUBLISH is only answered where it asked for it');
    does(publisher, Msg.PUBLISH, { first: 3, text: 'com.topic', dict: { ...dict, acknowledge: true } });
    does(publisher, Msg.SUBSCRIBE, { first: 4, text: 'com.topic', dict });
    assert.deepEqual(
      publisher.peer.take().map(({ name, text }) => [name, text]),
      [
        ['ERROR', 'wamp.error.option_not_allowed'],
        ['ERROR', 'wamp.error.option_not_allowed'],
      ],
    );
    assert.deepEqual(names(subscriber), []);
  });

  it('passes the attributes of payload passthru on, of publishers that announced it', () => {
    const [publisher, subscriber] = [sit(OPEN, { features: ['publisher.payload_passthru_mode'] }), sit()];
    does(subscriber, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    subscriber.peer.take();
    const dict = { ppt_scheme: 'x_my', ppt_serializer: 'cbor', enc_algo: 'cryptobox', other: 1 };
    does(publisher, Msg.PUBLISH, { first: 2, text: 'com.topic', dict });
    const details = subscriber.peer.take()[0]?.dict;
    assert.deepEqual(details, { ppt_scheme: 'x_my', ppt_serializer: 'cbor', enc_algo: 'cryptobox' });
    assert.throws(() => does(subscriber, Msg.PUBLISH, { first: 3, text: 'com.topic', dict }), ProtocolViolation);
  });

  it('bounds what one session may hold', () => {
    const seat = sit();
    for (let at = 0; at < LIMITS.observations; at++) does(seat, Msg.SUBSCRIBE, { first: 1, text: `com.topic.${at}` });
    seat.peer.take();
    does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.one.more' });
    does(seat, Msg.REGISTER, { first: 1, text: 'com.one.more' });
    assert.deepEqual(
      seat.peer.take().map((sent) => sent.text),
      ['wamp.error.not_authorized', 'wamp.error.not_authorized'],
    );
    realm.leave(seat.member);
    assert.deepEqual(realm.counts, { sessions: 0, subscriptions: 0, registrations: 0 });
  });
});
