import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Msg } from '../../src/wamp/messages.ts';
import { CLOSED, DISCLOSING, does, names, newRealm, OPEN, realm, register, type Seat, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

const REVOCABLE = { features: ['callee.registration_revocation'] };

/** The id of the registration, or the error. */
function answer(seat: Seat): number | string {
  const [said] = seat.peer.take();
  return said?.name === 'REGISTERED' ? said.second : (said?.text ?? 'nothing');
}

let requests = 0;

/** Who of the callees is called. */
function called(caller: Seat, procedure: string, callees: readonly Seat[]): number[] {
  for (const callee of callees) callee.peer.take();
  does(caller, Msg.CALL, { first: ++requests, text: procedure });
  return [...callees.keys()].filter((at) => callees[at]?.peer.take().some(({ name }) => name === 'INVOCATION'));
}

describe('pattern-based registration', () => {
  it('routes a call to the exact registration, else the longest prefix, else the most specific wildcard', () => {
    const callees = [sit(), sit(), sit(), sit(), sit()];
    const [caller] = [sit()];
    const patterns: [string, string][] = [
      ['com.app.get', 'exact'],
      ['com.app.', 'prefix'],
      ['com.app.g', 'prefix'],
      ['com..get', 'wildcard'],
      ['org..get', 'wildcard'],
    ];
    for (const [at, [uri, match]] of patterns.entries()) register(callees[at] as Seat, uri, { match });
    assert.deepEqual(called(caller, 'com.app.get', callees), [0]);
    assert.deepEqual(called(caller, 'com.app.give', callees), [2]);
    assert.deepEqual(called(caller, 'com.app.take', callees), [1]);
    assert.deepEqual(called(caller, 'com.other.get', callees), [3]);
    assert.deepEqual(called(caller, 'com.other.put', callees), []);
    assert.equal(caller.peer.take().at(-1)?.text, 'wamp.error.no_such_procedure');
  });

  it('tells the callee which procedure was called, with a pattern only', () => {
    const [caller, callee] = [sit(), sit()];
    register(callee, 'com.app.', { match: 'prefix' });
    register(callee, 'com.exact');
    callee.peer.take();
    does(caller, Msg.CALL, { first: 1, text: 'com.app.get' });
    does(caller, Msg.CALL, { first: 2, text: 'com.exact' });
    assert.deepEqual(
      callee.peer.take().map(({ dict }) => ({ ...dict })),
      [{ procedure: 'com.app.get' }, {}],
    );
  });

  it('keeps the same URI with other policies apart, and each while it has a callee', () => {
    const callee = sit();
    const ids = (['exact', 'prefix', 'wildcard'] as const).map((match) => {
      register(callee, 'com.app', { match });
      return answer(callee);
    });
    assert.equal(new Set(ids).size, 3);
    for (const second of ids) does(callee, Msg.UNREGISTER, { first: 1, second: Number(second) });
    assert.deepEqual(names(callee), ['UNREGISTERED', 'UNREGISTERED', 'UNREGISTERED']);
    assert.equal(realm.counts.registrations, 0);
  });

  it('refuses patterns with components that may not be empty (row 109)', () => {
    const callee = sit();
    for (const [uri, match, taken] of [
      ['com..x', 'exact', false],
      ['com.', 'exact', false],
      ['com.x.', 'prefix', true],
      ['', 'prefix', true],
      ['com..x', 'prefix', false],
      ['com..x.', 'wildcard', true],
      ['com.#.x', 'wildcard', false],
      ['com. .x', 'wildcard', false],
    ] as const) {
      register(callee, uri, { match });
      assert.equal(typeof answer(callee) === 'number', taken, `${match} '${uri}'`);
    }
  });

  it('never gives to a pattern what is below wamp., nor the procedure of an authenticator (rows 86, 87, K27)', () => {
    realm.reserved.reserve('com.app.authenticate', 'backend');
    const [caller, thief] = [sit(), sit()];
    for (const [uri, match] of [
      ['', 'prefix'],
      ['wam', 'prefix'],
      ['com.app.authenticate', 'prefix'],
      ['.session.count', 'wildcard'],
      ['..', 'wildcard'],
    ] as const) {
      register(thief, uri, { match });
      assert.equal(typeof answer(thief), 'number', uri);
    }
    register(thief, 'wamp.x', { match: 'prefix' });
    assert.equal(answer(thief), 'wamp.error.invalid_uri');
    for (const procedure of ['wamp.session.count', 'wamp.made.up', 'com.app.authenticate']) {
      assert.deepEqual(called(caller, procedure, [thief]), [], procedure);
      assert.equal(caller.peer.take().at(-1)?.text, 'wamp.error.no_such_procedure');
    }
    assert.deepEqual(called(caller, 'com.app.other', [thief]), [0]);
  });

  it('takes no more shapes of wildcard patterns than can be matched quickly (row 102)', () => {
    const callee = sit();
    const shapes = [...new Array(300).keys()].map((at) =>
      [...at.toString(2).padStart(10, '0')].map((bit) => (bit === '1' ? '' : 'x')).join('.'),
    );
    for (const shape of shapes) register(callee, shape, { match: 'wildcard' });
    const sent = callee.peer.take();
    assert.equal(sent.filter(({ name }) => name === 'REGISTERED').length, 256);
    assert.equal(sent.at(-1)?.text, 'wamp.error.not_authorized');
    register(callee, (shapes[0] ?? '').replaceAll('x', 'y'), { match: 'wildcard' });
    assert.equal(typeof answer(callee), 'number', 'of a shape that is there, there may be more');
    for (const text of shapes) does(callee, Msg.SUBSCRIBE, { first: 1, text, dict: { match: 'wildcard' } });
    assert.equal(names(callee).filter((name) => name === 'SUBSCRIBED').length, 256, 'the same for subscriptions');
  });
});

describe('shared registration', () => {
  function share(invoke: string, count: number): [caller: Seat, callees: Seat[]] {
    const callees = [...new Array(count)].map(() => sit());
    for (const callee of callees) register(callee, 'com.p', { invoke });
    return [sit(), callees];
  }

  it('gives all callees of a URI and policy the same id', () => {
    const [, callees] = share('roundrobin', 3);
    assert.equal(new Set(callees.map(answer)).size, 1);
    assert.equal(realm.counts.registrations, 1);
  });

  it('calls the first, the last, or one after the other in the order of registration', () => {
    for (const [invoke, expected] of [
      ['first', [0, 0, 0, 0]],
      ['last', [2, 2, 2, 2]],
      ['roundrobin', [0, 1, 2, 0]],
    ] as const) {
      newRealm();
      const [caller, callees] = share(invoke, 3);
      assert.deepEqual(
        [1, 2, 3, 4].flatMap(() => called(caller, 'com.p', callees)),
        expected,
        invoke,
      );
    }
  });

  it('calls any of them at random', () => {
    const [caller, callees] = share('random', 3);
    const counts = [0, 0, 0];
    for (let time = 0; time < 30; time++) {
      for (const at of called(caller, 'com.p', callees)) counts[at] = (counts[at] ?? 0) + 1;
    }
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      30,
    );
    assert(
      counts.every((count) => count > 0),
      `${counts}`,
    );
  });

  it('goes on round-robin where it was when one leaves', () => {
    const [caller, callees] = share('roundrobin', 4);
    assert.deepEqual([called(caller, 'com.p', callees), called(caller, 'com.p', callees)], [[0], [1]]);
    realm.leave((callees[0] as Seat).member);
    assert.deepEqual([called(caller, 'com.p', callees), called(caller, 'com.p', callees)], [[2], [3]]);
    assert.deepEqual([called(caller, 'com.p', callees), called(caller, 'com.p', callees)], [[1], [2]]);
  });

  it('goes on round-robin with who comes after calls to the only one', () => {
    const [caller, callees] = share('roundrobin', 1);
    assert.deepEqual(called(caller, 'com.p', callees), [0]);
    const other = sit();
    register(other, 'com.p', { invoke: 'roundrobin' });
    callees.push(other);
    assert.deepEqual([called(caller, 'com.p', callees), called(caller, 'com.p', callees)], [[1], [0]]);
  });

  it('calls the stand-by when the first is gone', () => {
    const [caller, callees] = share('first', 2);
    realm.leave((callees[0] as Seat).member);
    assert.deepEqual(called(caller, 'com.p', callees), [1]);
  });

  it('refuses who wants another policy, and anybody beside a single callee (row 87)', () => {
    const other = sit();
    share('first', 1);
    for (const invoke of ['last', 'single', undefined]) {
      register(other, 'com.p', invoke === undefined ? {} : { invoke });
      const [error] = other.peer.take();
      assert.equal(error?.text, 'wamp.error.procedure_exists_with_different_invocation_policy');
      const text = `register for already registered procedure 'com.p' with conflicting invocation policy (has first and ${invoke ?? 'single'} was requested)`;
      assert.deepEqual(error?.payload, [[text]]);
    }
    register(other, 'com.single');
    other.peer.take();
    register(sit(), 'com.single');
    for (const dict of [{}, { invoke: 'first' }]) {
      register(other, 'com.single', dict);
      assert.equal(answer(other), 'wamp.error.procedure_already_exists');
    }
  });

  it('answers a session that shares it already with the same id; one UNREGISTER takes it off', () => {
    const [, callees] = share('first', 2);
    const [one] = callees as [Seat];
    const id = answer(one);
    register(one, 'com.p', { invoke: 'first' });
    assert.equal(answer(one), id);
    does(one, Msg.UNREGISTER, { first: 1, second: Number(id) });
    does(one, Msg.UNREGISTER, { first: 2, second: Number(id) });
    assert.deepEqual(
      one.peer.take().map(({ name, text }) => text ?? name),
      ['UNREGISTERED', 'wamp.error.no_such_registration'],
    );
    assert.equal(realm.counts.registrations, 1);
  });

  it('[row 131] lets nobody of another role share the procedure of an authenticator (K27)', () => {
    realm.reserved.reserve('com.auth', null);
    const [holder, same, other] = [sit(OPEN), sit(OPEN), sit(DISCLOSING)];
    for (const seat of [holder, same, other]) register(seat, 'com.auth', { invoke: 'roundrobin' });
    assert.deepEqual([typeof answer(holder), typeof answer(same)], ['number', 'number']);
    assert.equal(answer(other), 'wamp.error.not_authorized');
    register(other, 'com.auth', { invoke: 'roundrobin', force_reregister: true });
    assert.equal(answer(other), 'wamp.error.not_authorized');
  });

  it('is for each role that some part of the configuration names with it', () => {
    realm.reserved.reserve('com.auth', null);
    realm.reserved.reserve('com.auth', String(OPEN.name));
    realm.reserved.reserve('com.auth', 'backend');
    const [other, named] = [sit(DISCLOSING), sit(OPEN)];
    register(other, 'com.auth');
    assert.equal(answer(other), 'wamp.error.not_authorized');
    register(named, 'com.auth');
    assert.equal(typeof answer(named), 'number');
  });

  it('keeps no client from it where the authenticator is called by `trusted`, as Crossbar lets one say', () => {
    realm.reserved.reserve('com.auth', 'trusted');
    const callee = sit(OPEN);
    register(callee, 'com.auth');
    assert.equal(typeof answer(callee), 'number');
  });
});

describe('the end of a registration', () => {
  it('is forced on all callees at once, and told to those that understand it (row 87)', () => {
    const callees = [sit(OPEN, REVOCABLE), sit(), sit(OPEN, REVOCABLE)];
    const other = sit();
    for (const callee of callees) register(callee, 'com.p', { invoke: 'first' });
    const ids = callees.map(answer);
    register(other, 'com.p');
    assert.equal(answer(other), 'wamp.error.procedure_exists_with_different_invocation_policy');
    register(other, 'com.p', { force_reregister: true });
    assert.notEqual(answer(other), ids[0]);
    const told = { registration: ids[0], reason: 'wamp.error.unregistered' };
    assert.deepEqual(
      callees.map((callee) => callee.peer.take().map(({ name, first, dict }) => [name, first, dict])),
      [[['UNREGISTERED', 0, told]], [], [['UNREGISTERED', 0, told]]],
    );
    assert(callees.every(({ member }) => member.registrations.size === 0));
    assert.equal(realm.counts.registrations, 1);
  });

  it('is no matter of force for who may not register at all', () => {
    const [holder, other] = [sit(OPEN, REVOCABLE), sit(CLOSED)];
    register(holder, 'com.p');
    holder.peer.take();
    register(other, 'com.p', { force_reregister: true });
    assert.equal(answer(other), 'wamp.error.not_authorized');
    assert.deepEqual(names(holder), []);
  });
});
