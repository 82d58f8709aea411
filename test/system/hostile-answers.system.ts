/** What clients show for a proof, over real sockets: answers of former logins, odd tickets, and what only proxies may say. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Dict } from '../../src/wamp/dict.ts';
import { PROOFS } from '../auth/proofs.ts';
import type { WireMessage } from '../support/scripted-peer.ts';
import {
  assertTooLong,
  assertViolation,
  CARRIERS,
  type Door,
  DoorsBench,
  helloBy,
  refusal,
  TICKET,
} from './doors-bench.ts';
import type { Peer } from './raw-peer.ts';

const bench = new DoorsBench();

before(() => bench.start());

afterEach(() => bench.clear());

after(() => bench.stop());

const CHALLENGED = ['wampcra', 'cryptosign', 'scram'] as const;
type Challenged = (typeof CHALLENGED)[number];

const NOT_AGAIN: { readonly [Name in Challenged]: string } = {
  wampcra: 'WAMP-CRA client signature is invalid',
  cryptosign: 'signed message is not the challenge',
  scram: 'SCRAM authentication failed',
};

/** What a challenge is told apart by, and how many bytes of chance are in it at least. */
const CHANCE: { readonly [Name in Challenged]: (extra: Dict) => Uint8Array } = {
  wampcra: ({ challenge }) => Buffer.from(String(JSON.parse(String(challenge)).nonce)),
  cryptosign: ({ challenge }) => Buffer.from(String(challenge), 'hex'),
  // The first half is the client's.
  scram: ({ nonce }) => Buffer.from(String(nonce), 'base64').subarray(16),
};

/** @returns CHALLENGE.Extra */
async function challenged(peer: Peer, method: Challenged): Promise<Dict> {
  peer.say(...helloBy([method], { authextra: PROOFS[method].authextra }));
  const word = await peer.hear();
  assert.deepEqual([word?.[0], word?.[1]], [4, method], JSON.stringify(word));
  return word?.[2] as Dict;
}

/** A login that succeeds, as somebody would record it who reads along. */
async function recorded(peer: Peer, method: Challenged): Promise<{ extra: Dict; answer: WireMessage }> {
  const extra = await challenged(peer, method);
  const answer = [5, PROOFS[method].answer(extra), {}] as const;
  peer.say(...answer);
  assert.equal((await peer.hear())?.[0], 2);
  return { extra, answer };
}

async function assertRefused(peer: Peer, message: string): Promise<void> {
  assert.deepEqual(await refusal(peer), { uri: 'wamp.error.not_authorized', message });
}

for (const carrier of CARRIERS) {
  describe(`[row 39] an answer that was recorded, over ${carrier}`, () => {
    for (const method of CHALLENGED) {
      it(`${method}: is worth nothing on another connection, while the first is there and when it has gone`, async () => {
        const first = await bench.connect(carrier);
        const { extra, answer } = await recorded(first, method);
        const seen = [CHANCE[method](extra)];
        for (const leaves of [true, false]) {
          const second = await bench.connect(carrier);
          seen.push(CHANCE[method](await challenged(second, method)));
          second.say(...answer);
          await assertRefused(second, NOT_AGAIN[method]);
          if (leaves) first.cut();
        }
        assert.ok(seen.every((bytes) => bytes.length >= 16));
        assert.equal(new Set(seen.map(String)).size, seen.length);
      });

      it(`${method}: is worth nothing on the same connection, after GOODBYE`, async () => {
        const peer = await bench.connect(carrier);
        const { answer } = await recorded(peer, method);
        peer.say(6, {}, 'wamp.close.normal');
        assert.equal((await peer.hear())?.[0], 6);
        await challenged(peer, method);
        peer.say(...answer);
        await assertRefused(peer, NOT_AGAIN[method]);
      });

      it(`${method}: is worth nothing over the other transport`, async () => {
        const { answer } = await recorded(await bench.connect(carrier), method);
        const other = await bench.connect(carrier === 'websocket' ? 'rawsocket' : 'websocket');
        await challenged(other, method);
        other.say(...answer);
        await assertRefused(other, NOT_AGAIN[method]);
      });
    }
  });

  /** A login by ticket, up to its answer. */
  const showing = async (ticket: unknown, door: Door = 'table', ...more: readonly unknown[]): Promise<Peer> => {
    const peer = await bench.connect(carrier, door);
    peer.say(...helloBy(['ticket']));
    assert.deepEqual(await peer.hear(), [4, 'ticket', {}]);
    peer.say(5, ticket, {}, ...more);
    return peer;
  };

  describe(`[row 51] an odd ticket over ${carrier}`, () => {
    it('that is text lets nobody in', async () => {
      const odd = [
        '',
        ' ',
        '\0',
        `${TICKET}\0`,
        `\0${TICKET}`,
        `${TICKET.slice(0, 4)}\0${TICKET.slice(4)}`,
        `${TICKET}\n`,
        TICKET.toUpperCase(),
        TICKET.slice(1),
        TICKET.repeat(2),
        'x'.repeat(60_000),
        'null',
        '[object Object]',
      ];
      for (const ticket of odd) {
        await assertRefused(await showing(ticket), 'ticket in static WAMP-Ticket authentication is invalid');
      }
      const right = await showing(TICKET);
      assert.equal((await right.hear())?.[0], 2);
    });

    it('that is none is a protocol violation', async () => {
      for (const ticket of [null, 7, 0, true, [TICKET], { ticket: TICKET }, [], {}]) {
        await assertViolation(await showing(ticket), carrier);
      }
      const peer = await bench.connect(carrier);
      peer.say(...helloBy(['ticket']));
      assert.equal((await peer.hear())?.[0], 4);
      peer.say(5);
      await assertViolation(peer, carrier);
      await assertViolation(await showing(TICKET, 'table', 'more'), carrier);
    });

    it('of 16 MB is not read', async () => {
      await assertTooLong(await showing('x'.repeat(16_000_000)), carrier);
    });

    it('that is empty is told to no authenticator', async () => {
      await assertRefused(await showing('', 'authenticator'), 'the ticket is empty');
      assert.equal(bench.calls.length, 0);
    });
  });

  describe(`[row 56] what only proxies may say, over ${carrier}`, () => {
    const FORGED = {
      proxy_realm: 'realm-auth',
      proxy_authid: 'admin',
      proxy_authrole: 'trusted',
      proxy_authextra: { transport: { peer: 'tcp4:10.0.0.1:1' } },
      transport: { peer: 'tcp4:10.0.0.1:1', http_headers_received: {} },
      x_cb_peer: 'tcp4:10.0.0.1:1',
      x_cb_node: 'forged',
      x_cb_worker: 'forged',
      x_cb_pid: 1,
    };
    const PEER = /^tcp4:127\.0\.0\.1:\d+$/;

    it('the authmethods are not there', async () => {
      for (const method of ['anonymous-proxy', 'cryptosign-proxy']) {
        for (const door of ['table', 'authenticator'] as const) {
          const peer = await bench.connect(carrier, door);
          peer.say(...helloBy([method], { authextra: { ...FORGED, ...PROOFS.cryptosign.authextra } }));
          assert.deepEqual(await refusal(peer), {
            uri: 'wamp.error.no_auth_method',
            message: `cannot authenticate [2] using any of the offered authmethods ['${method}']`,
          });
        }
      }
      assert.equal(bench.calls.length, 0);
    });

    it('the keys are dropped: the client is who it has proved to be, and comes from where it comes', async () => {
      const peer = await bench.connect(carrier);
      peer.say(...helloBy(['anonymous-proxy', 'ticket'], { authextra: { ...FORGED, mine: 1 } }));
      assert.equal((await peer.hear())?.[1], 'ticket');
      peer.say(5, TICKET, {});
      const welcome = (await peer.hear()) ?? [];
      const [, session, details] = welcome as [number, number, Dict];
      const { realm, authid, authrole, authextra } = details;
      assert.deepEqual([realm, authid, authrole], ['realm1', 'user1', 'user']);
      const { x_cb_peer: from, ...rest } = authextra as Dict;
      assert.match(String(from), PEER);
      assert.deepEqual(Object.keys(rest).toSorted(), ['mine', 'x_cb_node', 'x_cb_pid', 'x_cb_worker']);
      assert.doesNotMatch(JSON.stringify(welcome), /forged|10\.0\.0\.1|admin/);
      peer.say(48, 1, {}, 'wamp.session.get', [session]);
      const result = await peer.hear();
      assert.equal(result?.[0], 50, JSON.stringify(result));
      assert.doesNotMatch(JSON.stringify(result), /forged|10\.0\.0\.1|admin/);
    });

    it('an authenticator is told none of it', async () => {
      const peer = await bench.connect(carrier, 'authenticator');
      const called = bench.called();
      peer.say(...helloBy(['anonymous'], { authextra: { ...FORGED, mine: 1 } }));
      const [, , details] = await called;
      const { authextra, transport } = details as { authextra: Dict; transport: Dict };
      assert.deepEqual(Object.entries(authextra), [['mine', 1]]);
      assert.match(String(transport['peer']), PEER);
      assert.doesNotMatch(JSON.stringify(details), /forged|10\.0\.0\.1|admin/);
    });
  });
}
