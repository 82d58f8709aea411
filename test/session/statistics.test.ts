import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from 'cborg';
import { HELLO, SessionBench } from './session-bench.ts';

test('a session is told of with all bytes and messages, both ways, frames left out', async () => {
  const bench = new SessionBench(undefined, true);
  const watcher = bench.connect();
  await watcher.join();
  watcher.say(32, 1, {}, 'wamp.session.on_stats');
  const line = bench.connect();
  const sizes: number[] = [];
  const says = (...said: readonly unknown[]): void => {
    sizes.push(encode(said).length);
    line.say(...said);
  };
  sizes.push(encode(HELLO).length);
  const session = await line.join();
  says(32, 2, {}, 'com.topic');
  const heard = line.heardBytes();
  says(16, 3, { exclude_me: false }, 'com.topic', ['x'.repeat(1_000)]);
  heard.push(...line.heardBytes());
  watcher.heard();
  line.lose();
  const [[, , , , told] = []] = watcher.heard();
  const [info, stats] = told as [Record<string, unknown>, Record<string, unknown>];
  assert.equal(info['session'], session);
  // WELCOME, SUBSCRIBED, EVENT.
  assert.equal(stats['messages'], sizes.length + heard.length + 1);
  const bytes = [...sizes, ...heard.map(({ length }) => length)].reduce((sum, size) => sum + size, 0);
  assert(Number(stats['bytes']) > bytes, 'WELCOME counts too');
  assert.equal(stats['serializer'], 'cbor');
});
