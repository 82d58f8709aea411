import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RouterWorkerConfig } from '../../src/config/schema-worker.ts';
import {
  nodeWith,
  PATHS,
  parse,
  problemsOf,
  RAWSOCKET,
  REALM,
  WEB,
  WEBSOCKET,
  WEBSOCKET_PATH,
  WORKER,
} from './example-node.ts';

const TICKET = [...WEBSOCKET, 'auth', 'ticket', 'principals', 'joe', 'ticket'];
const TICKET_PATH = 'workers[0].transports[1].auth.ticket.principals.joe.ticket';
const CANARY = 'canary-7f3a';

function variable(name: string): string {
  return `\${${name}}`;
}

function firstWorker(
  path: readonly (string | number)[],
  value: unknown,
  env: Record<string, string>,
): RouterWorkerConfig {
  return parse(nodeWith([path, value]), { env }).config.workers[0] as RouterWorkerConfig;
}

describe('secrets from the environment', () => {
  it('are taken', () => {
    const [, websocket] = firstWorker(TICKET, variable('JOE'), { JOE: CANARY }).transports;
    const ticket = websocket?.type === 'websocket' ? websocket.auth?.ticket : undefined;
    assert.equal(ticket?.type === 'static' && ticket.principals['joe']?.ticket, CANARY);
  });

  it('keep the node from starting where they are not there', () => {
    const told = (env: Record<string, string>) => problemsOf(nodeWith([TICKET, variable('JOE')]), { env });
    assert.deepEqual(told({}), [`${TICKET_PATH}: the environment variable JOE is not set`]);
    assert.deepEqual(told({ JOE: '' }), [`${TICKET_PATH}: the environment variable JOE is empty`]);
    for (const value of [`${CANARY}\n`, `${CANARY}\r\n`, `\n${CANARY}`]) {
      assert.deepEqual(told({ JOE: value }), [`${TICKET_PATH}: the environment variable JOE has a line break in it`]);
    }
    assert.deepEqual(told({ JOE: 'fine' }), []);
  });

  it('are looked up by their own name alone', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      assert.deepEqual(problemsOf(nodeWith([TICKET, variable(name)])), [
        `${TICKET_PATH}: the environment variable ${name} is not set`,
      ]);
    }
  });

  it('a name that is none could be the secret itself, and is not printed', () => {
    assert.deepEqual(problemsOf(nodeWith([TICKET, variable('p4ss!word')])), [
      `${TICKET_PATH}: the environment variable that is named here is not set`,
    ]);
  });

  it('are taken literally where they only look like variables', () => {
    for (const literal of ['$JOE', `a${variable('JOE')}`, `${variable('JOE')}b`, variable('')]) {
      const [, websocket] = firstWorker(TICKET, literal, { JOE: CANARY }).transports;
      const ticket = websocket?.type === 'websocket' ? websocket.auth?.ticket : undefined;
      assert.equal(ticket?.type === 'static' && ticket.principals['joe']?.ticket, literal);
    }
  });
});

describe('other values from the environment', () => {
  it('any whole string', () => {
    assert.equal(firstWorker([...PATHS, 'old', 'url'], variable('URL'), { URL: 'x:y' }).transports.length, 3);
    const [web] = firstWorker([...PATHS, 'old', 'url'], variable('URL'), { URL: 'x:y' }).transports;
    const redirect = web?.type === 'web' ? web.paths['old'] : undefined;
    assert.equal(redirect?.type === 'redirect' && redirect.url, 'x:y');
    const { components } = firstWorker([...WORKER, 'components', 0, 'extra'], { db: [variable('DB')] }, { DB: '' });
    assert.deepEqual(JSON.parse(JSON.stringify(components[0]?.extra)), { db: [''] });
  });

  it('unset ones are problems, each told once', () => {
    const told = problemsOf(nodeWith([[...REALM, 'name'], variable('NAME')], [[...WEB, 'endpoint', 'port'], '$PORT']));
    assert.ok(told.includes('workers[0].realms[0].name: the environment variable NAME is not set'));
    assert.ok(told.includes('workers[0].transports[0].endpoint.port: the environment variable PORT is not set'));
    assert.equal(told.filter((line) => line.includes('.name: ') || line.includes('.port: ')).length, 2);
  });

  it('the port of an endpoint, in both spellings', () => {
    for (const spelling of ['$PORT', variable('PORT')]) {
      const [web] = firstWorker([...WEB, 'endpoint', 'port'], spelling, { PORT: '8123' }).transports;
      assert.equal(web?.endpoint.type === 'tcp' && web.endpoint.port, 8123);
    }
    for (const wrong of ['http', '', '-1', '0x50', '8080.5']) {
      assert.deepEqual(problemsOf(nodeWith([[...WEB, 'endpoint', 'port'], '$PORT']), { env: { PORT: wrong } }), [
        `workers[0].transports[0].endpoint.port: expected an integer from 0 to 65535, got ${wrong === '' ? 'an empty string' : 'another string from the environment'}`,
      ]);
    }
  });

  it('parts of the path of a Unix socket', () => {
    const [, , rawsocket] = firstWorker([...RAWSOCKET, 'endpoint', 'path'], `$DIR/${variable('NAME')}.sock`, {
      DIR: '/run',
      NAME: 'r',
    }).transports;
    assert.equal(rawsocket?.endpoint.type === 'unix' && rawsocket.endpoint.path, '/run/r.sock');
    assert.deepEqual(problemsOf(nodeWith([[...RAWSOCKET, 'endpoint', 'path'], '$DIR/x'])), [
      'workers[0].transports[2].endpoint.path: the environment variable DIR is not set',
    ]);
  });

  it('only there: elsewhere $NAME is text', () => {
    const { components } = firstWorker(
      [...WORKER, 'components', 0, 'extra'],
      { endpoint: { port: '$P', path: '$P' } },
      { P: '1' },
    );
    assert.deepEqual(JSON.parse(JSON.stringify(components[0]?.extra)), { endpoint: { port: '$P', path: '$P' } });
  });

  it('whether a worker is disabled', () => {
    const disabled = (value: unknown, env: Record<string, string> = {}) =>
      firstWorker([...WORKER, 'options', 'disabled'], value, env).options.disabled;
    assert.equal(disabled(variable('OFF')), false);
    assert.equal(disabled(variable('OFF'), { OFF: '' }), false);
    assert.equal(disabled(variable('OFF'), { OFF: '0' }), true);
    assert.equal(disabled('anything'), true);
    assert.equal(disabled(''), false);
    assert.equal(disabled(true), true);
  });

  it('never what a json service publishes', () => {
    const value = { path: variable('HOME'), type: 'json', value: variable('HOME') };
    const [web] = firstWorker([...PATHS, 'data', 'value'], value, { HOME: CANARY }).transports;
    const service = web?.type === 'web' ? web.paths['data'] : undefined;
    assert.ok(service?.type === 'json');
    assert.deepEqual(JSON.parse(JSON.stringify(service.value)), value);
  });

  it('nothing is said of variables inside of what is refused as a whole', () => {
    for (const trustroots of [{ joe: { secret: variable('JOE') } }, variable('JOE')]) {
      const cryptosign = { type: 'static', principals: {}, trustroots };
      const [problem, ...more] = problemsOf(nodeWith([[...WEBSOCKET_PATH, 'auth', 'cryptosign'], cryptosign]));
      assert.match(problem ?? '', /auth\.cryptosign\.trustroots: chains of EIP-712 certificates are not supported/);
      assert.deepEqual(more, []);
    }
    assert.deepEqual(problemsOf(nodeWith([['workers', 1, 'type'], variable('TYPE')])), [
      'workers[1].type: the environment variable TYPE is not set',
    ]);
    assert.deepEqual(problemsOf(nodeWith([['workers', 1], { type: 'guest', executable: variable('EXE') }])), [
      'workers[1].type: not supported yet',
    ]);
  });
});

describe('what is printed', () => {
  const everywhere: readonly (readonly (string | number)[])[] = [
    ['controller', 'id'],
    [...WORKER, 'id'],
    [...WORKER, 'type'],
    [...REALM, 'name'],
    [...REALM, 'roles', 0, 'name'],
    [...WEB, 'endpoint', 'port'],
    [...WEB, 'endpoint', 'type'],
    [...WEB, 'endpoint', 'version'],
    [...WEBSOCKET_PATH, 'serializers', 0],
    [...WEBSOCKET_PATH, 'url'],
    [...WEBSOCKET_PATH, 'auth'],
    [...WEBSOCKET_PATH, 'auth', 'ticket'],
    [...WEBSOCKET_PATH, 'auth', 'ticket', 'type'],
    [...WEBSOCKET_PATH, 'auth', 'ticket', 'authenticator-realm'],
    [...WEBSOCKET_PATH, 'options', 'max_message_size'],
    [...WEBSOCKET, 'auth', 'ticket', 'principals'],
    [...WEBSOCKET, 'auth', 'ticket', 'principals', 'joe'],
    [...WEBSOCKET, 'auth', 'ticket', 'principals', 'joe', 'role'],
    [...RAWSOCKET, 'auth', 'ticket', 'create'],
    [...WORKER, 'components', 0, 'realm'],
    [...WORKER, 'components', 0, 'role'],
  ];

  for (const path of everywhere) {
    it(`is never a value from the environment: ${path.join('.')}`, () => {
      const lines = problemsOf(nodeWith([path, variable('SECRET')]), { env: { SECRET: CANARY } });
      assert.ok(!lines.join('\n').includes(CANARY), lines.join('\n'));
    });
  }

  it('is never a ticket, wherever in "auth" it was put', () => {
    const auth = [...WEBSOCKET, 'auth'];
    const places: [path: (string | number)[], value: unknown][] = [
      [auth, CANARY],
      [[...auth, 'ticket'], CANARY],
      [[...auth, 'ticket', 'ticket'], CANARY],
      [[...auth, 'ticket', 'principals'], CANARY],
      [[...auth, 'ticket', 'principals', 'joe'], CANARY],
      [[...auth, 'ticket', 'principals', 'joe', 'tickt'], CANARY],
      [[...auth, 'ticket', 'principals', 'joe', 'ticket'], [CANARY]],
      [[...auth, 'ticket', 'principals', 'joe', 'secret'], CANARY],
      [[...WORKER, 'options', 'env', 'vars'], CANARY],
      [[...WORKER, 'options', 'env', 'vars', 'A'], [CANARY]],
      [[...WEBSOCKET, 'endpoint', 'tls', 'key'], { key: CANARY }],
    ];
    for (const [path, value] of places) {
      const lines = problemsOf(nodeWith([path, value])).join('\n');
      assert.notEqual(lines, '');
      assert.ok(!lines.includes(CANARY), lines);
    }
  });
});
