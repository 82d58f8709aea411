/** Every message in every state of a session. What is legal is written down here once more, on purpose. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { MESSAGE_TABLE } from '../../src/wamp/message-table.ts';
import { messageExamples } from '../support/message-examples.ts';
import { settle, type WireMessage } from '../support/scripted-peer.ts';
import { type BenchLine, HELLO, SessionBench } from './session-bench.ts';

const EXAMPLES = messageExamples(HELLO, 'signature');

const CHALLENGE = { kind: 'challenge', authmethod: 'ticket', extra: {} } as const;

/** How a session gets into a state, and the codes of the messages that it takes there. */
const STATES: readonly {
  readonly name: string;
  readonly legal: readonly number[];
  /** Legal for a client to have sent, and of no effect any more. */
  readonly ignored: readonly number[];
  readonly enter: (line: BenchLine, bench: SessionBench) => void | Promise<void>;
}[] = [
  { name: 'establishing', legal: [1, 3], ignored: [], enter: () => {} },
  { name: 'authenticating', legal: [3], ignored: [], enter: (line) => line.say(...HELLO) },
  {
    name: 'challenging',
    legal: [3, 5],
    ignored: [],
    enter: async (line, bench) => {
      line.say(...HELLO);
      await bench.decide(CHALLENGE);
      assert.deepEqual(line.heard(), [[4, 'ticket', {}]]);
    },
  },
  {
    name: 'authenticating, after AUTHENTICATE',
    legal: [3],
    ignored: [],
    enter: async (line, bench) => {
      line.say(...HELLO);
      await bench.decide(CHALLENGE);
      line.say(5, 'signature', {});
      line.heard();
    },
  },
  {
    name: 'established',
    legal: [3, 6, 8, 16, 32, 34, 48, 49, 64, 66, 70],
    ignored: [],
    enter: async (line) => void (await line.join()),
  },
  {
    name: 'closing',
    legal: [6],
    ignored: [1, 3, 5, 8, 16, 32, 34, 48, 49, 64, 66, 70, 337],
    enter: async (line) => {
      await line.join();
      line.session.goodbye('wamp.close.killed', null);
      assert.deepEqual(line.heard(), [[6, {}, 'wamp.close.killed']]);
    },
  },
];

let bench: SessionBench;

beforeEach(() => {
  bench = new SessionBench();
});

describe('[row 25] [row 26] [row 27] [row 28] every message in every state (K5)', () => {
  it('has an example of every message', () => {
    assert.deepEqual(
      EXAMPLES.map(([code]) => code),
      MESSAGE_TABLE.map(({ code }) => code),
    );
  });

  for (const { name, legal, ignored, enter } of STATES) {
    for (const message of EXAMPLES) {
      const code = Number(message[0]);
      const what = MESSAGE_TABLE.find((row) => row.code === code)?.name;
      const outcome = legal.includes(code) ? 'taken' : ignored.includes(code) ? 'ignored' : 'a protocol violation';
      it(`${name}: ${what} is ${outcome}`, async () => {
        const line = bench.connect();
        await enter(line, bench);
        line.say(...message);
        const heard = line.heard();
        const aborted = heard.some(
          ([heardCode, , reason]) => heardCode === 3 && reason === 'wamp.error.protocol_violation',
        );
        if (outcome === 'a protocol violation') {
          // Nothing is said after a GOODBYE, not even this.
          assert.equal(aborted, name !== 'closing');
          assert.equal(line.connection.closedWith, 'protocol-error');
        } else {
          assert.equal(aborted, false);
          const ends = code === 3 || name === 'closing';
          assert.equal(line.connection.closedWith, ends && outcome === 'taken' ? 'normal' : null);
          if (outcome === 'ignored') assert.deepEqual(heard, []);
        }
        line.lose();
        await settle();
        bench.assertClean();
        assert.equal(bench.ended, 1);
      });
    }
  }
});

describe('after the end', () => {
  it('a session neither hears nor says anything', async () => {
    const line = bench.connect();
    await line.join();
    line.say(1, 'realm1', {});
    line.heard();
    for (const message of EXAMPLES) line.say(...message);
    assert.deepEqual(line.heard(), []);
    line.lose();
    bench.assertClean();
  });

  it('what is behind the fault in the same read is not looked at', () => {
    const line = bench.connect();
    line.say(32, 1, {}, 'com.example.topic');
    line.say(...HELLO);
    assert.equal(bench.steps.length, 0);
  });
});

describe('[row 31] HELLO', () => {
  const JUNK: readonly (readonly [what: string, message: WireMessage])[] = [
    ['no details', [1, 'realm1']],
    ['details that are no dict', [1, 'realm1', []]],
    ['no roles', [1, 'realm1', {}]],
    ['roles that are null', [1, 'realm1', { roles: null }]],
    ['roles that are a list', [1, 'realm1', { roles: ['caller'] }]],
    ['roles that are empty', [1, 'realm1', { roles: {} }]],
    ['a role that nobody has', [1, 'realm1', { roles: { caller: {}, broker: {} } }]],
    ['a role called __proto__', [1, 'realm1', { roles: JSON.parse('{"__proto__": {}}') }]],
    ['a role that is no dict', [1, 'realm1', { roles: { caller: true } }]],
    ['features that are a list', [1, 'realm1', { roles: { caller: { features: [] } } }]],
    ['a realm that is a number', [1, 1, { roles: { caller: {} } }]],
    ['authmethods that are a string', [1, 'realm1', { roles: { caller: {} }, authmethods: 'ticket' }]],
    ['authmethods that hold a number', [1, 'realm1', { roles: { caller: {} }, authmethods: ['ticket', 1] }]],
    ['an authid that is a number', [1, 'realm1', { roles: { caller: {} }, authid: 1 }]],
    ['an authrole that is a list', [1, 'realm1', { roles: { caller: {} }, authrole: ['user'] }]],
    ['an authextra that is a string', [1, 'realm1', { roles: { caller: {} }, authextra: 'x' }]],
    ['an element too many', [1, 'realm1', { roles: { caller: {} } }, []]],
  ];

  for (const [what, message] of JUNK) {
    it(`with ${what} is a protocol violation`, () => {
      const line = bench.connect();
      line.say(...message);
      const [abort, ...more] = line.heard();
      assert.deepEqual([abort?.[0], abort?.[2], more], [3, 'wamp.error.protocol_violation', []]);
      assert.equal(line.connection.closedWith, 'protocol-error');
      assert.equal(bench.steps.length, 0);
      bench.assertClean();
    });
  }

  it('hands the login what the client said, unknown keys or not', () => {
    const line = bench.connect();
    const details = {
      roles: { caller: { features: { call_canceling: true, nonsense: 'x' } } },
      authmethods: ['ticket', 'nonsense'],
      authid: 'user1',
      authrole: null,
      authextra: { a: [1] },
      nonsense: { deep: [{}] },
    };
    line.say(1, null, details);
    const hello = bench.steps[0]?.args[0] as Record<string, unknown>;
    const { realm, authmethods, authid, authrole, session, transport } = hello;
    assert.deepEqual([realm, authmethods, authid, authrole], [null, ['ticket', 'nonsense'], 'user1', null]);
    assert.equal(session, 1001);
    assert.equal((transport as Record<string, unknown>)['peer'], 'tcp4:127.0.0.1:4711');
    line.lose();
  });

  it('survives any details', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constant(null)),
        fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<unknown>),
        fc.boolean(),
        (realm, details, roles) => {
          const one = new SessionBench();
          const line = one.connect();
          line.say(1, realm, roles ? { ...details, roles: { caller: {} } } : details);
          const heard = line.heard();
          const violated = heard.length === 1 && heard[0]?.[2] === 'wamp.error.protocol_violation';
          assert.equal(violated, one.steps.length === 0);
          line.lose();
          one.assertClean();
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('options of a wrong type are a protocol violation', () => {
  const WRONG: readonly (readonly [name: string, message: WireMessage])[] = [
    ['PUBLISH acknowledge', [16, 1, { acknowledge: 1 }, 'com.example.topic']],
    ['PUBLISH exclude_me', [16, 1, { exclude_me: 'no' }, 'com.example.topic']],
    ['PUBLISH exclude', [16, 1, { exclude: [1, 'x'] }, 'com.example.topic']],
    ['PUBLISH eligible', [16, 1, { eligible: 7 }, 'com.example.topic']],
    ['PUBLISH eligible_authid', [16, 1, { eligible_authid: [1] }, 'com.example.topic']],
    ['SUBSCRIBE match', [32, 1, { match: 'sometimes' }, 'com.example.topic']],
    ['CALL timeout', [48, 1, { timeout: -1 }, 'com.example.procedure']],
    ['CALL timeout', [48, 1, { timeout: 1.5 }, 'com.example.procedure']],
    ['CALL receive_progress', [48, 1, { receive_progress: 1 }, 'com.example.procedure']],
    ['CANCEL mode', [49, 1, { mode: 'gently' }]],
    ['REGISTER match', [64, 1, { match: 1 }, 'com.example.procedure']],
    ['REGISTER invoke', [64, 1, { invoke: 'all' }, 'com.example.procedure']],
    ['REGISTER concurrency', [64, 1, { concurrency: 0 }, 'com.example.procedure']],
    ['YIELD progress', [70, 1, { progress: 'yes' }]],
    ['CALL ppt_scheme', [48, 1, { ppt_scheme: 1 }, 'com.example.procedure']],
  ];

  for (const [name, message] of WRONG) {
    it(`${name}: ${JSON.stringify(message[2])}`, async () => {
      const line = bench.connect();
      await line.join();
      line.say(...message);
      const [[code, details, reason] = []] = line.heard();
      assert.deepEqual([code, reason], [3, 'wamp.error.protocol_violation']);
      const [messageName, option] = name.split(' ');
      assert.ok(String((details as { message: string }).message).startsWith(`${messageName}: "${option}" must be`));
      assert.equal(line.connection.closedWith, 'protocol-error');
      line.lose();
      bench.assertClean();
    });
  }

  it('but null, as some clients write what is not set, and unknown ones are not', async () => {
    const line = bench.connect();
    await line.join();
    line.say(32, 1, { match: null, nonsense: [] }, 'com.example.topic');
    line.say(64, 2, { match: null, invoke: null, concurrency: null }, 'com.example.procedure');
    line.say(16, 3, { acknowledge: true, exclude: null, eligible_authid: null, exclude_me: null }, 'com.example.topic');
    assert.deepEqual(
      line.heard().map(([code, request]) => [code, request]),
      [
        [33, 1],
        [65, 2],
        [17, 3],
      ],
    );
    line.lose();
    bench.assertClean();
  });
});

describe('what is no message is a protocol violation', () => {
  for (const [what, bytes] of [
    ['nothing', ''],
    ['no list', 'a0'],
    ['an empty list', '80'],
    ['an unknown code', '8118c7'],
    ['a code that is a string', '81616d'],
    ['half a message', '83010a'],
    ['bytes after the message', '830666a061'],
  ] as const) {
    it(what, async () => {
      const line = bench.connect();
      await line.join();
      line.sayBytes(Buffer.from(bytes, 'hex'));
      assert.equal(line.heard()[0]?.[2], 'wamp.error.protocol_violation');
      assert.equal(line.connection.closedWith, 'protocol-error');
      line.lose();
      bench.assertClean();
    });
  }
});
