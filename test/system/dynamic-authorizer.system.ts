/**
 * Roles whose permissions are decided by somebody who is asked: a client that registered the authorizer, which may
 * die and come back, and a function of a module.
 */
import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  type CallHandler,
  type ClientSession,
  connect,
  createRouter,
  type EmbeddedRouter,
  WampError,
} from '../../src/index.ts';
import { LogLines } from './log-lines.ts';

const PATIENCE = 300;
const FAILED = 'wamp.error.authorization_failed';
const ALL = [{ uri: '*', allow: { call: true, register: true, publish: true, subscribe: true } }];

const MODULE = `
export function create({ allowed }) {
  return (session, uri, action, options) => {
    if (uri === 'com.example.slow') return new Promise((resolve) => setImmediate(resolve, session.authid === 'fay'));
    if (uri === 'com.example.broken') throw new Error('canary-broken');
    return { allow: allowed.includes(uri) && action === 'call', disclose: true };
  };
}
`;

const lines = new LogLines();
let directory: string;
let router: EmbeddedRouter;
let authorizer: ClientSession | null = null;
const clients: ClientSession[] = [];

before(async () => {
  directory = await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-authorizer-'));
  await fs.writeFile(path.join(directory, 'package.json'), '{"type":"module"}');
  await fs.writeFile(path.join(directory, 'authorizer.js'), MODULE);
  const func = { type: 'function', create: './authorizer.js#create', config: { allowed: ['com.example.echo'] } };
  const asked = {
    authorizer: 'com.example.authorize',
    'authorizer-role': 'authorizer',
    'authorizer-timeout': PATIENCE,
  };
  const principals = Object.fromEntries(
    ['user', 'authorizer', 'backend', 'fay'].map((name) => [
      name,
      { ticket: name, role: name === 'fay' ? 'func' : name },
    ]),
  );
  router = await createRouter(
    {
      realms: [
        {
          name: 'realm1',
          roles: [
            { name: 'user', ...asked },
            { name: 'func', authorizer: func },
            { name: 'authorizer', permissions: ALL },
            { name: 'backend', permissions: ALL },
          ],
        },
      ],
      transports: [
        {
          type: 'websocket',
          endpoint: { type: 'tcp', interface: '127.0.0.1', port: 0 },
          auth: { ticket: { type: 'static', principals } },
        },
      ],
    },
    { log: lines.log, cbdir: directory },
  );
  const backend = await join('backend', true);
  await backend.register('com.example.echo', ([value], _kwargs, { caller }) => [value, caller !== undefined]);
  await backend.register('com.example.slow', () => 'slow');
});

afterEach(async () => {
  await authorizer?.leave();
  authorizer = null;
  for (const client of clients.splice(0)) await client.leave();
});

after(async () => {
  await router.close();
  await fs.rm(directory, { recursive: true });
});

async function join(authid: string, stays = false): Promise<ClientSession> {
  const url = router.addresses[0] as string;
  const session = await connect({ url, realm: 'realm1', authid, ticket: authid });
  if (!stays) clients.push(session);
  return session;
}

async function startAuthorizer(answer: CallHandler): Promise<ClientSession> {
  authorizer = await join('authorizer', true);
  await authorizer.register('com.example.authorize', answer);
  return authorizer;
}

function failure(call: Promise<unknown>, uri: string, text?: RegExp): Promise<void> {
  return assert.rejects(call, (error) => {
    assert(error instanceof WampError);
    assert.equal(error.uri, uri);
    if (text !== undefined) assert.match(String(error.args[0]), text);
    return true;
  });
}

describe('a dynamic authorizer', () => {
  it('is called with session, URI, action and options, and decides', async () => {
    const calls: unknown[][] = [];
    await startAuthorizer((args) => {
      calls.push(args);
      return args[1] === 'com.example.echo' && args[2] === 'call';
    });
    const user = await join('user');
    assert.deepEqual(await user.call('com.example.echo', [1]), [1, false]);
    await failure(
      user.call('com.example.slow', []),
      'wamp.error.not_authorized',
      /^session \(session_id=\d+, authid="user", authrole="user"\) is not authorized to call procedure "com.example.slow" on realm "realm1"$/,
    );
    const [session, ...rest] = calls[0] ?? [];
    assert.deepEqual(
      rest.map((one) => (typeof one === 'object' ? { ...one } : one)),
      ['com.example.echo', 'call', {}],
    );
    const { transport, authextra, ...who } = session as Record<string, unknown>;
    assert.deepEqual(who, {
      session: user.id,
      realm: 'realm1',
      authid: 'user',
      authrole: 'user',
      authmethod: 'ticket',
      authprovider: 'static',
    });
    assert.equal((transport as { channel_framing: string }).channel_framing, 'websocket');
    assert.deepEqual(Object.keys(authextra as object).toSorted(), [
      'x_cb_node',
      'x_cb_peer',
      'x_cb_pid',
      'x_cb_worker',
    ]);
  });

  it('says by a dictionary whether the other side learns who it was', async () => {
    await startAuthorizer(() => ({ allow: true, disclose: true }));
    const user = await join('user');
    assert.deepEqual(await user.call('com.example.echo', [1]), [1, true]);
  });

  it('keeps the order of a session, however long each decision takes', async () => {
    let turns = 0;
    await startAuthorizer(async ([, uri]) => {
      turns = (turns * 7 + 3) % 5;
      for (let at = 0; at < turns; at++) await new Promise((resolve) => setImmediate(resolve));
      return uri === 'com.example.topic';
    });
    const backend = await join('backend');
    const seen: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      void backend.subscribe('com.example.topic', ([value]) => {
        if (seen.push(value) === 20) resolve();
      });
    });
    const user = await join('user');
    const published = Array.from({ length: 20 }, (_, at) =>
      user.publish('com.example.topic', [at], { acknowledge: true }),
    );
    await Promise.all([...published, all]);
    assert.deepEqual(
      seen,
      Array.from({ length: 20 }, (_, at) => at),
    );
  });

  it('leaves a client waiting that sends more than is decided, and loses nothing', async () => {
    await startAuthorizer(() => true);
    const backend = await join('backend');
    const count = 2_500;
    let next = 0;
    const all = new Promise<void>((resolve) => {
      void backend.subscribe('com.example.topic', ([value]) => {
        assert.equal(value, next);
        if (++next === count) resolve();
      });
    });
    const user = await join('user');
    for (let at = 0; at < count; at++) assert.ok(user.publish('com.example.topic', [at, 'x'.repeat(500)]));
    await all;
  });

  it('is not asked again for what it said may be remembered, until another one comes', async () => {
    let asked = 0;
    const answer = (): object => {
      asked++;
      return { allow: true, cache: true };
    };
    const first = await startAuthorizer(answer);
    const user = await join('user');
    for (let at = 0; at < 5; at++) await user.call('com.example.echo', [at]);
    assert.equal(asked, 1);
    await first.leave();
    await user.call('com.example.echo', ['while it is away']);
    await startAuthorizer(() => ({ allow: false, cache: true }));
    await failure(user.call('com.example.echo', []), 'wamp.error.not_authorized');
  });

  it('that is absent, silent, failing or talking nonsense lets nobody do anything', async () => {
    const user = await join('user');
    const call = (): Promise<unknown> => user.call('com.example.any', [1]);
    await failure(call(), FAILED, /calling procedure 'com.example.any': no authorizer is available$/);
    const nonsense = await startAuthorizer(([, uri]) => {
      if (uri === 'com.example.raise') throw new WampError('com.example.error', ['canary-raised']);
      return uri === 'com.example.never' ? new Promise(() => {}) : 'yes';
    });
    await failure(call(), FAILED, /Authorizer returned unknown type 'str'$/);
    await failure(user.call('com.example.raise', []), FAILED, /: the authorizer failed$/);
    await failure(user.call('com.example.never', []), FAILED, /: the authorizer did not answer in time$/);
    await failure(
      user.publish('com.example.topic', [], { acknowledge: true }),
      FAILED,
      /^failed to authorize session for publishing to topic URI/,
    );
    await failure(
      user.subscribe('com.example.topic', () => {}),
      FAILED,
      /^failed to authorize session for subscribing to topic URI/,
    );
    await failure(
      user.register('com.example.mine', () => {}),
      FAILED,
      /^failed to authorize session for registering procedure/,
    );
    const dying = user.call('com.example.never', []);
    await nonsense.leave();
    await failure(dying, FAILED, /: no authorizer is available$/);
    assert.doesNotMatch(lines.all, /canary/);
  });

  it('holds up no session but the one that asked, and forgets one that is gone', async () => {
    await startAuthorizer(([session]) =>
      (session as { authid: string }).authid === 'user' ? new Promise(() => {}) : true,
    );
    const [user, backend] = [await join('user'), await join('backend')];
    const waiting = user.call('com.example.echo', ['never']);
    waiting.catch(() => {});
    assert.deepEqual(await backend.call('com.example.echo', [2]), [2, false]);
    await user.leave();
    await assert.rejects(waiting);
    assert.deepEqual(await backend.call('com.example.echo', [3]), [3, false]);
  });

  it('cannot be taken over by anybody but its role (K27)', async () => {
    const backend = await join('backend');
    const refused = 'wamp.error.not_authorized';
    await failure(
      backend.register('com.example.authorize', () => true),
      refused,
    );
    await failure(
      backend.register('com.example.authorize', () => true, { forceReregister: true }),
      refused,
    );
    await startAuthorizer(() => true);
    await failure(
      backend.register('com.example.authorize', () => true, { forceReregister: true }),
      refused,
    );
  });
});

describe('a function authorizer', () => {
  it('decides, at once or later, and fails closed', async () => {
    const fay = await join('fay');
    assert.deepEqual(await fay.call('com.example.echo', [1]), [1, true]);
    assert.equal(await fay.call('com.example.slow', []), 'slow');
    await failure(fay.publish('com.example.echo', [], { acknowledge: true }), 'wamp.error.not_authorized');
    await failure(fay.call('com.example.broken', []), FAILED, /: the authorizer failed$/);
    assert.doesNotMatch(lines.all, /canary/);
  });

  it('that cannot be loaded keeps the router from starting', async () => {
    const roles = [{ name: 'user', authorizer: { type: 'function', create: './authorizer.js#other' } }];
    await assert.rejects(
      createRouter({ realms: [{ name: 'realm1', roles }] }, { cbdir: directory }),
      /function authorizer ".\/authorizer.js#other": the module exports no function "other"/,
    );
  });
});
