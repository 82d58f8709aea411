/**
 * HELLO with everything in it that can be odd, over real sockets: nobody is let in by it, nobody waits, and nothing is told
 * of what there is.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { LIMITS } from '../../src/wamp/limits.ts';
import { PROOFS } from '../auth/proofs.ts';
import type { WireMessage } from '../support/scripted-peer.ts';
import {
  assertTooLong,
  assertViolation,
  CARRIERS,
  type Carrier,
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

/** HELLO by the door with tables. @returns the connection, on which it has been said */
async function hello(carrier: Carrier, ...message: WireMessage): Promise<Peer> {
  const peer = await bench.connect(carrier);
  peer.say(...message);
  return peer;
}

/** A list as long as one that still fits into a message before WELCOME, by the length of an item. */
function fitting(itemLength: number): number {
  return Math.floor((LIMITS.messageBeforeWelcome - 1_000) / itemLength);
}

for (const carrier of CARRIERS) {
  describe(`HELLO over ${carrier}`, { timeout: 30_000 }, () => {
    it('[row 30] for no realm, or none that there can be, is refused, whoever asks', async () => {
      const details = { roles: { caller: {} }, authmethods: ['ticket'], authid: 'user1' };
      for (const realm of [
        '',
        'com..x',
        'a b',
        'realm1\n',
        'realm1\u0000',
        '\u202erealm1',
        'realm#1',
        '.',
        'x'.repeat(1025),
      ]) {
        assert.deepEqual(await refusal(await hello(carrier, 1, realm, details)), {
          uri: 'wamp.error.invalid_uri',
          message: 'the realm asked for is not a valid URI',
        });
      }
      for (const message of [[1, details], [1], [1, 7, details], [1, ['realm1'], details], [1, {}, details]]) {
        await assertViolation(await hello(carrier, ...message), carrier);
      }
      await assertTooLong(await hello(carrier, 1, 'x'.repeat(1_000_000), details), carrier);
    });

    it('[row 30] for a realm that there is, with wrong credentials, reads as for one that there is not', async () => {
      for (const [method, answer] of [
        ['ticket', 'wrong'],
        ['wampcra', 'd3Jvbmc='],
        ['scram', Buffer.alloc(32).toString('base64')],
        ['cryptosign', '00'.repeat(96)],
      ] as const) {
        const { authextra } = PROOFS[method];
        const told: unknown[] = [];
        for (const realm of ['realm1', 'realm3', 'REALM1', 'realm1.more']) {
          for (const authid of ['user1', 'nobody']) {
            const peer = await hello(carrier, 1, realm, {
              roles: { caller: {} },
              authmethods: [method],
              authid,
              authextra,
            });
            assert.equal((await peer.hear())?.[0], 4);
            peer.say(5, answer, {});
            told.push(await refusal(peer));
          }
        }
        const [first] = told;
        assert.equal((first as { uri: string }).uri, 'wamp.error.not_authorized');
        for (const other of told) assert.deepEqual(other, first);
      }
    });

    it('[row 30] with a right answer, for a realm that is not there or not named: nobody is let in', async () => {
      for (const [realm, message] of [
        ['realm3', 'no realm "realm3" exists on this router'],
        ['REALM1', 'no realm "REALM1" exists on this router'],
        [null, 'no realm assigned'],
      ] as const) {
        const peer = await hello(carrier, 1, realm, {
          roles: { caller: {} },
          authmethods: ['ticket'],
          authid: 'user1',
        });
        assert.equal((await peer.hear())?.[0], 4);
        peer.say(5, TICKET, {});
        assert.deepEqual(await refusal(peer), { uri: 'wamp.error.no_such_realm', message });
      }
    });

    it('[row 30] for none, by a method that needs to know it first: users and others read the same', async () => {
      const details = { roles: { caller: {} }, authmethods: ['wampcra'] };
      for (const authid of ['user1', 'nobody']) {
        const told = await refusal(await hello(carrier, 1, null, { ...details, authid }));
        assert.deepEqual(told, { uri: 'wamp.error.no_such_realm', message: 'no realm assigned' }, authid);
      }
    });

    it('[row 31] without roles, or with junk for them, is a protocol violation', async () => {
      const junk: readonly unknown[] = [
        undefined,
        null,
        [],
        'caller',
        {},
        { caller: true },
        { caller: {}, router: {} },
        { caller: { features: [] } },
        JSON.parse('{"__proto__": {}}'),
      ];
      for (const roles of junk) {
        await assertViolation(await hello(carrier, ...helloBy(['ticket'], { roles })), carrier);
      }
    });

    it('[row 31] with features that nobody knows goes on; 100,000 of them are not read', async () => {
      const announcing = (count: number) => {
        const features = Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, true]));
        return hello(carrier, ...helloBy(['ticket'], { roles: { caller: { features } } }));
      };
      const peer = await announcing(fitting('"f1234":true,'.length));
      assert.deepEqual(await peer.hear(), [4, 'ticket', {}]);
      peer.say(5, TICKET, {});
      assert.equal((await peer.hear())?.[0], 2);
      await assertTooLong(await announcing(100_000), carrier);
    });

    it('[row 32] with odd authmethods: the first that is there counts, none is refused at once', async () => {
      const none = (offered: string) => ({
        uri: 'wamp.error.no_auth_method',
        message: `cannot authenticate [2] using any of the offered authmethods ${offered}`,
      });
      const many = fitting('"x",'.length);
      for (const [authmethods, offered] of [
        [[], "['anonymous']"],
        [null, "['anonymous']"],
        [['', 'no such', 'Ticket', ' ticket', '__proto__'], "['', 'no such', 'Ticket', ' ticket', '__proto__']"],
      ] as const) {
        assert.deepEqual(await refusal(await hello(carrier, ...helloBy(authmethods))), none(offered));
      }
      const { uri, message } = await refusal(await hello(carrier, ...helloBy(Array(many).fill('x'))));
      assert.equal(uri, 'wamp.error.no_auth_method');
      assert.ok(Buffer.byteLength(String(message)) <= 1024);
      for (const authmethods of [
        ['nonsense', 'ticket', 'wampcra'],
        ['ticket', 'ticket', 'ticket'],
        [...Array(many).fill('x'), 'ticket'],
      ]) {
        assert.deepEqual(await (await hello(carrier, ...helloBy(authmethods))).hear(), [4, 'ticket', {}]);
      }
      for (const authmethods of ['ticket', { ticket: true }, 7, true, ['ticket', 7], [['ticket']], [null]]) {
        await assertViolation(await hello(carrier, ...helloBy(authmethods)), carrier);
      }
      await assertTooLong(await hello(carrier, ...helloBy(Array(1_000_000).fill(''))), carrier);
    });

    it('[row 33] with several that are there: the client’s order counts', async () => {
      assert.equal((await (await hello(carrier, ...helloBy(['wampcra', 'ticket']))).hear())?.[1], 'wampcra');
      assert.equal((await (await hello(carrier, ...helloBy(['ticket', 'wampcra']))).hear())?.[1], 'ticket');
    });

    it('[row 34] with an odd authid lets nobody in', async () => {
      const refused = {
        uri: 'wamp.error.not_authorized',
        message: 'the authid is too long or holds control characters',
      };
      for (const authid of ['a\u0000b', 'a\nb', '\u007f', '\u202euser1', 'x'.repeat(256), 'x'.repeat(60_000)]) {
        assert.deepEqual(await refusal(await hello(carrier, ...helloBy(['ticket'], { authid }))), refused);
      }
      const wrong = {
        uri: 'wamp.error.not_authorized',
        message: 'ticket in static WAMP-Ticket authentication is invalid',
      };
      // Others that look like "user1", or become it where they are made alike, and names that objects have.
      const strangers = ['', 'USER1', 'user1 ', 'usеr1', 'ｕser1', 'user\u00ad1', '__proto__', 'constructor'];
      for (const authid of strangers) {
        const peer = await hello(carrier, ...helloBy(['ticket'], { authid }));
        assert.deepEqual(await peer.hear(), [4, 'ticket', {}]);
        peer.say(5, TICKET, {});
        assert.deepEqual(await refusal(peer), wrong, authid);
      }
      for (const authid of [7, ['user1'], {}, '\ud800']) {
        await assertViolation(await hello(carrier, ...helloBy(['ticket'], { authid })), carrier);
      }
      await assertTooLong(await hello(carrier, ...helloBy(['ticket'], { authid: 'x'.repeat(1_000_000) })), carrier);
    });

    it('[row 52] by `jwt` alone is refused; beside others it is passed over', async () => {
      assert.deepEqual(await refusal(await hello(carrier, ...helloBy(['jwt']))), {
        uri: 'wamp.error.no_auth_method',
        message: "cannot authenticate [2] using any of the offered authmethods ['jwt']",
      });
      assert.deepEqual(await (await hello(carrier, ...helloBy(['jwt', 'ticket']))).hear(), [4, 'ticket', {}]);
    });
  });
}

describe('the log, after all this', () => {
  it('says why each ended, in characters that a terminal only shows, and holds no ticket', () => {
    assert.match(bench.lines.all, /protocol violation/);
    assert.match(bench.lines.all, /login denied/);
    for (const line of bench.lines.lines) assert.doesNotMatch(line, /[\p{Cc}\p{Bidi_Control}]/u);
    assert.ok(!bench.lines.all.includes(TICKET));
  });
});
