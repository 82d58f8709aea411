import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { raisedBy } from '../../src/auth/authenticators/raised.ts';
import { WampError } from '../../src/wamp/errors.ts';
import { CallForbidden } from '../../src/wamp/roles.ts';

const NAME = 'com.example.authenticate';

function read(uri: string, ...args: unknown[]): [string, string | null] {
  const { deny } = raisedBy(new WampError(uri, args, { internal: 'kept back' }), NAME);
  return [deny.reason, deny.message];
}

describe('raisedBy', () => {
  it('[row 124] passes on the URI and the first argument as str() has it', () => {
    for (const [argument, text] of [
      ['no such user', 'no such user'],
      ['', ''],
      [null, 'None'],
      [true, 'True'],
      [false, 'False'],
      [42, '42'],
      [1.5, '1.5'],
      [2n ** 60n, '1152921504606846976'],
      [['a', 1, null], "['a', 1, None]"],
      [{ a: "it's", b: [] }, `{'a': "it's", 'b': []}`],
      [Uint8Array.of(1, 2, 3), '<3 bytes>'],
    ] as const) {
      assert.deepEqual(read('com.example.error', argument, 'dropped'), ['com.example.error', text]);
    }
    assert.deepEqual(read('wamp.error.not_authorized'), ['wamp.error.not_authorized', null]);
    assert.deepEqual(read('wamp.error.runtime_error', 'oops'), ['wamp.error.runtime_error', 'oops']);
  });

  it('[row 124] keeps to 1 KiB, between characters', () => {
    const [, text] = read('com.example.error', `x${'ä'.repeat(5_000)}`);
    assert.equal(text, `x${'ä'.repeat(511)}`);
    const [, nested] = read(
      'com.example.error',
      Array.from({ length: 100_000 }, () => 'y'.repeat(100)),
    );
    assert.equal(nested?.length, 1024);
  });

  it('[row 126] lets nobody speak for the router', () => {
    const failed = ['wamp.error.authentication_failed', 'the authenticator failed'];
    for (const uri of [
      'wamp.close.killed',
      'wamp.close.normal',
      'wamp.error.protocol_violation',
      '',
      'a b',
      'a..b',
      'x'.repeat(2_000),
    ]) {
      assert.deepEqual(read(uri, 'go away'), failed);
    }
  });

  it('does not take it for a wrong credential that the router may not call it, whoever says so', () => {
    const session = 'session (session_id=1, authid="routerworker-1-realm-r-serviceagent", authrole="caller")';
    const text = `${session} is not authorized to call procedure "${NAME}" on realm "r"`;
    const { deny } = raisedBy(new CallForbidden('wamp.error.not_authorized', [text]), NAME);
    assert.equal(deny.reason, 'wamp.error.authentication_failed');
    assert.equal(deny.message, 'the router may not call the authenticator');
    // The same words of an authenticator are its own refusal.
    assert.deepEqual(read('wamp.error.not_authorized', text), ['wamp.error.not_authorized', null]);
  });

  it('tells nobody which procedure is missing or busy', () => {
    const text = `no callee registered for procedure <${NAME}>`;
    assert.deepEqual(read('wamp.error.no_such_procedure', text), [
      'wamp.error.no_such_procedure',
      'no authenticator is available',
    ]);
    assert.deepEqual(read('wamp.error.canceled', 'x'), [
      'wamp.error.canceled',
      'callee disconnected from in-flight request',
    ]);
    assert.deepEqual(read('crossbar.error.max_concurrency_reached', text), [
      'crossbar.error.max_concurrency_reached',
      'too many logins are being decided',
    ]);
    assert.deepEqual(read('wamp.error.not_authorized', `not authorized to call procedure '${NAME}'`), [
      'wamp.error.not_authorized',
      null,
    ]);
  });

  it('keeps for the log only what it may hold', () => {
    const error = raisedBy(new WampError('com.example.error', ['ticket 123secret']), NAME);
    assert.equal(error.message, 'the authenticator raised com.example.error');
    assert.doesNotMatch(raisedBy(new WampError('bad uri 123secret'), NAME).message, /123secret/);
  });
});
