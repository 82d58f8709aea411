import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { UniformPermissions } from '../../src/authorization/permissions.ts';
import { ACCEPT, type BenchLine, SessionBench } from './session-bench.ts';

let bench: SessionBench;
let admin: BenchLine;

beforeEach(async () => {
  bench = new SessionBench(new UniformPermissions(true, true), true);
  admin = bench.connect();
  await admin.join();
  admin.say(32, 1, {}, 'wamp.session.on_leave');
  admin.say(32, 2, {}, 'com.last.words');
  admin.heard();
});

/** Arguments of the events that came. */
function eventsOf(line: BenchLine): unknown[] {
  return line
    .heard()
    .filter(([code]) => code === 36)
    .map((event) => event[4]);
}

describe('a session that is killed', () => {
  it('is off the realm at once, is told why, and is closed when its client has answered', async () => {
    const line = bench.connect();
    const session = await line.join({ authid: 'bob' });
    admin.say(48, 3, {}, 'wamp.session.kill', [session], { reason: 'com.example.bye', message: 'enough' });
    assert.deepEqual(eventsOf(admin), [[session, 'bob', 'user']]);
    assert.deepEqual(line.heard(), [[6, { message: 'enough' }, 'com.example.bye']]);
    line.say(16, 9, {}, 'com.last.words', ['still here']);
    line.say(6, {}, 'wamp.close.goodbye_and_out');
    assert.equal(line.connection.closedWith, 'normal');
    assert.deepEqual([...line.heard(), ...eventsOf(admin)], []);
    line.lose();
    admin.say(6, {}, 'wamp.close.close_realm');
    admin.lose();
    bench.assertClean();
  });

  it('is closed after a while where its client says nothing', async () => {
    const line = bench.connect();
    await line.join();
    admin.say(48, 3, {}, 'wamp.session.kill_all');
    assert.deepEqual(line.heard(), [[6, {}, 'wamp.close.killed']]);
    bench.clock.advance(5_000);
    assert.notEqual(line.connection.closedWith, null);
  });
});

describe('testaments', () => {
  const leave = async (how: (line: BenchLine) => void): Promise<unknown[]> => {
    const line = bench.connect();
    await line.join();
    line.say(48, 1, {}, 'wamp.session.add_testament', ['com.last.words', ['farewell'], {}]);
    assert.equal(line.heard()[0]?.[0], 50);
    how(line);
    return eventsOf(admin).map((args) => (args as unknown[])[0]);
  };

  it('are published when the connection is cut', async () => {
    const [words, session] = await leave((line) => line.lose());
    assert.deepEqual([words, typeof session], ['farewell', 'number']);
  });

  it('are published when the client breaks the protocol', async () => {
    const [words, session] = await leave((line) => line.sayBytes(Buffer.from([0xff])));
    assert.deepEqual([words, typeof session], ['farewell', 'number']);
  });

  it('are published after on_leave when the client says GOODBYE, and not again at the end', async () => {
    const [session, words, ...more] = await leave((line) => {
      line.say(6, {}, 'wamp.close.close_realm');
      line.lose();
    });
    assert.deepEqual([typeof session, words, more], ['number', 'farewell', []]);
  });
});

it('WELCOME announces the meta API where the realm has it, and only there', async () => {
  for (const metaApi of [true, false]) {
    const here = new SessionBench(undefined, metaApi);
    const line = here.connect();
    line.say(1, 'realm1', { roles: { subscriber: {} } });
    await here.decide(ACCEPT);
    const [[, , details] = []] = line.heard();
    const { broker, dealer } = (details as { roles: Record<string, { features: Record<string, boolean> }> }).roles;
    const announced = [
      broker?.features['session_meta_api'],
      broker?.features['subscription_meta_api'],
      dealer?.features['session_meta_api'],
      dealer?.features['registration_meta_api'],
      dealer?.features['testament_meta_api'],
    ];
    assert.deepEqual(announced, Array(5).fill(metaApi ? true : undefined));
  }
});
