import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { closePayload, isCloseCode } from '../../src/transports/websocket-close.ts';
import { agreeOnDeflate, parseExtensions } from '../../src/transports/websocket-extensions.ts';
import { type Agreement, joinHeaders, negotiate, type Refusal } from '../../src/transports/websocket-handshake.ts';
import { completeOptions, type WebSocketOptions } from '../../src/transports/websocket-options.ts';
import { isAllowedOrigin } from '../../src/transports/websocket-origin.ts';

type HeaderList = readonly (readonly [name: string, value: string])[];

const GOOD: HeaderList = [
  ['Host', 'router.example'],
  ['Connection', 'keep-alive, Upgrade'],
  ['Upgrade', 'WebSocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
];
const PROTOCOLS = ['wamp.2.cbor.batched', 'wamp.2.cbor', 'wamp.2.json'];

interface Request {
  readonly headers?: HeaderList;
  readonly method?: string;
  readonly httpVersion?: string;
  readonly options?: WebSocketOptions;
  readonly protocols?: readonly string[];
  readonly secure?: boolean;
}

function ask(request: Request): Agreement | Refusal {
  const message = new IncomingMessage(new Socket());
  message.method = request.method ?? 'GET';
  message.httpVersion = request.httpVersion ?? '1.1';
  message.rawHeaders = (request.headers ?? GOOD).flat();
  const settings = completeOptions(request.options ?? {});
  return negotiate(message, joinHeaders(message), request.protocols ?? PROTOCOLS, settings, request.secure ?? false);
}

function without(name: string): HeaderList {
  return GOOD.filter(([each]) => each.toLowerCase() !== name.toLowerCase());
}

function withHeader(name: string, value: string): HeaderList {
  return [...without(name), [name, value]];
}

function granted(request: Request): Agreement {
  const outcome = ask(request);
  assert.ok('accept' in outcome, `refused: ${JSON.stringify(outcome)}`);
  return outcome;
}

function refused(request: Request): Refusal {
  const outcome = ask(request);
  assert.ok('status' in outcome, 'granted');
  return outcome;
}

const offering = (value: string): HeaderList => [...GOOD, ['Sec-WebSocket-Protocol', value]];

describe('the request', () => {
  test('is answered with the key of RFC 6455, section 1.3', () => {
    assert.equal(granted({ headers: offering('wamp.2.cbor') }).accept, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  const flaws: readonly [what: string, request: Request, status: number][] = [
    ['POST', { method: 'POST' }, 405],
    ['HTTP/1.0', { httpVersion: '1.0' }, 505],
    ['no Host', { headers: without('Host') }, 400],
    ['an empty Host', { headers: withHeader('Host', '') }, 400],
    ['no Upgrade', { headers: without('Upgrade') }, 400],
    ['another Upgrade', { headers: withHeader('Upgrade', 'h2c') }, 400],
    ['no Connection', { headers: without('Connection') }, 400],
    ['another Connection', { headers: withHeader('Connection', 'keep-alive') }, 400],
    ['no version', { headers: without('Sec-WebSocket-Version') }, 426],
    ['version 8', { headers: withHeader('Sec-WebSocket-Version', '8') }, 426],
    ['version 13, 8', { headers: withHeader('Sec-WebSocket-Version', '13, 8') }, 426],
    ['no key', { headers: without('Sec-WebSocket-Key') }, 400],
    ['a short key', { headers: withHeader('Sec-WebSocket-Key', 'dGhlIHNhbXBsZQ==') }, 400],
    ['a key that is not base64', { headers: withHeader('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZ!==') }, 400],
    ...['Host', 'Upgrade', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version'].map((name): [string, Request, number] => {
      const value = GOOD.find(([each]) => each === name)?.[1] ?? '';
      return [`${name} twice`, { headers: [...GOOD, [name.toLowerCase(), value]] }, 400];
    }),
    ['Origin twice', { headers: [...GOOD, ['Origin', 'http://a.example'], ['Origin', 'http://b.example']] }, 400],
  ];
  for (const [what, request, status] of flaws) {
    test(`${what}: ${status}`, () => {
      const headers = [...(request.headers ?? GOOD), ['Sec-WebSocket-Protocol', 'wamp.2.cbor']] as HeaderList;
      assert.equal(refused({ ...request, headers }).status, status);
    });
  }

  test('another version is told which one would do', () => {
    assert.deepEqual(refused({ headers: withHeader('Sec-WebSocket-Version', '8') }).headers, {
      'Sec-WebSocket-Version': '13',
    });
  });

  test('the Host header must name the external port, if one is configured', () => {
    const options = { externalPort: 443 };
    const at = (host: string, secure: boolean): Request => ({
      options,
      secure,
      headers: [...withHeader('Host', host), ['Sec-WebSocket-Protocol', 'wamp.2.cbor']],
    });
    granted(at('router.example:443', false));
    granted(at('router.example', true));
    granted(at('[::1]:443', false));
    assert.equal(refused(at('router.example', false)).status, 400);
    assert.equal(refused(at('router.example:8080', true)).status, 400);
  });

  test('headers of one name are joined, whatever the name', () => {
    const message = new IncomingMessage(new Socket());
    message.rawHeaders = ['Cookie', 'a=1', 'cookie', 'b=2', 'constructor', 'x', 'X-Y', 'z'];
    const headers = joinHeaders(message);
    assert.deepEqual(Object.entries(headers), [
      ['cookie', 'a=1, b=2'],
      ['constructor', 'x'],
      ['x-y', 'z'],
    ]);
    assert.equal(headers['toString'], undefined);
  });
});

describe('the subprotocol', () => {
  const rows: readonly [offer: string | null, chosen: string | number, options?: WebSocketOptions][] = [
    ['wamp.2.cbor', 'wamp.2.cbor'],
    ['wamp.2.json, wamp.2.cbor', 'wamp.2.json'],
    ['wamp.2.cbor,wamp.2.json', 'wamp.2.cbor'],
    ['wamp.2.msgpack, soap, wamp.2.json', 'wamp.2.json'],
    ['wamp.2.msgpack', 400],
    ['WAMP.2.JSON', 400],
    ['', 400],
    ['wamp.2.json,', 400],
    ['wamp.2.json wamp.2.cbor', 400],
    ['wamp.2.json;q=1', 400],
    ['wamp.2.json, wamp.2.json', 400],
    [null, 400],
    [null, 'wamp.2.json', { requireWebSocketSubprotocol: false }],
    ['soap', 400, { requireWebSocketSubprotocol: false }],
  ];
  for (const [offer, chosen, options] of rows) {
    test(`${offer === null ? 'nothing' : JSON.stringify(offer)} → ${chosen}${options ? ' (not required)' : ''}`, () => {
      const request = { headers: offer === null ? GOOD : offering(offer), ...(options ? { options } : {}) };
      if (typeof chosen === 'number') assert.equal(refused(request).status, chosen);
      else assert.equal(granted(request).protocol, chosen);
    });
  }

  test('who speaks none of them is told which there are, in order, as by Crossbar', () => {
    assert.equal(
      refused({ headers: offering('wamp.2.ubjson') }).text,
      'This server only speaks WebSocket subprotocols wamp.2.cbor.batched, wamp.2.cbor, wamp.2.json',
    );
  });

  test('is named in the answer only where it was asked for', () => {
    assert.equal(granted({ headers: offering('wamp.2.json') }).named, true);
    assert.equal(granted({ options: { requireWebSocketSubprotocol: false } }).named, false);
    assert.equal(granted({ protocols: [], headers: offering('anything') }).named, false);
    assert.equal(granted({ protocols: [] }).protocol, '');
  });

  test('there is no fallback to what the listener does not speak', () => {
    const options = { requireWebSocketSubprotocol: false };
    assert.equal(refused({ options, protocols: ['wamp.2.cbor'] }).status, 400);
  });

  test('ten thousand of them, or junk, are read in no time and never thrown at', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `p${index}`).join(',');
    const startedAt = performance.now();
    assert.equal(refused({ headers: offering(many) }).status, 400);
    assert.equal(refused({ headers: offering(','.repeat(50_000)) }).status, 400);
    assert.ok(performance.now() - startedAt < 1_000);
  });
});

describe('the origin', () => {
  const exact = { allowedOrigins: ['https://app.example.com:443', 'http://localhost:8080'], allowNullOrigin: false };
  const wild = { allowedOrigins: ['*://*.example.com:*', 'https://example.org'], allowNullOrigin: true };
  const all = { allowedOrigins: ['*'], allowNullOrigin: true };
  const rows: readonly [origin: string, exact: boolean, wild: boolean, all: boolean][] = [
    ['https://app.example.com', true, true, true],
    ['https://app.example.com:443', true, true, true],
    ['HTTPS://APP.EXAMPLE.COM', true, true, true],
    ['https://app.example.com:8443', false, true, true],
    ['http://app.example.com', false, true, true],
    ['http://app.example.com:443', false, true, true],
    ['http://localhost:8080', true, false, true],
    ['http://localhost', false, false, true],
    ['http://localhost:80', false, false, true],
    ['http://localhost:80800', false, false, false],
    ['http://127.0.0.1:8080', false, false, true],
    ['http://[::1]:8080', false, false, true],
    ['https://example.com', false, false, true],
    ['https://evil.com', false, false, true],
    ['https://app.example.com.evil.com', false, false, true],
    ['https://appXexample.com', false, false, true],
    ['https://a.b.example.com', false, true, true],
    ['https://evil.com/.example.com:443', false, false, false],
    ['https://evil.com?.example.com:443', false, false, false],
    ['https://evil.com#.example.com:443', false, false, false],
    ['https://evil.com\\.example.com:443', false, false, false],
    ['https://user@app.example.com', false, false, false],
    ['https://app.example.com/', false, false, false],
    ['https://app.example.com https://evil.com', false, false, false],
    ['https://example.org', false, true, true],
    ['https://example.org:443', false, true, true],
    ['https://example.org:444', false, false, true],
    ['http://example.org', false, false, true],
    ['https://xexample.org', false, false, true],
    ['app.example.com', false, false, false],
    ['https://', false, false, false],
    ['https:', false, false, false],
    ['', false, false, false],
    ['*', false, false, false],
    ['null', false, true, true],
    ['NULL', false, true, true],
    ['file://', false, true, true],
    ['file:///home/user/page.html', false, true, true],
    ['chrome-extension://abcdefgh', false, false, true],
    ['javascript:alert(1)', false, false, false],
    ['https://exa mple.com', false, false, false],
    ['https://app.example.com\u0000.evil.com', false, false, false],
  ];
  for (const [origin, ...expected] of rows) {
    test(JSON.stringify(origin), () => {
      const actual = [exact, wild, all].map((rules) => isAllowedOrigin(origin, rules));
      assert.deepEqual(actual, expected);
    });
  }

  test('a refusal is 400, and does not repeat the origin', () => {
    const headers = [...offering('wamp.2.json'), ['Origin', 'https://evil.example']] as HeaderList;
    const { status, text } = refused({ headers, options: { allowedOrigins: ['https://good.example'] } });
    assert.equal(status, 400);
    assert.equal(text, 'WebSocket connection denied: origin not allowed');
    granted({ headers });
  });

  test('patterns of many stars are matched in no time', () => {
    const rules = { allowedOrigins: [`${'*a'.repeat(30)}b`], allowNullOrigin: true };
    const startedAt = performance.now();
    assert.equal(isAllowedOrigin(`http://${'a'.repeat(10_000)}`, rules), false);
    assert.ok(performance.now() - startedAt < 1_000);
  });

  test('a star stands for anything, and nothing else is special', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 5 });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.array(part, { maxLength: 3 }), (parts, fills) => {
        const pattern = `http://h${parts.join('*')}:80`;
        const origin = `http://h${parts.map((each, at) => (at === 0 ? each : (fills[at - 1] ?? '') + each)).join('')}:80`;
        const rules = { allowedOrigins: [pattern], allowNullOrigin: false };
        if (!URL.canParse(origin)) return;
        assert.equal(isAllowedOrigin(origin, rules), true, `${origin} ${pattern}`);
      }),
      { numRuns: 500 },
    );
  });
});

describe('permessage-deflate', () => {
  const settings = (
    options: WebSocketOptions['compression'],
  ): NonNullable<ReturnType<typeof completeOptions>['compression']> => {
    const { compression } = completeOptions({ compression: options ?? {} });
    assert.ok(compression !== null);
    return compression;
  };
  const agree = (header: string, options: WebSocketOptions['compression'] = {}): string | null => {
    const offers = parseExtensions(header);
    assert.ok(offers !== null, 'malformed');
    return agreeOnDeflate(offers, settings(options))?.header ?? null;
  };
  const lax = { noContextTakeover: false, requestNoContextTakeover: false, maxWindowBits: 15 };

  test('by default no context is kept', () => {
    assert.equal(
      agree('permessage-deflate; client_max_window_bits'),
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    );
  });

  const rows: readonly [offer: string, answer: string | null][] = [
    ['permessage-deflate', 'permessage-deflate'],
    ['permessage-deflate; server_no_context_takeover', 'permessage-deflate; server_no_context_takeover'],
    ['permessage-deflate; client_no_context_takeover', 'permessage-deflate; client_no_context_takeover'],
    ['permessage-deflate; server_max_window_bits=10', 'permessage-deflate; server_max_window_bits=10'],
    ['permessage-deflate; server_max_window_bits="10"', 'permessage-deflate; server_max_window_bits=10'],
    ['permessage-deflate; client_max_window_bits=10', 'permessage-deflate; client_max_window_bits=10'],
    ['permessage-deflate; server_max_window_bits=8', null],
    ['permessage-deflate; server_max_window_bits=8, permessage-deflate', 'permessage-deflate'],
    ['x-webkit-deflate-frame, permessage-deflate', 'permessage-deflate'],
    ['permessage-bzip2', null],
    ['Permessage-Deflate', null],
    ...['0', '7', '16', '99', '08', '-9', '1e1', '9.5'].map((bits): [string, null] => [
      `permessage-deflate; server_max_window_bits=${bits}`,
      null,
    ]),
    ['permessage-deflate; client_max_window_bits=7', null],
    ['permessage-deflate; server_max_window_bits', null],
    ['permessage-deflate; server_no_context_takeover=1', null],
    ['permessage-deflate; unknown', null],
    ['permessage-deflate; constructor=1', null],
  ];
  for (const [offer, answer] of rows) {
    test(`${offer} → ${answer}`, () => assert.equal(agree(offer, lax), answer));
  }

  test('malformed headers fail the handshake', () => {
    const junk = ['', ',', ';', 'a;', 'a,', 'a;=', 'a;b=', 'a;b="c', 'a;b="c d"', 'a b', 'a;b=c=d', '\u0000', 'a;b;b'];
    for (const header of junk) {
      assert.equal(parseExtensions(header), null, JSON.stringify(header));
      const headers = [...offering('wamp.2.json'), ['Sec-WebSocket-Extensions', header]] as HeaderList;
      assert.equal(refused({ headers, options: { compression: {} } }).status, 400);
      assert.equal(granted({ headers }).deflate, null, 'without compression the header does not matter');
    }
  });

  test('a window that is asked for must be on offer', () => {
    const options = { ...lax, requestMaxWindowBits: 9 };
    assert.equal(agree('permessage-deflate', options), null);
    assert.equal(
      agree('permessage-deflate; client_max_window_bits', options),
      'permessage-deflate; client_max_window_bits=9',
    );
    assert.equal(
      agree('permessage-deflate; client_max_window_bits=12', options),
      'permessage-deflate; client_max_window_bits=9',
    );
  });

  test('the window for sending is never larger than configured', () => {
    const offer = 'permessage-deflate; server_max_window_bits=15';
    assert.equal(agree(offer, { ...lax, maxWindowBits: 11 }), 'permessage-deflate; server_max_window_bits=11');
    assert.equal(agree(offer, { ...lax, maxWindowBits: 8 }), 'permessage-deflate; server_max_window_bits=9');
  });

  test('any header is parsed or refused, and never thrown at', () => {
    const pieces = fc.constantFrom(
      'permessage-deflate',
      ';',
      ',',
      '=',
      '"',
      ' ',
      'server_max_window_bits',
      '10',
      '__proto__',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 20 }), (list) => {
        const offers = parseExtensions(list.join(''));
        if (offers !== null) agreeOnDeflate(offers, settings({}));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('close frames', () => {
  test('which codes a peer may send', () => {
    const allowed = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999];
    const forbidden = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
    assert.deepEqual(
      allowed.filter((code) => !isCloseCode(code)),
      [],
    );
    assert.deepEqual(forbidden.filter(isCloseCode), []);
  });

  test('a text is cut between characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const payload = closePayload(1000, text);
        assert.ok(payload.length <= 125);
        assert.ok(Buffer.from(text).toString().startsWith(payload.toString('utf8', 2)));
      }),
      { numRuns: 300 },
    );
    assert.equal(closePayload(1000, 'é'.repeat(62)).length, 2 + 122);
  });
});
