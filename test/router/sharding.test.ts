import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Msg } from '../../src/wamp/messages.ts';
import { does, newRealm, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

describe('calls that ask for shards', () => {
  for (const [dict, expected] of [
    [{ runmode: 'partition' }, 'wamp.error.invalid_argument'],
    [{ runmode: 'partition', rkey: 'sn239019' }, 'wamp.error.feature_not_supported'],
    [{ runmode: 'all' }, 'wamp.error.feature_not_supported'],
  ] as const) {
    it(`${JSON.stringify(dict)} is refused: no one callee is right`, () => {
      const [callee, caller] = [sit(), sit()];
      does(callee, Msg.REGISTER, { first: 1, text: 'com.example.query' });
      callee.peer.take();
      does(caller, Msg.CALL, { first: 1, text: 'com.example.query', dict });
      assert.deepEqual(
        caller.peer.take().map(({ name, text }) => [name, text]),
        [['ERROR', expected]],
      );
      assert.deepEqual(callee.peer.take(), []);
    });
  }

  it('are calls as any other where they only name their resource', () => {
    const [callee, caller] = [sit(), sit()];
    does(callee, Msg.REGISTER, { first: 1, text: 'com.example.query' });
    callee.peer.take();
    does(caller, Msg.CALL, { first: 1, text: 'com.example.query', dict: { rkey: 'sn239019' } });
    assert.deepEqual(
      callee.peer.take().map(({ name }) => name),
      ['INVOCATION'],
    );
  });
});
