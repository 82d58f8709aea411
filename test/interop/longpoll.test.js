/**
 * Autobahn|JS over HTTP long-poll in Node.js, as in a browser (`longpoll-page.test.js`). With the other clients it is tried
 * in `routing.test.js`, `rpc.test.js`, `pubsub.test.js` and others, by all its authmethods in `methods.test.js`.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { autobahn } from './clients/autobahn-js.js';
import { ROUND, roundArguments, roundTrip, startLongPollNode } from './longpoll-round.js';
import { freePorts } from './node.js';

describe('Autobahn|JS over long-poll in Node.js', () => {
  let node;
  let port;

  before(async () => {
    [port] = await freePorts(1);
    node = await startLongPollNode([{ port, options: { request_timeout: 1 } }], { type: 'nodeinfo' });
  });

  after(() => node.stop());

  const goRound = (login) => roundTrip(roundArguments(port, login), autobahn);

  test('by ticket', async () => {
    assert.deepEqual(await goRound({}), ROUND);
  });

  test('by WAMP-CRA', async () => {
    assert.deepEqual(await goRound({ authmethod: 'wampcra' }), ROUND);
  });

  test('is told why it is kept out', async () => {
    for (const login of [{ secret: 'wrong' }, { authid: 'nobody' }, { authmethod: 'wampcra', secret: 'wrong' }]) {
      assert.deepEqual(await goRound(login), { closed: 'closed', reason: 'wamp.error.not_authorized' });
    }
  });

  test('is told that nobody is there', async () => {
    const [free] = await freePorts(1);
    assert.deepEqual(await roundTrip(roundArguments(free), autobahn), { closed: 'unreachable' });
  });
});
