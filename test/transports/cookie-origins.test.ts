/** Row 20: for which pages cookies count (K19). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cookiesCount } from '../../src/transports/websocket-origin.ts';

const ANY = { allowedOrigins: ['*'], allowNullOrigin: true };
const LISTED = { allowedOrigins: ['*', 'https://app.example.com', 'https://*.good.com'], allowNullOrigin: true };
const SHORT = { allowedOrigins: ['http://*', '*://*:443', 'https://*:8080'], allowNullOrigin: true };

type Row = readonly [origin: string | undefined, host: string, any: boolean, listed: boolean];

/** Over TLS, with the default `["*"]` and with a list. */
const ROWS: readonly Row[] = [
  [undefined, 'router.example.com', true, true],
  ['https://router.example.com', 'router.example.com', true, true],
  ['https://router.example.com:443', 'router.example.com', true, true],
  ['https://router.example.com', 'router.example.com:443', true, true],
  ['https://router.example.com:8443', 'router.example.com:9443', true, true],
  ['HTTPS://ROUTER.example.COM', 'router.example.com', true, true],
  ['https://router.example.com', 'ROUTER.EXAMPLE.COM', true, true],
  ['https://127.0.0.1:8080', '127.0.0.1:8080', true, true],
  ['https://[::1]:8080', '[::1]:9090', true, true],
  ['http://router.example.com', 'router.example.com', false, false],
  ['https://app.example.com', 'router.example.com', false, true],
  ['https://app.example.com:443', 'router.example.com', false, true],
  ['https://app.example.com:444', 'router.example.com', false, false],
  ['http://app.example.com', 'router.example.com', false, false],
  ['https://a.good.com', 'router.example.com', false, true],
  ['https://good.com', 'router.example.com', false, false],
  ['https://a.good.com.evil.com', 'router.example.com', false, false],
  ['https://evil.com/.good.com', 'router.example.com', false, false],
  ['https://evil.com?.good.com', 'router.example.com', false, false],
  ['https://evil.com#.good.com', 'router.example.com', false, false],
  ['https://evil.com@router.example.com', 'router.example.com', false, false],
  ['https://router.example.com@evil.com', 'router.example.com', false, false],
  ['https://router.example.com.evil.com', 'router.example.com', false, false],
  ['https://evil.com', 'router.example.com', false, false],
  ['https://example.com', 'router.example.com', false, false],
  ['https://sub.router.example.com', 'router.example.com', false, false],
  ['https://router.example.com.', 'router.example.com', false, false],
  ['https://router-example.com', 'router.example.com', false, false],
  ['https://xrouter.example.com', 'router.example.com', false, false],
  ['https://router.example.com\\.evil.com', 'router.example.com', false, false],
  ['https://router.example.com, https://evil.com', 'router.example.com', false, false],
  ['null', 'router.example.com', false, false],
  ['NULL', 'null', false, false],
  ['file://', 'router.example.com', false, false],
  ['file:///router.example.com', 'router.example.com', false, false],
  ['', 'router.example.com', false, false],
  ['router.example.com', 'router.example.com', false, false],
  ['//router.example.com', 'router.example.com', false, false],
  ['javascript:alert(1)', 'router.example.com', false, false],
  ['https://', 'router.example.com', false, false],
  ['https://router.example.com', 'not a host', false, false],
  ['https://router.example.com', '', false, false],
];

describe('row 20: cookies of a page', () => {
  for (const [origin, host, any, listed] of ROWS) {
    it(`${JSON.stringify(origin)}, for ${JSON.stringify(host)}`, () => {
      const headers = { host, ...(origin !== undefined && { origin }) };
      assert.deepEqual([cookiesCount(headers, ANY, true), cookiesCount(headers, LISTED, true)], [any, listed]);
    });
  }

  it('a plain page counts for a plain router', () => {
    assert.equal(cookiesCount({ host: 'a.example', origin: 'http://a.example' }, ANY, false), true);
  });

  it('a pattern that lets everybody in lists nobody', () => {
    for (const origin of ['http://evil.com', 'https://evil.com', 'https://evil.com:8080']) {
      assert.equal(cookiesCount({ host: 'router.example.com', origin }, SHORT, true), false, origin);
    }
  });
});
