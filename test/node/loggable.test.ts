import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatLine } from '../../src/node/log-format.ts';
import { isSecretName, loggable, REDACTED } from '../../src/node/loggable.ts';

describe('secrets in the fields of a log line', () => {
  for (const name of [
    'ticket',
    'Tickets',
    'secret',
    'password',
    'userPassword',
    'key',
    'apiKeys',
    'private-key',
    'API_KEY',
    'signature',
    'cookie',
    'set-cookie',
    'Authorization',
    'access_token',
    'cbtid',
    'http_cbtid',
  ]) {
    it(`are hidden by name: ${name}`, () => assert.ok(isSecretName(name)));
  }

  for (const name of ['realm', 'authid', 'monkey', 'keyboard', 'publicKey', 'authmethod', 'ticketing', 'hotkeys_']) {
    it(`are not taken for one: ${name}`, () => assert.ok(!isSecretName(name)));
  }

  it('are hidden at every depth, in every format', () => {
    const fields = {
      ticket: 'canary',
      details: { transport: { http_headers: { cookie: 'canary', list: [{ secret: 'canary' }] } } },
      map: new Map([['password', 'canary']]),
    };
    for (const format of ['standard', 'json'] as const) {
      const source = { kind: 'Router', pid: 1 };
      const written = formatLine({ level: 'info', time: 0, source, text: 'login', fields }, format, false);
      assert.ok(!written.includes('canary'), written);
      assert.ok(written.includes(REDACTED));
    }
  });

  it('may be said to be there or not', () => {
    assert.deepEqual({ ...loggable({ ticket: true, key: null }) }, { ticket: true, key: null });
  });
});

describe('values in the fields of a log line', () => {
  it('become plain data', () => {
    const circle: { [name: string]: unknown } = {};
    circle['self'] = circle;
    const plain = loggable({
      big: 2n ** 64n,
      bytes: new Uint8Array(12),
      date: new Date(0),
      error: new TypeError('no', { cause: new RangeError('too far') }),
      notANumber: Number.NaN,
      run: () => 1,
      set: new Set([1]),
      nothing: undefined,
      circle,
    });
    assert.deepEqual(JSON.parse(JSON.stringify(plain)), {
      big: '18446744073709551616',
      bytes: '<12 bytes>',
      date: '1970-01-01T00:00:00.000Z',
      error: 'TypeError: no (because of RangeError: too far)',
      notANumber: 'NaN',
      run: '<function>',
      set: [1],
      circle: { self: { self: { self: '…' } } },
    });
  });

  it('keep names that mean something to JavaScript as names', () => {
    const plain = loggable(JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"toJSON":3}'));
    assert.deepEqual(Object.keys(plain), ['__proto__', 'constructor', 'toJSON']);
    assert.equal(JSON.stringify(plain), '{"__proto__":{"polluted":1},"constructor":2,"toJSON":3}');
  });

  it('are bounded in number and length', () => {
    const plain = loggable({ list: Array.from({ length: 1e5 }, (_, index) => index), long: 'x'.repeat(1e6) });
    assert.equal((plain['list'] as unknown[]).length, 51);
    assert.equal((plain['long'] as string).length, 2_001);
  });
});
