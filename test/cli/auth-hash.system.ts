/** The question for a secret at a real terminal. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../support/repository-root.ts';

const DRIVER = join(repositoryRoot(), 'test', 'cli', 'type_secret.py');
const MAIN = join(repositoryRoot(), 'dist', 'src', 'cli', 'main.js');
const WITHOUT_PYTHON = spawnSync('python3', ['-c', 'import pty']).status === 0 ? false : 'python3 is absent';

describe('turnpike auth hash at a terminal', { skip: WITHOUT_PYTHON }, () => {
  it('shows nothing of what is typed', () => {
    const args = ['auth', 'hash', 'wampcra', '--authid', 'joe', '--salt', 'abcdefgh'];
    const { status, stdout } = spawnSync('python3', [DRIVER, 'canary-5f1c9e', process.execPath, MAIN, ...args], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^Password of "joe" \(not shown\): \r\nAgain: \r\n/);
    assert.match(stdout, /salt: "abcdefgh"/);
    assert.doesNotMatch(stdout, /canary/);
  });
});
