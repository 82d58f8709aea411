import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { unsupportedOptions } from '../../src/transports/endpoint.ts';
import { describeEndpoint } from '../../src/transports/endpoint-connect.ts';
import { EndpointError, endpointError, errorCode, reasonOf } from '../../src/transports/endpoint-error.ts';
import { checkUnixPath } from '../../src/transports/endpoint-unix.ts';

describe('unsupportedOptions', () => {
  test('names what has no effect, and nothing else', () => {
    assert.deepEqual(unsupportedOptions({ type: 'unix', path: '/x' }), []);
    assert.deepEqual(unsupportedOptions({ type: 'tcp', port: 1, shared: false, backlog: 5, version: 6 }), []);
    const both = unsupportedOptions({ type: 'tcp', port: 1, shared: true, userTimeout: 30 });
    assert.equal(both.length, 2);
    assert.match(both[0] ?? '', /^"shared" has no effect/);
    assert.match(both[1] ?? '', /^"user_timeout" has no effect/);
  });
});

describe('endpointError', () => {
  test('is one sentence: what, why and the code', () => {
    const cause = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
    const error = endpointError('cannot listen on tcp 0.0.0.0:80', cause);
    assert.equal(error.message, 'cannot listen on tcp 0.0.0.0:80: permission denied (EACCES)');
    assert.equal(error.code, 'EACCES');
    assert.equal(error.cause, cause);
  });

  test('keeps a sentence that is one already', () => {
    const error = new EndpointError('said', { code: 'EX' });
    assert.equal(endpointError('other', error), error);
  });

  test('knows unknown codes, and no codes', () => {
    assert.equal(reasonOf(Object.assign(new Error('odd'), { code: 'EODD' })), 'odd');
    assert.equal(reasonOf('text'), 'text');
    assert.equal(errorCode(new Error('none')), 'EUNKNOWN');
    assert.equal(errorCode(Object.assign(new Error('number'), { code: 5 })), 'EUNKNOWN');
  });
});

describe('describeEndpoint', () => {
  test('is for people', () => {
    assert.equal(describeEndpoint({ type: 'unix', path: '/run/x' }), 'unix /run/x');
    assert.equal(describeEndpoint({ type: 'tcp', host: 'example.org', port: 80 }), 'tcp example.org:80');
    assert.equal(describeEndpoint({ type: 'tcp', host: '::1', port: 80 }), 'tcp [::1]:80');
  });
});

describe('checkUnixPath', () => {
  test('takes 107 bytes, counted as bytes', () => {
    checkUnixPath(`/${'x'.repeat(106)}`);
    assert.throws(() => checkUnixPath(`/${'x'.repeat(107)}`), { code: 'ENAMETOOLONG', message: /108 bytes/ });
    assert.throws(() => checkUnixPath(`/${'é'.repeat(54)}`), { code: 'ENAMETOOLONG' });
  });

  test('refuses what is no path', () => {
    assert.throws(() => checkUnixPath(''), { code: 'EINVAL' });
    assert.throws(() => checkUnixPath('/run/\0x'), { code: 'EINVAL' });
  });
});
