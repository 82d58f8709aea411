import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Msg } from '../../src/wamp/messages.ts';
import { does, names, newRealm, OPEN, register, type Seat, sit } from './realm-fixture.ts';

beforeEach(() => newRealm());

describe('call canceling', () => {
  function cancelled(mode: string | undefined, features: readonly string[]): { caller: Seat; callee: Seat } {
    const [caller, callee] = [sit(), sit(OPEN, { features })];
    const procedure = `com.p${callee.peer.session}`;
    register(callee, procedure);
    does(caller, Msg.CALL, { first: 1, text: procedure });
    callee.peer.take();
    does(caller, Msg.CANCEL, { first: 1, dict: mode === undefined ? {} : { mode } });
    return { caller, callee };
  }
  const able = ['callee.call_canceling'];

  it('killnowait, and no mode: interrupts, and answers the caller at once', () => {
    for (const mode of ['killnowait', undefined]) {
      const { caller, callee } = cancelled(mode, able);
      assert.deepEqual({ ...callee.peer.take()[0]?.dict }, { mode: 'killnowait' });
      assert.equal(caller.peer.take()[0]?.text, 'wamp.error.canceled');
      does(callee, Msg.YIELD, { first: 1 });
      assert.deepEqual(names(caller), []);
    }
  });

  it('kill: answers the caller when the callee has answered: with its result if it finished first', () => {
    for (const answer of [Msg.YIELD, Msg.ERROR]) {
      const { caller, callee } = cancelled('kill', able);
      assert.deepEqual({ ...callee.peer.take()[0]?.dict }, { mode: 'kill' });
      assert.deepEqual(names(caller), []);
      if (answer === Msg.YIELD) does(callee, Msg.YIELD, { first: 1, args: ['late'] });
      else does(callee, Msg.ERROR, { first: Msg.INVOCATION, second: 1, text: 'com.stopped' });
      const [said, ...more] = caller.peer.take();
      assert.deepEqual(more, []);
      if (answer === Msg.YIELD) assert.deepEqual([said?.name, said?.payload], ['RESULT', [['late']]]);
      else assert.deepEqual([said?.name, said?.text], ['ERROR', 'wamp.error.canceled']);
      assert.equal(caller.member.calls.size + callee.member.invocations.size, 0);
    }
  });

  it('skip, and a callee that cannot be interrupted: leaves it alone, and answers the caller at once', () => {
    for (const [mode, features] of [
      ['skip', able],
      ['kill', []],
      ['killnowait', []],
    ] as const) {
      const { caller, callee } = cancelled(mode, features);
      assert.deepEqual(names(callee), []);
      assert.equal(caller.peer.take()[0]?.text, 'wamp.error.canceled');
    }
  });

  it('of an unknown call, or twice, is ignored', () => {
    const { caller, callee } = cancelled('kill', able);
    callee.peer.take();
    for (const first of [1, 9]) does(caller, Msg.CANCEL, { first });
    assert.deepEqual([...names(caller), ...names(callee)], []);
  });
});
