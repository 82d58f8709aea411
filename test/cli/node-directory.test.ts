import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { nodeDirectory } from '../../src/cli/node-directory.ts';

describe('the node directory', () => {
  let cwd = '';
  const find = (options: { [name: string]: string } = {}, env: NodeJS.ProcessEnv = {}) =>
    nodeDirectory(new Map(Object.entries(options)), { cwd, env });

  before(() => {
    cwd = mkdtempSync(join(tmpdir(), 'turnpike-dir-'));
  });
  after(() => rmSync(cwd, { recursive: true }));

  it('is .turnpike, unless there is a .crossbar', () => {
    assert.deepEqual(find(), { cbdir: join(cwd, '.turnpike') });
    writeFileSync(join(cwd, '.crossbar'), 'no directory');
    assert.deepEqual(find(), { cbdir: join(cwd, '.turnpike') });
    rmSync(join(cwd, '.crossbar'));
    mkdirSync(join(cwd, '.crossbar'));
    assert.deepEqual(find(), { cbdir: join(cwd, '.crossbar') });
  });

  it('is the option’s, else the environment’s', () => {
    const env = { CROSSBAR_DIR: 'of-crossbar', TURNPIKE_DIR: '/of-turnpike' };
    assert.deepEqual(find({ cbdir: 'asked' }, env), { cbdir: join(cwd, 'asked') });
    assert.deepEqual(find({}, env), { cbdir: '/of-turnpike' });
    assert.deepEqual(find({}, { CROSSBAR_DIR: 'of-crossbar' }), { cbdir: join(cwd, 'of-crossbar') });
    assert.deepEqual(find({}, { CROSSBAR_DIR: '' }), { cbdir: join(cwd, '.crossbar') });
  });

  it('is that of the file, when a file is named', () => {
    writeFileSync(join(cwd, 'some.yaml'), '');
    assert.deepEqual(find({ cbdir: 'some.yaml' }), { cbdir: cwd, file: 'some.yaml' });
    assert.deepEqual(find({ cbdir: 'some.yaml', config: 'other.yaml' }), { cbdir: cwd, file: 'other.yaml' });
  });
});
