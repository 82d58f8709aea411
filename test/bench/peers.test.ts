import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doors } from '../../bench/doors.ts';
import { givenTarget } from '../../bench/given-target.ts';
import { urlsOf } from '../../bench/own-router.ts';
import { inability } from '../../bench/peer-target.ts';
import { PEER_NAMES, PEERS } from '../../bench/peers.ts';
import { SCENARIOS } from '../../bench/scenarios.ts';

function scenario(id: string): (typeof SCENARIOS)[number] {
  return SCENARIOS.find((one) => one.id === id) ?? assert.fail(id);
}

test('what a peer cannot do has a reason, and what it can do has a door', () => {
  assert.equal(inability(PEERS.nexus, scenario('calls-16x16-mixed')), null);
  assert.equal(inability(PEERS.nexus, scenario('logins-dynamic')), 'has no dynamic authenticators');
  assert.equal(inability(PEERS.crossbar, scenario('logins-dynamic')), null);
  assert.equal(inability(PEERS['fox-wamp'], scenario('calls-16x16')), 'speaks json alone');
  assert.equal(inability(PEERS['fox-wamp'], scenario('calls-16x16-rawsocket')), 'has no RawSocket');
  for (const name of PEER_NAMES) {
    const peer = PEERS[name];
    const { urls, command, cleanUp } = peer.launch(4711, 4712);
    cleanUp();
    assert.ok(command.file !== '' && peer.install.length > 0, name);
    for (const one of SCENARIOS) {
      if (one.kind === 'calls' && one.base !== null) continue;
      const able = inability(peer, one) === null;
      if (able) assert.deepEqual([one.id, one.doors.filter((door) => urls[door] === null)], [one.id, []], name);
    }
  }
});

test('a given router is measured through the doors that it was given with', () => {
  const given = givenTarget(doors({ websocket: 'ws://a/ws', dynamic: 'ws://a/dynamic' }), [1]);
  assert.equal(given.cannot(scenario('calls-64x1')), null);
  assert.equal(given.cannot(scenario('calls-64x1-rawsocket')), 'no --url for rawsocket');
  assert.equal(given.cannot(scenario('calls-16x16-rules')), 'no --rules-url');
  assert.equal(given.cannot(scenario('logins-dynamic')), 'no --ticket-url');
  assert.match(given.cannot(scenario('start-up')) ?? '', /not the bench that starts/);
});

test('our own doors are told apart by their paths', () => {
  const addresses = ['ws://h:1/authorizer', 'ws://h:1/rules', 'rs://h:2', 'ws://h:1/ws', 'ws://h:1/ticket'];
  assert.deepEqual(
    urlsOf(addresses),
    doors({
      websocket: 'ws://h:1/ws',
      rawsocket: 'rs://h:2',
      ticket: 'ws://h:1/ticket',
      rules: 'ws://h:1/rules',
      authorizer: 'ws://h:1/authorizer',
    }),
  );
});
