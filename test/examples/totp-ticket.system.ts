/** The example of one-time codes, its node and its client as somebody runs them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { keyOf, stepOf, totp } from '../../examples/totp-ticket/totp.ts';
import { type ExampleNode, startExample } from './example-node.ts';

const KEY = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('the example of one-time codes', () => {
  let node: ExampleNode;

  before(async () => {
    node = await startExample('totp-ticket');
  });

  after(() => node.close());

  const logIn = (...args: string[]) => node.client('--url', `ws://127.0.0.1:${node.ports[0]}/ws`, ...args);
  const refused = /^ABORT {4}com\.example\.invalid_code: unknown user, or a code that is wrong or was used already\n$/;

  test('the code of now opens the door, once', async () => {
    // It counts for as long as the next one lasts, so it does not matter if the half minute ends in between.
    const code = totp(keyOf(KEY), stepOf(Date.now()));
    const first = await logIn('user1', code);
    assert.deepEqual([first.code, first.err], [0, '']);
    assert.match(first.out, /^WELCOME {2}session \d+, user1 on realm1 as user\n$/);
    const again = await logIn('user1', code);
    assert.deepEqual([again.code, again.out], [1, '']);
    assert.match(again.err, refused);
  });

  test('no code opens it for somebody else, and a wrong one for nobody', async () => {
    for (const args of [
      ['user2', '--key', KEY],
      ['user1', 'wrong'],
    ]) {
      const { code, err } = await logIn(...args);
      assert.equal(code, 1);
      assert.match(err, refused);
    }
  });

  test('wrong usage', async () => {
    for (const args of [[], ['user1'], ['user1', '--key', '1'], ['user1', '123456', 'more']]) {
      assert.equal((await logIn(...args)).code, 2, args.join(' '));
    }
  });
});
