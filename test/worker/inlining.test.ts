import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

test('the bound on inlining is one that this Node.js knows, and may be set while it runs', () => {
  const module = new URL('../../src/worker/inlining.js', import.meta.url);
  const script = `
    const { inlineMore } = await import(${JSON.stringify(module.href)});
    inlineMore();
  `;
  // V8 says so on the standard output or error where it does not know a flag.
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
});
