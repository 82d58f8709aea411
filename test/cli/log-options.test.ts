import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { logSettings } from '../../src/cli/log-options.ts';

function settings(isTTY: boolean, options: { [name: string]: string } = {}, env: NodeJS.ProcessEnv = {}) {
  const out = { isTTY, write: () => true, writableLength: 0, on: () => undefined };
  return logSettings(new Map(Object.entries(options)), { out, env });
}

describe('the log', () => {
  it('is coloured lines on a terminal, JSON elsewhere', () => {
    assert.deepEqual(settings(true), { logLevel: 'info', logFormat: 'standard', color: true });
    assert.deepEqual(settings(false), { logLevel: 'info', logFormat: 'json', color: false });
  });

  it('is what the options say', () => {
    const options = { loglevel: 'trace', logformat: 'syslogd', color: 'true' };
    assert.deepEqual(settings(false, options), { logLevel: 'trace', logFormat: 'syslogd', color: true });
    assert.equal(settings(true, { color: 'false' }).color, false);
  });

  it('has no colours where the environment wants none', () => {
    assert.equal(settings(true, {}, { NO_COLOR: '1' }).color, false);
    assert.equal(settings(true, {}, { NO_COLOR: '' }).color, true);
    assert.equal(settings(true, {}, { TERM: 'dumb' }).color, false);
    assert.equal(settings(true, { color: 'true' }, { NO_COLOR: '1' }).color, true);
  });
});
