import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Member } from '../../src/router/member.ts';
import { Registrations } from '../../src/router/registrations.ts';
import { ReservedProcedures } from '../../src/router/reserved-procedures.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { message, RecordingPeer } from '../support/recording-peer.ts';
import { countingIds } from '../support/seeded-ids.ts';
import { OPEN } from './realm-fixture.ts';

let registrations: Registrations;
/** What was told of registrations: event, session, registration. */
let told: [string, number, number][];
let sessions = 0;

beforeEach(() => {
  told = [];
  registrations = new Registrations({
    ids: countingIds(),
    clock: new FakeClock(),
    reserved: new ReservedProcedures(),
    callQueues: [],
    onChange: () => {},
  });
  const tell =
    (event: string) =>
    ({ peer }: Member, { id }: { id: number }) =>
      void told.push([event, peer.session, id]);
  registrations.events = {
    created: tell('created'),
    added: tell('added'),
    removed: tell('removed'),
    deleted: tell('deleted'),
  };
});

function sit(features: readonly string[] = ['callee.registration_revocation']): {
  peer: RecordingPeer;
  member: Member;
} {
  const peer = new RecordingPeer(++sessions, OPEN, { features });
  return { peer, member: new Member(peer) };
}

/** Registers; returns the id. */
function register({ member, peer }: ReturnType<typeof sit>, text: string, dict = {}): number {
  registrations.register(member, message(Msg.REGISTER, { first: 1, text, dict }), text);
  return peer.take().at(-1)?.second ?? 0;
}

describe('registrations, as the meta API sees them', () => {
  it('can be looked up by id, by URI and policy, by what a call would match, and listed', () => {
    const one = sit();
    const exact = register(one, 'com.app.get');
    const prefix = register(one, 'com.app', { match: 'prefix', invoke: 'roundrobin' });
    const registration = registrations.get(prefix);
    assert.equal(registrations.lookUp('prefix', 'com.app'), registration);
    assert.equal(registrations.lookUp('exact', 'com.app'), undefined);
    assert.equal(registrations.resolve('com.app.put'), registration);
    assert.equal(registrations.resolve('com.app.get')?.id, exact);
    assert.deepEqual(
      [...registrations.list('exact'), ...registrations.list('wildcard')].map(({ id }) => id),
      [exact],
    );
    const { uri, match, invoke, created, callees } = registration ?? assert.fail();
    assert.deepEqual([uri, match, invoke], ['com.app', 'prefix', 'roundrobin']);
    assert.equal(created.toISOString(), '2026-01-01T00:00:00.000Z');
    assert.deepEqual(
      callees.map(({ member }) => member),
      [one.member],
    );
  });

  it('are told of in order: created, added; removed, deleted', () => {
    const [one, other] = [sit(), sit()];
    const id = register(one, 'com.p', { invoke: 'first' });
    register(other, 'com.p', { invoke: 'first' });
    register(other, 'com.p', { invoke: 'first' });
    registrations.unregister(one.member, message(Msg.UNREGISTER, { first: 2, second: id }));
    registrations.leave(other.member);
    const [first, second] = [one.peer.session, other.peer.session];
    assert.deepEqual(told, [
      ['created', first, id],
      ['added', first, id],
      ['added', second, id],
      ['removed', first, id],
      ['removed', second, id],
      ['deleted', second, id],
    ]);
  });

  it('are not told of where the callee is gone before it is answered', () => {
    const one = sit();
    one.peer.onSent = () => registrations.leave(one.member);
    register(one, 'com.p');
    assert.deepEqual(told, []);
    assert.equal(registrations.size, 0);
  });
});

describe('registration revocation', () => {
  it('takes one callee off, and tells it with the reason', () => {
    const [one, other] = [sit(), sit()];
    const id = register(one, 'com.p', { invoke: 'first' });
    register(other, 'com.p', { invoke: 'first' });
    assert.equal(registrations.removeCallee(id, one.peer.session, 'moved'), true);
    assert.deepEqual(
      one.peer.take().map(({ name, first, dict }) => [name, first, dict]),
      [['UNREGISTERED', 0, { registration: id, reason: 'moved' }]],
    );
    assert.deepEqual(other.peer.take(), []);
    assert.deepEqual(told.at(-1), ['removed', one.peer.session, id]);
    assert.equal(registrations.removeCallee(id, other.peer.session, null), true);
    assert.deepEqual({ ...other.peer.take()[0]?.dict }, { registration: id });
    assert.deepEqual(told.at(-1), ['deleted', other.peer.session, id]);
    assert.equal(registrations.size, 0);
  });

  it('tells nothing to a callee that would not understand it', () => {
    const one = sit([]);
    const id = register(one, 'com.p');
    assert.equal(registrations.removeCallee(id, one.peer.session, null), true);
    assert.deepEqual(one.peer.take(), []);
    assert.equal(one.member.registrations.size, 0);
  });

  it('knows no registration, and no callee, that is not there', () => {
    const [one, other] = [sit(), sit()];
    const id = register(one, 'com.p');
    assert.equal(registrations.removeCallee(id, other.peer.session, null), false);
    assert.equal(registrations.removeCallee(id + 1, one.peer.session, null), false);
    assert.equal(registrations.size, 1);
  });
});
