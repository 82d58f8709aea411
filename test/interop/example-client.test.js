/** The client of the example in Python, as somebody runs it from a terminal. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PYTHON, WITHOUT_PYTHON } from './clients/all.js';
import { EXAMPLE, startExampleNode } from './example-node.js';

describe('client.py of the example', { skip: WITHOUT_PYTHON }, () => {
  let node;

  before(async () => {
    node = await startExampleNode();
  });

  after(() => node.stop());

  function run(...args) {
    const script = path.join(EXAMPLE, 'client.py');
    return new Promise((resolve) => {
      execFile(PYTHON, [script, '--url', `ws://127.0.0.1:${node.port}/ws`, ...args], (error, out, err) => {
        resolve({ code: error === null ? 0 : error.code, out, err });
      });
    });
  }

  test('shows the WELCOME, a call and an event', async () => {
    const { code, out, err } = await run('user1', '123secret');
    assert.deepEqual([code, err], [0, '']);
    for (const line of [
      /^WELCOME {2}session \d+$/m,
      /^realm {4}realm-user1$/m,
      /^role {5}user$/m,
      /^custom {3}my-custom-welcome-data: \[1, 2, 3\]$/m,
      /^call {5}2 \+ 3 = 5, in [\d.]+ ms$/m,
      /^event {4}"hello", in [\d.]+ ms$/m,
    ]) {
      assert.match(out, line);
    }
  });

  test('shows why somebody is kept out', async () => {
    for (const [args, reason] of [
      [['user1', '000secret'], 'com.example.invalid_ticket'],
      [['user3', '123secret'], 'com.example.no_such_user'],
      [['user1', '123secret', 'realm-user2'], 'com.example.wrong_realm'],
    ]) {
      const { code, err } = await run(...args);
      assert.equal(code, 1);
      assert.ok(err.startsWith(`ABORT    ${reason}: `), err);
    }
  });
});
