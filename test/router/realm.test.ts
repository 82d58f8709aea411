import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { type Permission, StaticPermissions } from '../../src/authorization/permissions.ts';
import { type Role, TRUSTED } from '../../src/router/role.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { CLOSED, DISCLOSING, does, names, newRealm, OPEN, realm, register, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

describe('authorization', () => {
  const actions: [number, string, string][] = [
    [Msg.CALL, 'call procedure', 'com.p'],
    [Msg.REGISTER, 'register procedure', 'com.p'],
    [Msg.SUBSCRIBE, 'subscribe to topic', 'com.p'],
  ];

  it('answers what is denied with not_authorized and the words of Crossbar', () => {
    const seat = sit(CLOSED, { authid: 'eve' });
    for (const [code, words, uri] of actions) {
      does(seat, code, { first: 5, text: uri });
      const [error] = seat.peer.take();
      assert.deepEqual([error?.first, error?.second, error?.text], [code, 5, 'wamp.error.not_authorized']);
      assert.deepEqual(error?.payload, [
        [
          `session (session_id=1, authid="eve", authrole="closed") is not authorized to ${words} "com.p" on realm "realm1"`,
        ],
      ]);
    }
  });

  it('is silent on a denied PUBLISH, unless it is to be acknowledged', () => {
    const seat = sit(CLOSED);
    does(seat, Msg.PUBLISH, { first: 1, text: 'com.topic' });
    assert.deepEqual(names(seat), []);
    does(seat, Msg.PUBLISH, { first: 2, text: 'com.topic', dict: { acknowledge: true } });
    const [error] = seat.peer.take();
    assert.deepEqual(error?.payload, [["session not authorized to publish to topic 'com.topic'"]]);
  });

  it('asks again for each message, by URI', () => {
    const allow = { call: true, register: true, publish: true, subscribe: true };
    const permission: Permission = {
      uri: 'com.app.',
      match: 'prefix',
      allow,
      disclose: { caller: false, publisher: false },
    };
    const seat = sit({ name: 'app', authorizer: new StaticPermissions([permission]) });
    does(seat, Msg.SUBSCRIBE, { first: 1, text: 'com.app.topic' });
    does(seat, Msg.SUBSCRIBE, { first: 2, text: 'com.other.topic' });
    assert.deepEqual(names(seat), ['SUBSCRIBED', 'ERROR']);
  });
});

describe('URIs', () => {
  const bad = ['com..a', '', '.', 'com.a ', 'com.#', `com.${'a'.repeat(LIMITS.uriLength)}`, 'a.'.repeat(80)];

  it('are refused where malformed, too long or with too many components', () => {
    const seat = sit();
    for (const uri of bad) {
      for (const code of [Msg.CALL, Msg.REGISTER, Msg.SUBSCRIBE]) {
        does(seat, code, { first: 1, text: uri });
        assert.equal(seat.peer.take()[0]?.text, 'wamp.error.invalid_uri', JSON.stringify(uri));
      }
      does(seat, Msg.PUBLISH, { first: 1, text: uri, dict: { acknowledge: true } });
      assert.equal(seat.peer.take()[0]?.text, 'wamp.error.invalid_uri', JSON.stringify(uri));
    }
  });

  it('under wamp. are for the router alone to register and to publish', () => {
    const [seat, trusted] = [sit(), sit(TRUSTED)];
    for (const uri of ['wamp.session.count', 'wamp']) {
      does(seat, Msg.REGISTER, { first: 1, text: uri });
      does(seat, Msg.PUBLISH, { first: 2, text: uri, dict: { acknowledge: true } });
      assert.deepEqual(
        seat.peer.take().map((sent) => sent.text),
        ['wamp.error.invalid_uri', 'wamp.error.invalid_uri'],
      );
    }
    does(trusted, Msg.REGISTER, { first: 1, text: 'wamp.session.count' });
    assert.deepEqual(names(trusted), ['REGISTERED']);
  });

  it('that name members of Object.prototype are procedures like any other', () => {
    const [caller, callee] = [sit(), sit()];
    for (const uri of ['constructor', '__proto__', 'toString']) {
      does(caller, Msg.CALL, { first: 1, text: uri });
      assert.equal(caller.peer.take()[0]?.text, 'wamp.error.no_such_procedure');
      register(callee, uri);
      assert.deepEqual(names(callee), ['REGISTERED']);
    }
  });

  it('follow the strict rules where the realm says so', () => {
    newRealm({ uriCheck: 'strict' });
    const seat = sit();
    for (const text of ['com.Upper', 'com.ok_1']) does(seat, Msg.SUBSCRIBE, { first: 1, text });
    const [error, subscribed] = seat.peer.take();
    assert.equal(error?.text, 'wamp.error.invalid_uri');
    assert.deepEqual(error?.payload, [["subscribe for invalid topic URI 'com.Upper' (URI strict checking True)"]]);
    assert.equal(subscribed?.name, 'SUBSCRIBED');
  });
});

describe('procedures of authenticators (K27)', () => {
  it('are registered by their role alone', () => {
    realm.reserved.reserve('com.authenticate', 'disclosing');
    const [other, own] = [sit(OPEN), sit(DISCLOSING)];
    register(other, 'com.authenticate');
    assert.equal(other.peer.take()[0]?.text, 'wamp.error.not_authorized');
    register(own, 'com.authenticate');
    assert.deepEqual(names(own), ['REGISTERED']);
    register(other, 'com.authenticate', { force_reregister: true });
    assert.equal(other.peer.take()[0]?.text, 'wamp.error.not_authorized');
  });

  it('are not taken over by another role by force, where no role is named', () => {
    realm.reserved.reserve('com.authenticate', null);
    const [holder, other, same] = [sit(OPEN), sit(DISCLOSING), sit(OPEN)];
    register(holder, 'com.authenticate');
    register(other, 'com.authenticate', { force_reregister: true });
    assert.equal(other.peer.take()[0]?.text, 'wamp.error.not_authorized');
    register(same, 'com.authenticate', { force_reregister: true });
    assert.deepEqual(names(same), ['REGISTERED']);
  });
});

describe('failures of the router itself (K25)', () => {
  const failing: Role = {
    name: 'failing',
    authorizer: {
      authorize() {
        throw new Error('secret detail');
      },
    },
  };

  it('still answer the request, without a detail', () => {
    const seat = sit(failing);
    for (const code of [Msg.CALL, Msg.REGISTER, Msg.SUBSCRIBE]) does(seat, code, { first: 3, text: 'com.p' });
    does(seat, Msg.PUBLISH, { first: 3, text: 'com.p', dict: { acknowledge: true } });
    for (const sent of seat.peer.take()) {
      assert.deepEqual([sent.name, sent.second, sent.text], ['ERROR', 3, 'wamp.error.runtime_error']);
      assert.ok(!JSON.stringify(sent.payload).includes('secret'));
    }
  });

  it('answer the caller of a callee whose answer could not be forwarded', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.p');
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    const { send } = caller.peer;
    caller.peer.send = (code, ...rest) => {
      if (code === Msg.RESULT) throw new Error('cannot encode');
      return send.call(caller.peer, code, ...rest);
    };
    does(callee, Msg.YIELD, { first: 1 });
    assert.equal(caller.peer.take()[0]?.text, 'wamp.error.runtime_error');
    assert.equal(caller.member.calls.size + callee.member.invocations.size, 0);
  });
});
