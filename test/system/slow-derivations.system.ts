/** Passwords that take long to derive a key from, and the clients that have nothing to do with them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRouter, type EmbeddedRouter } from '../../src/index.ts';
import { connectPeer, type Peer } from './raw-peer.ts';

/** As many as may be asked for: a third of a second, or more. */
const ITERATIONS = 1_000_000;

let router: EmbeddedRouter;

before(async () => {
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
  const create = { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-realm': 'realm-auth' };
  const auth = { wampcra: create, anonymous: { type: 'static', role: 'user' } };
  const permissions = [{ uri: 'com.example.', match: 'prefix', allow: { subscribe: true } }];
  router = await createRouter({
    realms: [
      { name: 'realm1', roles: [{ name: 'user', permissions }] },
      { name: 'realm-auth', roles: [] },
    ],
    transports: [{ type: 'websocket', endpoint, auth, options: { max_failed_logins: 0 } }],
  });
  const authenticator = await router.join({ realm: 'realm-auth' });
  await authenticator.register('com.example.authenticate', ([, authid]) => {
    return { role: 'user', secret: `secret of ${authid}`, salt: 'salt', iterations: ITERATIONS, keylen: 32 };
  });
});

after(() => router.close());

async function hello(authmethod: string, authid: string): Promise<Peer> {
  const peer = await connectPeer({ type: 'websocket', port: router.ports[0] ?? 0 });
  peer.say(1, 'realm1', { roles: { subscriber: {} }, authmethods: [authmethod], authid });
  return peer;
}

/** A login whose answer is wrong, which takes a derivation to find out. */
async function answering(authid: string): Promise<Peer> {
  const peer = await hello('wampcra', authid);
  assert.equal((await peer.hear())?.[0], 4);
  peer.say(5, 'd3Jvbmc=', {});
  return peer;
}

describe('[row 42] keys of WAMP-CRA that take long to derive', { timeout: 60_000 }, () => {
  it('hold up neither those who are in nor those who come, and are given up for those who leave', async () => {
    const inside = await hello('anonymous', 'inside');
    assert.equal((await inside.hear())?.[0], 2);
    const ended: string[] = [];
    // Two are derived at a time; the others wait.
    const slow = await Promise.all(['first', 'second', 'third', 'fourth'].map(answering));
    const answers = slow.map(async (peer, at) => {
      const word = await peer.hear();
      ended.push(`${at}: ${word?.[2]}`);
    });
    for (let request = 1; request <= 50; request++) {
      inside.say(32, request, {}, `com.example.topic${request}`);
      assert.equal((await inside.hear())?.[0], 33);
    }
    for (let client = 0; client < 5; client++) {
      const peer = await hello('anonymous', 'guest');
      assert.equal((await peer.hear())?.[0], 2);
      peer.cut();
    }
    assert.deepEqual(ended, [], 'all that went on while nothing was derived yet');
    for (const peer of slow.slice(2)) peer.cut();
    await Promise.all(answers);
    assert.deepEqual(ended.toSorted(), [
      '0: wamp.error.not_authorized',
      '1: wamp.error.not_authorized',
      '2: undefined',
      '3: undefined',
    ]);
    inside.cut();
  });
});
