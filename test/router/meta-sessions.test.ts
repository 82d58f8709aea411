import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { type Permission, StaticPermissions } from '../../src/authorization/permissions.ts';
import { type Role, TRUSTED } from '../../src/router/role.ts';
import { MAX_ID } from '../../src/wamp/ids.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { RecordingPeer } from '../support/recording-peer.ts';
import { answerTo, errorOf, eventsOf, resultOf, subscribe } from './meta-fixture.ts';
import { CLOSED, DISCLOSING, does, newRealm, OPEN, realm, type Seat, sit } from './realm-fixture.ts';

beforeEach(() => newRealm({ metaApi: true }));

/** A peer whose GOODBYE takes it off the realm, as that of a real session does. */
function leavesWhenTold(seat: Seat): Seat {
  const { peer, member } = seat;
  const say = peer.goodbye.bind(peer);
  peer.goodbye = (reason, message) => {
    realm.leave(member, 'goodbye');
    say(reason, message);
  };
  return seat;
}

const KILLED = { reason: 'wamp.close.killed', message: null };

describe('wamp.session.count and list', () => {
  it('know all sessions, or those of some roles', () => {
    const [one, two, three] = [sit(OPEN), sit(CLOSED), sit(DISCLOSING)];
    const ids = [one, two, three].map(({ peer }) => peer.session);
    assert.equal(resultOf(one, 'wamp.session.count'), 3);
    assert.deepEqual(resultOf(one, 'wamp.session.list'), ids);
    assert.equal(resultOf(one, 'wamp.session.count', [null]), 3);
    assert.equal(resultOf(one, 'wamp.session.count', [['closed', 'none']]), 1);
    assert.deepEqual(resultOf(one, 'wamp.session.list', [], { filter_authroles: ['open', 'closed'] }), ids.slice(0, 2));
    assert.equal(resultOf(one, 'wamp.session.count', [[]]), 0);
  });

  it('do not know the sessions of the router itself', () => {
    const [seat, trusted] = [sit(), sit(TRUSTED)];
    assert.equal(resultOf(seat, 'wamp.session.count'), 1);
    assert.equal(resultOf(seat, 'wamp.session.count', [['trusted']]), 0);
    assert.deepEqual(resultOf(trusted, 'wamp.session.list'), [seat.peer.session]);
  });

  it('forget who left', () => {
    const [one, two] = [sit(), sit()];
    realm.leave(two.member);
    assert.deepEqual(resultOf(one, 'wamp.session.list'), [one.peer.session]);
  });
});

describe('wamp.session.get', () => {
  it('tells what Crossbar tells', () => {
    const [seat, other] = [sit(), sit(CLOSED, { authid: 'bob' })];
    assert.deepEqual(
      { ...(resultOf(seat, 'wamp.session.get', [other.peer.session]) as object) },
      {
        realm: 'realm1',
        session: other.peer.session,
        authid: 'bob',
        authrole: 'closed',
        authmethod: 'anonymous',
        authprovider: 'static',
        authextra: null,
        serializer: null,
        transport: Object.assign(Object.create(null), { http_cbtid: null, cbtid: null }),
        resumed: false,
        resumable: false,
        resume_token: null,
      },
    );
  });

  it('K17: tells nobody how to be somebody else', () => {
    const peer = new RecordingPeer(900, OPEN);
    const headers = { host: 'a', cookie: 'cbtid=SESAME', authorization: 'Basic SESAME', 'x-api-key': 'SESAME' };
    Object.assign(peer.transport, {
      protocol: 'wamp.2.json.batched',
      http_headers_received: headers,
      http_headers_sent: { 'Set-Cookie': 'cbtid=SESAME' },
      http_cbtid: 'SESAME',
      cbtid: 'SESAME',
    });
    const extra = { level: 5, refresh_token: 'SESAME', deeper: [{ Password: 'SESAME', colour: 'red' }] };
    Object.assign(peer, { authextra: extra });
    const watcher = sit();
    subscribe(watcher, 'wamp.session.on_join');
    realm.join(peer);
    const [[joined] = []] = eventsOf(watcher) as unknown[][];
    const got = resultOf(watcher, 'wamp.session.get', [900]);
    assert.deepEqual(joined, got);
    const text = JSON.stringify(got);
    assert(!text.includes('SESAME'), text);
    const { authextra, transport, serializer } = got as Record<string, Record<string, unknown>>;
    assert.equal(JSON.stringify(authextra), '{"level":5,"deeper":[{"colour":"red"}]}');
    assert.deepEqual({ ...(transport?.['http_headers_received'] as object) }, { host: 'a' });
    assert.equal(transport?.['http_cbtid'], null);
    assert.equal(serializer, 'json.batched');
    assert.equal(headers.cookie, 'cbtid=SESAME', 'the session itself keeps them');
  });

  it('row 93: a session that is not there and one of the router cannot be told apart', () => {
    const [seat, trusted] = [sit(), sit(TRUSTED)];
    for (const session of [trusted.peer.session, 4711, MAX_ID]) {
      assert.deepEqual(errorOf(seat, 'wamp.session.get', [session]), [
        'wamp.error.no_such_session',
        `no session with ID ${session} exists on this router`,
      ]);
      assert.equal(errorOf(seat, 'wamp.session.kill', [session])[0], 'wamp.error.no_such_session');
    }
  });
});

describe('wamp.session.kill', () => {
  it('ends a session with the reason and the message', () => {
    const [seat, other, another] = [sit(), leavesWhenTold(sit()), leavesWhenTold(sit())];
    assert.equal(resultOf(seat, 'wamp.session.kill', [other.peer.session]), null);
    assert.deepEqual(other.peer.said, KILLED);
    resultOf(seat, 'wamp.session.kill', [another.peer.session], { reason: 'com.bye', message: 'now' });
    assert.deepEqual(another.peer.said, { reason: 'com.bye', message: 'now' });
    assert.equal(realm.counts.sessions, 1);
    assert.equal(errorOf(seat, 'wamp.session.kill', [other.peer.session])[0], 'wamp.error.no_such_session');
  });

  it('takes reason and message by position too, as Crossbar does', () => {
    const [seat, other] = [sit(), sit()];
    resultOf(seat, 'wamp.session.kill', [other.peer.session, 'com.bye', 'now']);
    assert.deepEqual(other.peer.said, { reason: 'com.bye', message: 'now' });
  });

  it('refuses a reason that is no URI', () => {
    const [seat, other] = [sit(), sit()];
    for (const reason of ['', 'a b', 'a..b', '.']) {
      const tries: [string, unknown[]][] = [
        ['kill', [other.peer.session]],
        ['kill_by_authid', ['user2']],
        ['kill_by_authrole', ['open']],
        ['kill_all', []],
      ];
      for (const [name, args] of tries) {
        assert.equal(errorOf(seat, `wamp.session.${name}`, args, { reason })[0], 'wamp.error.invalid_uri');
      }
    }
    assert.equal(other.peer.said, null);
  });
});

describe('wamp.session.kill_by_authid, kill_by_authrole and kill_all', () => {
  it('end who is meant, and return their ids', () => {
    const seat = sit(OPEN, { authid: 'bob' });
    const [one, two, three] = [sit(OPEN, { authid: 'bob' }), sit(CLOSED, { authid: 'bob' }), sit(CLOSED)];
    for (const killed of [one, two, three]) leavesWhenTold(killed);
    const ids = [one.peer.session, two.peer.session];
    assert.deepEqual(resultOf(seat, 'wamp.session.kill_by_authid', ['bob']), ids);
    assert.deepEqual([one.peer.said, two.peer.said, three.peer.said], [KILLED, KILLED, null]);
    assert.deepEqual(resultOf(seat, 'wamp.session.kill_by_authrole', ['closed', 'com.bye']), [three.peer.session]);
    assert.deepEqual(three.peer.said, { reason: 'com.bye', message: null });
    assert.deepEqual(resultOf(seat, 'wamp.session.kill_by_authid', ['nobody']), []);
  });

  it('row 97: spare the caller and the router’s own sessions, and need a right of their own', () => {
    const may = (uri: string): Permission => ({
      uri,
      match: 'exact',
      allow: { call: true, register: false, publish: false, subscribe: false },
      disclose: { caller: false, publisher: false },
    });
    const reader: Role = { name: 'reader', authorizer: new StaticPermissions([may('wamp.session.list')]) };
    const [seat, trusted, other] = [sit(reader), sit(TRUSTED, { authid: 'bob' }), sit(OPEN, { authid: 'bob' })];
    for (const [name, args] of [
      ['kill', [other.peer.session]],
      ['kill_by_authid', ['bob']],
      ['kill_by_authrole', ['open']],
      ['kill_all', []],
    ] as const) {
      assert.equal(errorOf(seat, `wamp.session.${name}`, args)[0], 'wamp.error.not_authorized', name);
    }
    assert.equal(other.peer.said, null);

    const killer = sit(OPEN, { authid: 'bob' });
    assert.equal(errorOf(killer, 'wamp.session.kill', [killer.peer.session])[0], 'wamp.error.no_such_session');
    assert.deepEqual(resultOf(killer, 'wamp.session.kill_by_authrole', ['trusted']), []);
    assert.deepEqual(resultOf(killer, 'wamp.session.kill_by_authid', ['bob']), [other.peer.session]);
    assert.equal(resultOf(killer, 'wamp.session.kill_all'), 1, 'the reader is left');
    assert.deepEqual([killer.peer.said, trusted.peer.said], [null, null]);
    assert.deepEqual(resultOf(killer, 'wamp.session.list'), [killer.peer.session]);
  });

  it('row 92: who lost a role or an account is thrown out with all that it held', () => {
    const [seat, fired] = [sit(), leavesWhenTold(sit(CLOSED, { authid: 'bob' }))];
    const gone = leavesWhenTold(sit(OPEN, { authid: 'bob' }));
    does(gone, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    does(gone, Msg.REGISTER, { first: 2, text: 'com.procedure' });
    resultOf(seat, 'wamp.session.kill_by_authid', ['bob']);
    assert.deepEqual([gone.peer.said, fired.peer.said], [KILLED, KILLED]);
    assert.deepEqual(realm.counts, { sessions: 1, subscriptions: 0, registrations: 0 });
  });

  it('kill_all tells nobody, as specified', () => {
    const [seat, other] = [sit(), sit()];
    subscribe(seat, 'wamp.session.on_leave');
    subscribe(seat, 'com.last.words');
    resultOf(other, 'wamp.session.add_testament', ['com.last.words', ['x'], {}]);
    does(seat, Msg.CALL, { first: 1, text: 'wamp.session.kill_all' });
    assert.deepEqual(
      seat.peer.take().map(({ name }) => name),
      ['RESULT'],
    );
    assert.deepEqual(other.peer.said, KILLED);
    assert.equal(realm.counts.sessions, 1);
  });
});

describe('session meta events', () => {
  it('tell who joins and who leaves', () => {
    const watcher = sit();
    subscribe(watcher, 'wamp.session.on_join');
    subscribe(watcher, 'wamp.session.on_leave');
    const other = sit(CLOSED, { authid: 'bob' });
    const [[joined] = []] = eventsOf(watcher) as [Record<string, unknown>[]?];
    assert.deepEqual([joined?.['session'], joined?.['authid'], joined?.['authrole']], [2, 'bob', 'closed']);
    realm.leave(other.member);
    realm.leave(other.member);
    assert.deepEqual(eventsOf(watcher), [[other.peer.session, 'bob', 'closed']]);
  });

  it('row 96: are not made about the router’s own sessions, so that a reaction makes no other', () => {
    const watcher = sit();
    subscribe(watcher, 'wamp.session.on_join');
    subscribe(watcher, 'wamp.session.on_leave');
    realm.leave(sit(TRUSTED).member);
    assert.deepEqual(eventsOf(watcher), []);
    // A watcher that acts while it is told.
    watcher.peer.onSent = ({ name }) => {
      if (name === 'EVENT') does(watcher, Msg.PUBLISH, { first: 9, text: 'com.topic' });
    };
    sit();
    assert.equal(eventsOf(watcher).length, 1);
  });

  it('need the right to subscribe, and nobody but the router may publish them', () => {
    const [closed, open] = [sit(CLOSED), sit()];
    does(closed, Msg.SUBSCRIBE, { first: 1, text: 'wamp.session.on_join' });
    assert.equal(closed.peer.take()[0]?.text, 'wamp.error.not_authorized');
    does(open, Msg.PUBLISH, { first: 2, text: 'wamp.session.on_join', dict: { acknowledge: true } });
    assert.equal(open.peer.take()[0]?.text, 'wamp.error.invalid_uri');
  });
});

describe('the router’s own session', () => {
  it('answers whatever the encoding of a call, and is told of no caller but the real one', () => {
    const [seat, other] = [sit(), sit()];
    const forged = { caller: other.peer.session, forward_for: [{ session: other.peer.session }] };
    does(seat, Msg.CALL, {
      first: 5,
      text: 'wamp.session.add_testament',
      args: ['com.x', [], {}],
      dict: { caller: other.peer.session, caller_authid: 'user2' },
    });
    seat.peer.take();
    assert.equal(other.member.testaments, null);
    does(seat, Msg.CALL, { first: 6, text: 'wamp.session.add_testament', args: ['com.x', [], {}], dict: forged });
    assert.equal(other.member.testaments, null);
  });

  it('cannot be replaced: its procedures are registered, and reserved', () => {
    const trusted = sit(TRUSTED);
    does(trusted, Msg.REGISTER, { first: 1, text: 'wamp.session.count' });
    assert.equal(trusted.peer.take()[0]?.text, 'wamp.error.procedure_already_exists');
  });

  it('is not there without the meta API', () => {
    newRealm();
    const seat = sit();
    assert.equal(answerTo(seat, 'wamp.session.count').text, 'wamp.error.no_such_procedure');
    assert.equal(JSON.stringify(realm.announced.value).includes('meta_api'), false);
  });
});
