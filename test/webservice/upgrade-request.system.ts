/** Requests to upgrade that are read without Node's HTTP server: whatever is, the server reads in the same way. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { SILENT } from '../../src/wamp/log.ts';
import type { PathService } from '../../src/webservice/path-service.ts';
import { readUpgrade } from '../../src/webservice/upgrade-request.ts';
import { WebSocketPath } from '../../src/webservice/websocket.ts';
import { RawClient, startWeb } from './web-fixture.ts';

const LIMITS = { maxHeaderSize: 1_024, maxHeaders: 12 };
const RUNS = 1_500;

/** What else may become of a request. */
const OTHERS = ['request', 'clientError', 'checkContinue', 'checkExpectation', 'connect'];

/** What Node's server makes of octets: the request and what came behind it, or null where it is no upgrade. */
class Reference {
  readonly #server: Server;

  constructor() {
    this.#server = createServer({ maxHeaderSize: LIMITS.maxHeaderSize });
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async read(octets: Buffer): Promise<{ request: IncomingMessage; head: Buffer } | null> {
    const { port } = this.#server.address() as AddressInfo;
    const client = connect({ port, host: '127.0.0.1' });
    client.on('error', () => {});
    try {
      return await new Promise((resolve) => {
        for (const event of OTHERS) this.#server.removeAllListeners(event).on(event, () => resolve(null));
        this.#server.removeAllListeners('upgrade').on('upgrade', (request, socket, head) => {
          socket.on('error', () => {});
          socket.destroy();
          resolve({ request, head });
        });
        client.on('close', () => resolve(null));
        client.end(octets);
      });
    } finally {
      client.destroy();
    }
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const PLAIN = [
  'GET /ws?token=a%20b HTTP/1.1',
  'Host: localhost:8080',
  'Upgrade: websocket',
  'Connection: keep-alive, Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: wamp.2.json, wamp.2.msgpack',
];

function octetsOf(lines: readonly string[], behind = ''): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${behind}`, 'latin1');
}

/** Headers as clients, proxies and attackers send them. */
const HEADER = fc.oneof(
  fc.constantFrom(
    'Origin: https://example.com',
    'Cookie: a=b; c="d e"',
    'X-Empty:',
    'X-Blank:   ',
    'X-Tabs:\t a \t b \t',
    'x-latin: caf\u00e9',
    'Upgrade: h2c',
    'upgrade: WebSocket',
    'CONNECTION: close',
    'Content-Length: 0',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'Expect: 100-continue',
    'Host: other',
    ' folded: yes',
    'no colon',
    'blank : before',
    ': nameless',
    'X-NUL: a\u0000b',
    'X-CR: a\rb',
    'X-LF: a\nb',
    'X-Del: a\u007fb',
    'X(: b',
  ),
  fc.tuple(fc.string({ maxLength: 12 }), fc.string({ maxLength: 40 })).map(([name, value]) => `${name}: ${value}`),
);

const REQUEST_LINE = fc.oneof(
  { weight: 6, arbitrary: fc.constant(PLAIN[0] as string) },
  fc.constantFrom(
    'GET / HTTP/1.0',
    'GET / HTTP/2.0',
    'GET  / HTTP/1.1',
    'GET /a b HTTP/1.1',
    'get / HTTP/1.1',
    'POST / HTTP/1.1',
    'GET * HTTP/1.1',
    'GET http://example.com/ws HTTP/1.1',
    'GET /caf\u00e9 HTTP/1.1',
    'GET /\u0000 HTTP/1.1',
    'GET /# HTTP/1.1',
    'GET example.com:80 HTTP/1.1',
    'GET ws HTTP/1.1',
    'GET / HTTP/1.1 ',
  ),
);

/** Blanks are where readers differ. */
const CONNECTION = fc.oneof(
  { weight: 2, arbitrary: fc.constant(' keep-alive, Upgrade') },
  fc
    .tuple(
      fc.constantFrom('', 'close', 'upgrade', 'a b', '"q"'),
      fc.array(fc.constantFrom(' ', '\t', ',', 'Upgrade', ';')),
    )
    .map(([first, rest]) => first + rest.join('')),
);
const UNCONNECTED = PLAIN.slice(1).filter((line) => !line.startsWith('Connection'));

const OCTETS = fc
  .record({
    line: REQUEST_LINE,
    connection: CONNECTION,
    kept: fc.oneof({ weight: 4, arbitrary: fc.constant(UNCONNECTED) }, fc.subarray(UNCONNECTED, { minLength: 2 })),
    more: fc.array(HEADER, { maxLength: 4 }),
    behind: fc.string({ maxLength: 20 }),
    cut: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, fc.nat(300)),
    flip: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, fc.tuple(fc.nat(300), fc.nat(255))),
  })
  .map(({ line, connection, kept, more, behind, cut, flip }) => {
    const octets = octetsOf([line, `Connection:${connection}`, ...kept, ...more], behind);
    if (flip !== null) octets[flip[0] % octets.length] = flip[1];
    return cut === null ? octets : octets.subarray(0, Math.min(cut, octets.length));
  });

/** Tells what it was given to upgrade, with all that came behind it. */
const TELLING: PathService = new WebSocketPath({
  handleUpgrade: (request, socket, head) => {
    const behind = [head];
    socket.on('data', (chunk: Buffer) => behind.push(chunk));
    socket.once('end', () => {
      const { method, url, httpVersion, rawHeaders } = request;
      socket.end(JSON.stringify([method, url, httpVersion, rawHeaders, Buffer.concat(behind).toString('latin1')]));
    });
  },
});

function withoutDate(answer: string): string {
  return answer.replace(/^Date: .*$/m, '');
}

const REQUEST = octetsOf(PLAIN).toString('latin1');

function oddly(...headers: readonly string[]): string {
  return octetsOf([...PLAIN, ...headers]).toString('latin1');
}

/** What is sent, by what is odd about it. The server's limits are those of its own defaults. */
const ODD: Readonly<Record<string, string>> = {
  nothing: REQUEST,
  'octets behind it': `${REQUEST}\x81\x00\r\n\r\n`,
  'a request behind it': REQUEST + REQUEST,
  'headers that are there twice': oddly('X-A: 1', 'x-a: 2', 'Sec-WebSocket-Protocol: wamp.2.cbor'),
  'two hosts': oddly('Host: other'),
  'two keys': oddly('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='),
  'no host': REQUEST.replace(/Host: .*?\r\n/, ''),
  'a folded line': oddly('X-A: 1', ' 2'),
  'lines that end with LF': REQUEST.replaceAll('\r\n', '\n'),
  'one line that ends with LF': REQUEST.replace('\r\n', '\n'),
  'lines that end with CR': REQUEST.replaceAll('\r\n', '\r'),
  'CR in a value': oddly('X-A: 1\r2'),
  'an empty line before it': `\r\n${REQUEST}`,
  'an absolute target': REQUEST.replace(' /ws', ' http://localhost:8080/ws'),
  'an absolute target with another host': REQUEST.replace(' /ws', ' http://example.com/ws'),
  'an authority for a target': REQUEST.replace(/ \/ws\S*/, ' localhost:8080'),
  'an asterisk for a target': REQUEST.replace(/ \/ws\S*/, ' *'),
  'a target with octets beyond ASCII': REQUEST.replace(' /ws', ' /w\u00e9'),
  'a target with a fragment': REQUEST.replace(' /ws', ' /ws#a'),
  'a list in Upgrade': REQUEST.replace('Upgrade: websocket', 'Upgrade: h2c, WebSocket'),
  'two lines of Upgrade': oddly('Upgrade: h2c'),
  'another protocol': REQUEST.replace('Upgrade: websocket', 'Upgrade: h2c'),
  'no Connection': REQUEST.replace(/Connection: .*?\r\n/, ''),
  'two lines of Connection': oddly('Connection: close'),
  'a blank before the colon': oddly('X-A : 1'),
  'a tab before the colon': oddly('X-A\t: 1'),
  'no blank behind the colon': REQUEST.replaceAll(/^([A-Z][\w-]+): /gm, '$1:'),
  'blanks around values': REQUEST.replaceAll(/^([A-Z][\w-]+): (.*?)\r$/gm, '$1: \t $2 \t\r'),
  'an empty value': oddly('X-A:', 'X-B: '),
  'a header without a name': oddly(': 1'),
  'a header without a colon': oddly('X-A'),
  'a NUL in a value': oddly('X-A: 1\0'),
  'a header that is too long': oddly(`X-A: ${'a'.repeat(17_000)}`),
  'a header that is just short enough': oddly(`X-A: ${'a'.repeat(16_000)}`),
  'a hundred headers': oddly(...Array<string>(94).fill('X-A: 1')),
  'a header too many': oddly(...Array<string>(95).fill('X-A: 1')),
  'an empty body': oddly('Content-Length: 0'),
  'a body': `${oddly('Content-Length: 5')}abcde`,
  'two lengths': `${oddly('Content-Length: 5', 'Content-Length: 6')}abcdef`,
  'a body in chunks': `${oddly('Transfer-Encoding: chunked')}5\r\nabcde\r\n0\r\n\r\n`,
  'a length and chunks': `${oddly('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  'an encoding that nobody knows': oddly('Transfer-Encoding: other'),
  'an expectation': oddly('Expect: 100-continue'),
  'an expectation that nobody knows': oddly('Expect: other'),
  'HTTP/1.0': REQUEST.replace('HTTP/1.1', 'HTTP/1.0'),
  'HTTP/2.0': REQUEST.replace('HTTP/1.1', 'HTTP/2.0'),
  POST: REQUEST.replace('GET', 'POST'),
  'a method in lower case': REQUEST.replace('GET', 'get'),
  'no end': REQUEST.slice(0, -2),
};

describe('a request to upgrade that comes in one piece', () => {
  const socket = new Socket();
  const reference = new Reference();
  before(() => reference.start());
  after(() => reference.stop());

  it('is read as it is', () => {
    const read = readUpgrade(octetsOf(PLAIN, 'more'), socket, LIMITS);
    assert.ok(read !== null);
    assert.equal(read.request.url, '/ws?token=a%20b');
    assert.deepEqual(read.request.rawHeaders.slice(0, 4), ['Host', 'localhost:8080', 'Upgrade', 'websocket']);
    assert.equal(read.head.toString(), 'more');
  });

  for (const [what, octets] of [
    ['begun', octetsOf(PLAIN).subarray(0, -1)],
    ['with a body', octetsOf([...PLAIN, 'Content-Length: 5'], 'abcde')],
    ['for another protocol', octetsOf([...PLAIN.filter((line) => !line.startsWith('Upgrade')), 'Upgrade: h2c'])],
    ['without Connection', octetsOf(PLAIN.filter((line) => !line.startsWith('Connection')))],
    ['with too many headers', octetsOf([...PLAIN, ...Array(7).fill('A: b')])],
    ['that is too long', octetsOf([...PLAIN, `A: ${'b'.repeat(1_000)}`])],
    ['with a folded line', octetsOf([...PLAIN, ' folded'])],
    ['of HTTP/1.0', octetsOf(['GET / HTTP/1.0', ...PLAIN.slice(1)])],
  ] as const) {
    it(`is for the HTTP server where it is one ${what}`, () => {
      assert.equal(readUpgrade(octets, socket, LIMITS), null);
    });
  }

  it(`is never read otherwise than Node reads it, in ${RUNS} requests of all kinds`, async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(OCTETS, async (octets) => {
        const ours = readUpgrade(Buffer.from(octets), socket, LIMITS);
        if (ours === null) return;
        read += 1;
        const theirs = await reference.read(octets);
        assert.ok(theirs !== null, 'the server takes it for no upgrade');
        assert.equal(ours.request.url, theirs.request.url);
        assert.equal(ours.request.method, theirs.request.method);
        assert.equal(ours.request.httpVersion, theirs.request.httpVersion);
        assert.deepEqual(ours.request.rawHeaders, theirs.request.rawHeaders);
        assert.deepEqual(ours.head, theirs.head);
      }),
      { numRuns: RUNS },
    );
    assert.ok(read > RUNS / 20, `${read} were read`);
  });

  it('gets the answer of one that comes in two', async (t) => {
    const accepted: Socket[] = [];
    const { port } = await startWeb(t, TELLING, {}, SILENT, (each) => accepted.push(each));
    const ask = async (first: string, rest: string): Promise<string> => {
      const client = new RawClient(port);
      client.socket.write(first, 'latin1');
      const read = (): boolean => (accepted[0]?.bytesRead ?? 0) >= first.length || client.socket.closed;
      while (!read()) await new Promise(setImmediate);
      accepted.length = 0;
      client.socket.end(rest, 'latin1');
      await client.closed;
      return withoutDate(client.received);
    };
    for (const [what, octets] of Object.entries(ODD)) {
      const whole = await ask(octets, '');
      for (const cut of [1, PLAIN[0]?.length ?? 0, REQUEST.length - 2]) {
        assert.equal(await ask(octets.slice(0, cut), octets.slice(cut)), whole, `${what}, cut at ${cut}`);
      }
    }
  });
});
