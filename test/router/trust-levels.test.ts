import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TRUSTED } from '../../src/router/role.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { CLOSED, does, newRealm, OPEN, realm, register, sit } from './realm-fixture.ts';

function announces(): boolean[] {
  const { broker, dealer } = realm.announced.value as Record<string, { features: Record<string, unknown> }>;
  return [broker?.features['publication_trustlevels'] === true, dealer?.features['call_trustlevels'] === true];
}

describe('trust levels', () => {
  it('are told with each call and each event, as soon as one role has one', () => {
    const expert = { ...OPEN, name: 'expert', trustlevel: 3 };
    newRealm({ roles: [OPEN, expert, { ...CLOSED, trustlevel: 7 }] });
    const [receiver, seats] = [sit(), [sit(expert), sit(OPEN), sit(TRUSTED)]];
    register(receiver, 'com.p');
    does(receiver, Msg.SUBSCRIBE, { first: 1, text: 'com.topic' });
    receiver.peer.take();
    for (const seat of seats) {
      does(seat, Msg.CALL, { first: 1, text: 'com.p' });
      does(seat, Msg.PUBLISH, { first: 2, text: 'com.topic' });
    }
    const told = receiver.peer.take().map(({ name, dict }) => [name, dict['trustlevel']]);
    const levels = [3, 0, 7];
    assert.deepEqual(
      told,
      levels.flatMap((level) => [
        ['INVOCATION', level],
        ['EVENT', level],
      ]),
    );
    assert.deepEqual(announces(), [true, true]);
  });

  it('are told and announced nowhere where no role has one', () => {
    newRealm();
    const [receiver, caller] = [sit(), sit(TRUSTED)];
    register(receiver, 'com.p');
    receiver.peer.take();
    does(caller, Msg.CALL, { first: 1, text: 'com.p' });
    assert.deepEqual(
      receiver.peer.take().map(({ dict }) => 'trustlevel' in dict),
      [false],
    );
    assert.deepEqual(announces(), [false, false]);
  });
});
