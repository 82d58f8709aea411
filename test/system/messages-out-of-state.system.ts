/**
 * What clients may not say before they are in, or at all, over real sockets: each message in each state. None of it makes a
 * session, or asks an authenticator twice.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { messageExamples } from '../support/message-examples.ts';
import type { WireMessage } from '../support/scripted-peer.ts';
import { assertViolation, CARRIERS, type Door, DoorsBench, helloBy, lastWords, TICKET } from './doors-bench.ts';
import type { Peer } from './raw-peer.ts';

const bench = new DoorsBench();

before(() => bench.start());

afterEach(() => bench.clear());

after(() => bench.stop());

const EXAMPLES = messageExamples(helloBy(['ticket']), TICKET);

interface State {
  readonly name: string;
  readonly door: Door;
  /** What may be said there, by code; ABORT, which may always be, apart. */
  readonly legal: readonly number[];
  /** How often the authenticator has been asked by then. */
  readonly asked: number;
  enter(peer: Peer): Promise<void>;
}

async function challenged(peer: Peer): Promise<void> {
  peer.say(...helloBy(['ticket']));
  assert.deepEqual(await peer.hear(), [4, 'ticket', {}]);
}

const STATES: readonly State[] = [
  { name: 'before HELLO', door: 'table', legal: [1], asked: 0, enter: async () => {} },
  {
    name: 'while HELLO is decided about',
    door: 'authenticator',
    legal: [],
    asked: 1,
    async enter(peer) {
      const called = bench.called();
      peer.say(...helloBy(['anonymous']));
      await called;
    },
  },
  { name: 'after CHALLENGE', door: 'table', legal: [5], asked: 0, enter: challenged },
  {
    name: 'while AUTHENTICATE is decided about',
    door: 'authenticator',
    legal: [],
    asked: 1,
    async enter(peer) {
      const called = bench.called();
      await challenged(peer);
      peer.say(5, TICKET, {});
      await called;
    },
  },
  {
    name: 'after WELCOME',
    door: 'table',
    legal: [6, 8, 16, 32, 34, 48, 49, 64, 66, 70],
    asked: 0,
    async enter(peer) {
      await challenged(peer);
      peer.say(5, TICKET, {});
      assert.equal((await peer.hear())?.[0], 2);
    },
  },
];

const LEAVING: readonly (readonly [how: string, leave: (peer: Peer) => void])[] = [
  ['says ABORT', (peer) => peer.say(3, {}, 'wamp.error.canceled')],
  ['goes without a word', (peer) => peer.cut()],
];

/** What a message that is legal is answered by there: the code. */
const ANSWERS: ReadonlyMap<number, number> = new Map([
  [1, 4],
  [5, 2],
  [6, 6],
]);

/** The router goes on with that client. */
async function assertTaken(peer: Peer, code: number): Promise<void> {
  const answer = ANSWERS.get(code);
  if (answer !== undefined) {
    assert.equal((await peer.hear())?.[0], answer);
    return;
  }
  peer.say(32, 99, {}, 'com.example.last');
  for (;;) {
    const word = await peer.hear();
    assert.ok(word !== null && word[0] !== 3, JSON.stringify(word));
    if (word[0] === 33 && word[1] === 99) return;
  }
}

for (const carrier of CARRIERS) {
  describe(`[row 24] [row 25] [row 26] [row 27] [row 28] each message over ${carrier}`, { timeout: 60_000 }, () => {
    for (const { name, door, legal, asked, enter } of STATES) {
      it(`${name}: ${legal.length === 0 ? 'none' : legal.join(', ')} and ABORT are taken, the others end it`, async () => {
        for (const message of EXAMPLES) {
          const peer = await bench.connect(carrier, door);
          await enter(peer);
          peer.say(...message);
          const code = Number(message[0]);
          if (code === 3) assert.deepEqual(await lastWords(peer), []);
          else if (legal.includes(code)) await assertTaken(peer, code);
          else await assertViolation(peer, carrier);
          assert.equal(await bench.clear(), asked);
        }
      });
    }

    for (const { name, enter } of STATES.filter(({ asked }) => asked > 0)) {
      for (const [how, leave] of LEAVING) {
        it(`[row 29] ${name}: a client that ${how} leaves nothing behind, and the authenticator is told`, async () => {
          const peer = await bench.connect(carrier, 'authenticator');
          await enter(peer);
          leave(peer);
          assert.deepEqual(await lastWords(peer), []);
          assert.equal(await bench.clear(), 1);
        });
      }
    }

    it('said together with what is legal, does as little', async () => {
      const pairs: readonly (readonly [first: WireMessage, second: WireMessage])[] = [
        [helloBy(['ticket']), helloBy(['ticket'])],
        [helloBy(['anonymous']), helloBy(['anonymous'])],
        [helloBy(['anonymous']), [5, TICKET, {}]],
      ];
      for (const [first, second] of pairs) {
        const peer = await bench.connect(carrier, 'authenticator');
        peer.say(...first);
        peer.say(...second);
        // It may have challenged before it read the second.
        const words = (await lastWords(peer)).filter(([code]) => code !== 4);
        assert.deepEqual(
          words.map(([code, , uri]) => [code, uri]),
          [[3, 'wamp.error.protocol_violation']],
        );
        assert.ok((await bench.clear()) <= 1);
      }
    });

    it('two answers to one challenge ask once, and let nobody in', async () => {
      const peer = await bench.connect(carrier, 'authenticator');
      await challenged(peer);
      peer.say(5, TICKET, {});
      peer.say(5, 'another guess', {});
      await assertViolation(peer, carrier);
      assert.ok((await bench.clear()) <= 1);
    });
  });
}
