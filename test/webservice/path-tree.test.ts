import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import type { PathService } from '../../src/webservice/path-service.ts';
import { PathTree } from '../../src/webservice/path-tree.ts';
import { requestPath } from '../../src/webservice/request-path.ts';

const REQUEST = { method: 'GET' } as IncomingMessage;

/** Tells who was asked, and with what rest. */
function recorder(): { services: (name: string) => PathService; take: () => string } {
  let last = 'nobody';
  return {
    services: (name) => ({
      handle: (_request, _response, rest) => {
        last = `${name} ${JSON.stringify(rest)}`;
      },
      upgrade: (_request, _socket, _head, rest) => {
        last = `${name} upgrades ${JSON.stringify(rest)}`;
      },
    }),
    take: () => {
      const taken = last;
      last = 'nobody';
      return taken;
    },
  };
}

/** Just enough of a response to see its status. */
function response(): ServerResponse & { statusCode: number } {
  return { statusCode: 0, setHeader() {}, removeHeader() {}, end() {} } as unknown as ServerResponse & {
    statusCode: number;
  };
}

test('the first segment chooses, the root takes the rest, trees nest', () => {
  const { services, take } = recorder();
  const tree = new PathTree(
    new Map([
      ['/', services('root')],
      ['ws', services('ws')],
      [
        'api',
        new PathTree(
          new Map([
            ['/', services('api-root')],
            ['v1', services('v1')],
            ['deep', new PathTree(new Map([['x', services('x')]]))],
          ]),
        ),
      ],
    ]),
  );
  const table: [string, string][] = [
    ['/', 'root [""]'],
    ['/ws', 'ws []'],
    ['/ws/', 'ws [""]'],
    ['/ws/any/thing', 'ws ["any","thing"]'],
    ['/%77s', 'ws []'],
    ['/WS', 'root ["WS"]'],
    ['/wsx', 'root ["wsx"]'],
    ['//ws', 'root ["","ws"]'],
    ['/%2F', 'root ["/"]'],
    ['/%2Fws', 'root ["/ws"]'],
    ['/__proto__/x', 'root ["__proto__","x"]'],
    ['/constructor', 'root ["constructor"]'],
    ['/api', 'api-root []'],
    ['/api/', 'api-root [""]'],
    ['/api/v1', 'v1 []'],
    ['/api/v1/v1', 'v1 ["v1"]'],
    ['/api/v2/v1', 'api-root ["v2","v1"]'],
    ['/api/deep/x/y', 'x ["y"]'],
  ];
  for (const [target, expected] of table) {
    void tree.handle(REQUEST, response(), requestPath(target) ?? []);
    assert.equal(take(), expected, target);
  }
});

test('without a root, what matches nothing is not found', () => {
  const { services, take } = recorder();
  const tree = new PathTree(new Map([['api', new PathTree(new Map([['v1', services('v1')]]))]]));
  for (const target of ['/', '/nothing', '/api', '/api/', '/api/v2']) {
    const answer = response();
    void tree.handle(REQUEST, answer, requestPath(target) ?? []);
    assert.equal(answer.statusCode, 404, target);
    assert.equal(take(), 'nobody', target);
  }
});

test('an upgrade goes to the service of its path, or is refused', () => {
  const { services, take } = recorder();
  const plain: PathService = { handle() {} };
  const tree = new PathTree(
    new Map([
      ['ws', services('ws')],
      ['files', plain],
    ]),
  );
  const sent = (target: string): string => {
    let bytes = '';
    const socket = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.toString();
        done();
      },
    });
    tree.upgrade(REQUEST, socket, Buffer.alloc(0), requestPath(target) ?? []);
    return bytes;
  };
  assert.equal(sent('/ws/a'), '');
  assert.equal(take(), 'ws upgrades ["a"]');
  assert.match(sent('/files'), /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(sent('/nothing'), /^HTTP\/1\.1 404 Not Found\r\n/);
  assert.equal(take(), 'nobody');
});

test('a key that is not one segment is refused', () => {
  for (const key of ['', 'a/b', '/a', '//']) {
    assert.throws(() => new PathTree(new Map([[key, { handle() {} }]])), TypeError, key);
  }
});
