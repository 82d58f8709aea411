import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/repository-root.ts';

it('the embedding example runs, and ends by itself', async () => {
  const script = join(repositoryRoot(), 'dist/examples/embedding/embedding.js');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 });
  assert.equal(stdout, '2\ncom.example.error.division_by_zero there is no such number\nAda\n');
  assert.equal(stderr, '');
});
