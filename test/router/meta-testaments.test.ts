import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Authorization, Authorizer } from '../../src/authorization/authorizer.ts';
import { type Permission, StaticPermissions } from '../../src/authorization/permissions.ts';
import type { Role } from '../../src/router/role.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { errorOf, eventsOf, resultOf, subscribe } from './meta-fixture.ts';
import { CLOSED, clock, DISCLOSING, does, newRealm, OPEN, realm, type Seat, sit } from './realm-fixture.ts';

const ADD = 'wamp.session.add_testament';
const FLUSH = 'wamp.session.flush_testaments';
const TOPIC = 'com.last.words';

let watcher: Seat;

beforeEach(() => {
  newRealm({ metaApi: true });
  watcher = sit(OPEN, { authid: 'watcher' });
  subscribe(watcher, TOPIC);
  subscribe(watcher, 'wamp.session.on_leave');
});

describe('testaments', () => {
  it('are published when the session ends: first those of scope detached, each scope in its order', () => {
    const seat = sit();
    assert.equal(typeof resultOf(seat, ADD, [TOPIC, ['last'], {}]), 'number');
    resultOf(seat, ADD, [TOPIC, ['first'], {}], { scope: 'detached' });
    resultOf(seat, ADD, [TOPIC, ['very last'], {}], { scope: 'destroyed' });
    resultOf(seat, ADD, [TOPIC, ['second'], {}, null, 'detached']);
    assert.deepEqual(eventsOf(watcher), []);
    realm.leave(seat.member, 'lost');
    assert.deepEqual(eventsOf(watcher), [
      ['first'],
      ['second'],
      ['last'],
      ['very last'],
      [seat.peer.session, 'user2', 'open'],
    ]);
    realm.leave(seat.member, 'lost');
    assert.deepEqual(eventsOf(watcher), []);
  });

  it('come after on_leave where the session said GOODBYE, as in Crossbar', () => {
    const seat = sit();
    resultOf(seat, ADD, [TOPIC, ['bye'], {}]);
    realm.leave(seat.member, 'goodbye');
    assert.deepEqual(eventsOf(watcher), [[seat.peer.session, 'user2', 'open'], ['bye']]);
  });

  it('carry arguments and publish options as a publication of the session', () => {
    const seat = sit(DISCLOSING, { authid: 'bob' });
    const other = sit();
    subscribe(other, TOPIC);
    const args = [1, 'zwei', null, [3.5], Buffer.from([0, 1])];
    const options = { eligible_authid: ['watcher'], acknowledge: true, exclude_me: false, ppt_scheme: 'x_mine' };
    resultOf(seat, ADD, [TOPIC, args, { key: { a: true } }, options]);
    seat.peer.take();
    realm.leave(seat.member);
    const [event] = watcher.peer.take();
    assert.deepEqual(
      { ...event?.dict },
      { publisher: seat.peer.session, publisher_authid: 'bob', publisher_authrole: 'disclosing', ppt_scheme: 'x_mine' },
    );
    assert.equal(JSON.stringify(event?.payload), JSON.stringify([args, { key: { a: true } }]));
    assert.deepEqual(eventsOf(other), []);
    assert.deepEqual(seat.peer.take(), [], 'nothing is said to a session that has ended');
  });

  it('can be flushed, by scope', () => {
    const seat = sit();
    assert.equal(resultOf(seat, FLUSH), 0);
    for (const scope of ['detached', 'destroyed', 'destroyed']) resultOf(seat, ADD, [TOPIC, [scope], {}], { scope });
    assert.equal(resultOf(seat, FLUSH, []), 2);
    assert.equal(resultOf(seat, FLUSH, ['destroyed']), 0);
    realm.leave(seat.member, 'goodbye');
    assert.deepEqual(eventsOf(watcher).slice(1), [['detached']]);
  });

  it('are refused with an unknown scope', () => {
    const seat = sit();
    const error = ['wamp.error.testament_error', 'scope must be destroyed or detached'];
    assert.deepEqual(errorOf(seat, ADD, [TOPIC, [], {}], { scope: 'never' }), error);
    assert.deepEqual(errorOf(seat, FLUSH, ['constructor']), error);
  });
});

describe('testaments that an authorizer has to decide about', () => {
  it('wait for it, one after the other, and on_leave with them', async () => {
    const decisions: ((authorization: Authorization) => void)[] = [];
    const authorizer: Authorizer = {
      authorize: (_peer, action) => {
        if (action !== 'publish') return { allow: true, disclose: false };
        const decision = new Promise<Authorization>((resolve) => decisions.push(resolve));
        return { allow: null, decision, cancel: () => {} };
      },
    };
    const seat = sit({ name: 'asking', authorizer });
    for (const word of ['one', 'two', 'three']) resultOf(seat, ADD, [TOPIC, [word], {}]);
    realm.leave(seat.member, 'lost');
    const seen: unknown[] = [];
    for (const allow of [true, false, true]) {
      assert.equal(decisions.length, 1, 'one at a time');
      decisions.pop()?.({ allow, disclose: false });
      await new Promise(setImmediate);
      seen.push(eventsOf(watcher));
    }
    assert.deepEqual(seen, [[['one']], [], [['three'], [seat.peer.session, 'user2', 'asking']]]);
  });
});

describe('row 99: abuse of testaments', () => {
  it('stays within a number of them', () => {
    const seat = sit();
    for (let count = 0; count < LIMITS.testaments; count++) resultOf(seat, ADD, [TOPIC, [count], {}]);
    const [uri, sentence] = errorOf(seat, ADD, [TOPIC, [], {}]);
    assert.deepEqual([uri, sentence], ['wamp.error.testament_error', 'a session may leave 100 testaments']);
    resultOf(seat, FLUSH);
    resultOf(seat, ADD, [TOPIC, [], {}]);
  });

  it('stays within a number of bytes', () => {
    const seat = sit();
    const half = 'x'.repeat(LIMITS.testamentBytes / 2);
    resultOf(seat, ADD, [TOPIC, [half], {}]);
    assert.equal(errorOf(seat, ADD, [TOPIC, [half], {}])[0], 'wamp.error.testament_error');
    assert.equal(errorOf(seat, ADD, [TOPIC, [], { half }], { scope: 'detached' })[0], 'wamp.error.testament_error');
    assert.equal(errorOf(seat, ADD, [TOPIC, [], {}, { eligible_authid: [half] }])[0], 'wamp.error.testament_error');
    assert.equal(resultOf(seat, FLUSH), 1);
    resultOf(seat, ADD, [TOPIC, [half], {}]);
  });

  it('paces a storm: others get their turn while thousands of sessions leave their last words', () => {
    const seats = Array.from({ length: 50 }, () => sit());
    for (const seat of seats) resultOf(seat, ADD, [TOPIC, [seat.peer.session], {}]);
    // Each event takes a millisecond.
    watcher.peer.onSent = () => clock.advance(1);
    for (const seat of seats) realm.leave(seat.member, 'lost');
    watcher.peer.onSent = null;
    const atOnce = eventsOf(watcher);
    assert(atOnce.length < 40, `${atOnce.length} events in one turn`);
    assert.equal(realm.counts.sessions, 1, 'the sessions themselves are gone');
    clock.advance(1_000);
    const all = [...atOnce, ...eventsOf(watcher)];
    assert.equal(all.length, 100, 'a testament and on_leave of each');
    for (const { peer } of seats) {
      const own = all.filter((args) => (args as unknown[])[0] === peer.session);
      assert.deepEqual(own, [[peer.session], [peer.session, peer.authid, 'open']], 'its own in order');
    }
    assert.equal(clock.pending, 0);
  });

  it('reaches no topic that the session may not publish to when it ends', () => {
    const allow = { call: true, register: false, publish: true, subscribe: false };
    const may = (uri: string): Permission => ({
      uri,
      match: 'prefix',
      allow: { ...allow, publish: uri !== 'com.' },
      disclose: { caller: false, publisher: false },
    });
    const role: Role = { name: 'some', authorizer: new StaticPermissions([may('wamp.'), may('com.')]) };
    const seat = sit(role);
    resultOf(seat, ADD, [TOPIC, ['no'], {}]);
    for (const topic of ['wamp.session.on_leave', 'wamp']) {
      assert.equal(errorOf(seat, ADD, [topic, ['no'], {}])[0], 'wamp.error.invalid_uri');
    }
    realm.leave(seat.member);
    assert.deepEqual(eventsOf(watcher), [[seat.peer.session, 'user2', 'some']]);
    assert.equal(errorOf(sit(CLOSED), ADD, [TOPIC, [], {}])[0], 'wamp.error.not_authorized');
  });

  it('K16: leaves none on another session, and forges no publisher', () => {
    const [seat, victim] = [sit(), sit(DISCLOSING)];
    const hops = [{ session: victim.peer.session, authid: 'admin', authrole: 'admin' }];
    const [uri] = errorOf(seat, ADD, [TOPIC, ['forged'], {}, { forward_for: hops }]);
    assert.equal(uri, 'wamp.error.option_not_allowed');
    for (const dict of [{ forward_for: hops }, { caller: victim.peer.session }]) {
      does(seat, Msg.CALL, { first: 1, text: ADD, args: [TOPIC, ['forged'], {}], dict });
    }
    realm.leave(victim.member, 'goodbye');
    assert.deepEqual(eventsOf(watcher), [[victim.peer.session, 'user3', 'disclosing']]);
  });
});
