import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseRouterUrl } from '../../src/client/router-url.ts';

describe('the URL of a router', () => {
  for (const [text, address] of [
    ['ws://127.0.0.1:8080/ws', { transport: 'websocket', url: 'ws://127.0.0.1:8080/ws', socketPath: null }],
    ['wss://example.org/ws?x=1', { transport: 'websocket', url: 'wss://example.org/ws?x=1', socketPath: null }],
    ['ws://[::1]:8080', { transport: 'websocket', url: 'ws://[::1]:8080/', socketPath: null }],
    ['ws+unix:///run/r.sock:/ws', { transport: 'websocket', url: 'ws://localhost/ws', socketPath: '/run/r.sock' }],
    ['ws+unix:/run/r.sock:/ws?x', { transport: 'websocket', url: 'ws://localhost/ws?x', socketPath: '/run/r.sock' }],
    ['ws+unix:r.sock', { transport: 'websocket', url: 'ws://localhost/', socketPath: 'r.sock' }],
    ['rs://localhost:8081', { transport: 'rawsocket', host: 'localhost', port: 8081, secure: false }],
    ['rs://localhost:8081/', { transport: 'rawsocket', host: 'localhost', port: 8081, secure: false }],
    ['rss://[::1]:8081', { transport: 'rawsocket', host: '::1', port: 8081, secure: true }],
    ['rs+unix:///run/r.sock', { transport: 'rawsocket', socketPath: '/run/r.sock' }],
    ['rs+unix:run/r.sock', { transport: 'rawsocket', socketPath: 'run/r.sock' }],
  ] as const) {
    it(`may be ${text}`, () => assert.deepEqual(parseRouterUrl(text), address));
  }

  for (const [text, problem] of [
    ['', /a router's URL is needed/],
    ['127.0.0.1:8080', /a router's URL is needed/],
    ['http://127.0.0.1:8080/ws', /^http:\/\/ is no URL of a router; needed: ws:\/\//],
    ['ws://ada:canary@127.0.0.1/', /credentials/],
    ['rs://ada:canary@127.0.0.1:1', /credentials/],
    ['ws://127.0.0.1/#x', /fragment/],
    ['rs://127.0.0.1', /rs:\/\/host:port/],
    ['rs://127.0.0.1:0', /rs:\/\/host:port/],
    ['rss://127.0.0.1:1/path', /rss:\/\/host:port/],
    ['rs://127.0.0.1:1?x', /rs:\/\/host:port/],
    ['ws+unix::/ws', /ws\+unix:\/\/\/socket:\/path/],
    ['ws+unix:/r.sock:ws', /ws\+unix:\/\/\/socket:\/path/],
    ['rs+unix:', /no URL of a router/],
  ] as const) {
    it(`may not be ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseRouterUrl(text),
        (error: unknown) => {
          assert(error instanceof RangeError);
          assert.match(error.message, problem);
          assert.doesNotMatch(error.message, /canary/);
          return true;
        },
      );
    });
  }

  it('is an address or a RangeError, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((rest) => `rs+unix:${rest}`),
        ),
        (text) => {
          try {
            parseRouterUrl(text);
          } catch (error) {
            assert(error instanceof RangeError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
