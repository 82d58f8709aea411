import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallHandler } from '../../src/client/registrations.ts';
import { settle } from '../support/scripted-peer.ts';
import { type Joined, joined } from './joined.ts';
import { wampError } from './wamp-error.ts';

async function registered(handler: CallHandler): Promise<Joined> {
  const made = await joined();
  const registering = made.session.register('com.example.p', handler);
  await made.router.expect('REGISTER');
  made.router.send([65, 1, 500]);
  await registering;
  return made;
}

describe('a call in parts, from its caller', () => {
  it('sends all parts under one request, the last one without progress', async () => {
    const { session, router } = await joined();
    const call = session.openCall('com.example.p', ['a'], { routerTimeout: 500 });
    assert.equal(call.send(['b'], { k: 1 }), true);
    const result = call.end();
    assert.deepEqual(await router.expect('CALL'), [1, { timeout: 500, progress: true }, 'com.example.p', ['a']]);
    assert.deepEqual(await router.expect('CALL'), [1, { progress: true }, 'com.example.p', ['b'], { k: 1 }]);
    assert.deepEqual(await router.expect('CALL'), [1, {}, 'com.example.p']);
    assert.equal(call.send(['late']), false);
    router.send([50, 1, {}, ['done']]);
    assert.deepEqual((await result).args, ['done']);
  });

  it('sends nothing more when it is over; its error is there when it is asked for', async () => {
    const { session, router } = await joined();
    const call = session.openCall('com.example.p', ['a']);
    await router.expect('CALL');
    router.send([8, 48, 1, {}, 'com.error', ['no']]);
    await settle();
    assert.equal(call.send(['b']), false);
    await assert.rejects(call.end(['c']), wampError('com.error', 'no'));
    assert.equal(router.unread, 0);
  });
});

describe('a call in parts, at its callee', () => {
  it('is a loop over the parts', async () => {
    const { router } = await registered(async ([first], _, { parts }) => {
      const all = [first];
      for await (const { args } of parts ?? []) all.push(args[0]);
      return all.join();
    });
    router.send([68, 1, 500, { progress: true }, ['a']], [68, 1, 500, { progress: true }, ['b']]);
    await settle();
    router.send([68, 1, 500, {}, ['c']]);
    assert.deepEqual(await router.expect('YIELD'), [1, {}, ['a,b,c']]);
  });

  it('has no parts where there is but one', async () => {
    const { router } = await registered((_args, _kwargs, { parts }) => parts === undefined);
    router.send([68, 1, 500, {}]);
    assert.deepEqual(await router.expect('YIELD'), [1, {}, [true]]);
  });

  it('may be answered before the last part: what comes late is ignored', async () => {
    const { router, session } = await registered(() => 'enough');
    router.send([68, 1, 500, { progress: true }]);
    await router.expect('YIELD');
    router.send([68, 1, 500, { progress: true }], [68, 1, 500, {}]);
    await settle();
    assert.equal(router.unread, 0);
    assert.equal(session.open, true);
    router.send([68, 1, 500, {}]);
    assert.deepEqual(await router.expect('YIELD'), [1, {}, ['enough']], 'a call of its own again');
  });

  it('ends the loop where it is interrupted', async () => {
    const { router } = await registered(async (_args, _kwargs, { parts }) => {
      for await (const _ of parts ?? []);
    });
    router.send([68, 1, 500, { progress: true }]);
    await settle();
    router.send([69, 1, { mode: 'kill' }]);
    assert.deepEqual((await router.expect('ERROR')).slice(0, 4), [68, 1, {}, 'wamp.error.canceled']);
  });

  it('is refused where more parts wait than may', async () => {
    const made = await joined({ maxInFlight: 2 });
    const registering = made.session.register('com.example.p', () => new Promise(() => {}));
    await made.router.expect('REGISTER');
    made.router.send([65, 1, 500]);
    await registering;
    for (let part = 0; part < 5; part++) made.router.send([68, 1, 500, { progress: part < 4 }]);
    const error = await made.router.expect('ERROR');
    assert.deepEqual(error.slice(0, 4), [68, 1, {}, 'crossbar.error.max_concurrency_reached']);
    await settle();
    assert.equal(made.session.load.invocations, 0);
    assert.equal(made.session.open, true);
  });

  it('has no part after the last one', async () => {
    const { router } = await registered(() => new Promise(() => {}));
    router.send([68, 1, 500, { progress: true }], [68, 1, 500, {}], [68, 1, 500, {}]);
    assert.equal((await router.expect('ABORT'))[1], 'wamp.error.protocol_violation');
  });
});
