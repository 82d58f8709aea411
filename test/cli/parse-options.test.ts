import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseOptions } from '../../src/cli/parse-options.ts';
import { STATUS } from '../../src/cli/status.ts';

function valuesOf(...args: string[]): { [name: string]: string } {
  const parsed = parseOptions(STATUS, args);
  return parsed.help ? assert.fail('help') : Object.fromEntries(parsed.values);
}

describe('options', () => {
  it('are written with a space or an equals sign', () => {
    assert.deepEqual(valuesOf('--cbdir', 'a', '--assert=running'), { cbdir: 'a', assert: 'running' });
    assert.deepEqual(valuesOf('--cbdir=--odd'), { cbdir: '--odd' });
  });

  it('count the last time they are given, as in Crossbar', () => {
    assert.deepEqual(valuesOf('--cbdir', 'a', '--cbdir', 'b'), { cbdir: 'b' });
  });

  it('give way to --help', () => {
    assert.ok(parseOptions(STATUS, ['--cbdir', 'a', '--help']).help);
    assert.ok(parseOptions(STATUS, ['-h']).help);
  });
});
