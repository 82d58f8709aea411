import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

test('what V8 is told are flags that this Node.js knows, and that may be set while it runs', () => {
  const module = new URL('../../src/worker/engine.js', import.meta.url);
  const script = `
    const { tuneEngine } = await import(${JSON.stringify(module.href)});
    tuneEngine();
  `;
  // V8 says so on the standard output or error where it does not know a flag.
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
});
