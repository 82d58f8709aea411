import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import type { Dict } from '../../src/wamp/dict.ts';
import { isDict } from '../../src/wamp/dict.ts';
import { ProtocolViolation } from '../../src/wamp/errors.ts';
import { messageRow } from '../../src/wamp/message-table.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { checkOptions } from '../../src/wamp/options.ts';
import { repositoryRoot } from '../support/repository-root.ts';

const VECTORS = resolve(repositoryRoot(), '../shared/vectors/wamp-proto/singlemessage');

interface Sample {
  readonly description: string;
  readonly wmsg?: readonly unknown[];
  readonly expected_error?: { readonly contains: string };
}

/** The checks of options and details among the vectors: a message as a list, good or bad. */
function samples(): Sample[] {
  const files = ['basic', 'advanced'].flatMap((profile) =>
    readdirSync(join(VECTORS, profile)).map((name) => join(VECTORS, profile, name)),
  );
  const all = files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')).samples as Sample[]);
  return all.filter((sample) => sample.wmsg !== undefined);
}

function check(message: readonly unknown[]): void {
  const code = message[0] as number;
  checkOptions(code, messageRow(code)?.name ?? '', (message.find(isDict) ?? {}) as Dict);
}

describe('options and details', () => {
  const skip = existsSync(VECTORS) ? false : 'the WAMP test vectors are not beside this repository';

  it('agree with each of the WAMP test vectors, good and bad', { skip }, () => {
    let bad = 0;
    for (const { description, wmsg = [], expected_error: error } of samples()) {
      if (error === undefined) assert.doesNotThrow(() => check(wmsg), description);
      else {
        bad++;
        const named = (thrown: unknown): boolean =>
          thrown instanceof ProtocolViolation && thrown.message.includes(`"${error.contains}"`);
        assert.throws(() => check(wmsg), named, description);
      }
    }
    assert.equal(bad, 28);
  });

  it('ignore keys that they do not know, and take null for absent', () => {
    for (const code of Object.values(Msg)) {
      assert.doesNotThrow(() => checkOptions(code, 'X', { _own: [1], constructor: 1, acknowledge: null, match: null }));
    }
  });

  it('take extensions of payload passthru by the names that Autobahn takes, and no others', () => {
    for (const key of ['enc_algo', 'enc_serializer']) {
      for (const value of ['x_', 'x_own', 'x_own_2']) {
        assert.doesNotThrow(() => checkOptions(Msg.PUBLISH, 'PUBLISH', { [key]: value }), value);
      }
      for (const value of ['x', 'x_Own', 'x_2', 'x_a', 'x_own ', 'x_own\n', 'own']) {
        assert.throws(() => checkOptions(Msg.PUBLISH, 'PUBLISH', { [key]: value }), ProtocolViolation, value);
      }
    }
  });

  it('refuse a known key of a wrong type, by message and key, without quoting its value', () => {
    const wrong: [number, string, unknown][] = [
      [Msg.HELLO, 'authid', 7],
      [Msg.HELLO, 'authmethods', 'ticket'],
      [Msg.HELLO, 'authextra', ['secret']],
      [Msg.CALL, 'timeout', -1],
      [Msg.CALL, 'receive_progress', 'secret'],
      [Msg.CANCEL, 'mode', 'secret'],
      [Msg.REGISTER, 'invoke', 'secret'],
      [Msg.REGISTER, 'concurrency', 0],
      [Msg.YIELD, 'progress', 1],
      [Msg.GOODBYE, 'message', 1],
    ];
    for (const [code, key, value] of wrong) {
      const named = (thrown: unknown): boolean =>
        thrown instanceof ProtocolViolation &&
        thrown.message.includes(`"${key}"`) &&
        !thrown.message.includes('secret');
      assert.throws(() => checkOptions(code, 'X', { [key]: value }), named, key);
    }
  });
});
