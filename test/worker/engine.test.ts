import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { START_FLAGS } from '../../src/worker/engine.ts';

test('what V8 is told are flags that this Node.js knows, and that may be set when it starts or while it runs', () => {
  const module = new URL('../../src/worker/engine.js', import.meta.url);
  const script = `
    const { tuneEngine } = await import(${JSON.stringify(module.href)});
    tuneEngine();
  `;
  // V8 says so on the standard output or error where it does not know a flag.
  const args = [...START_FLAGS, '--input-type=module', '--eval', script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
});
