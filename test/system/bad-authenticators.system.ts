/**
 * Malicious, slow, dead and absent authenticators, and floods of logins, against a real router: rows 38, 60, 113 to
 * 121, 124 to 127, 133 and 134 of the attack list. Rows 122 and 123 are in the tests of their authmethods, 128 in
 * test/config/check.test.ts, 129 and 132 in authenticators-end.system.ts, 130 in told-tickets.system.ts, 131 in
 * dynamic-login.system.ts and 135 in test/session/changing-realms.test.ts.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { type ClientSession, connect, createRouter, type EmbeddedRouter, WampError } from '../../src/index.ts';
import { LogLines } from './log-lines.ts';

const PATIENCE = 250;
const ALLOW = { call: true, register: true, publish: true, subscribe: true };
const lines = new LogLines();
let router: EmbeddedRouter;
let authenticators: ClientSession[] = [];

const dynamic = (procedure: string, wait: number, timeout = PATIENCE) => ({
  type: 'dynamic',
  authenticator: procedure,
  'authenticator-realm': 'realm-auth',
  'authenticator-timeout': timeout,
  'authenticator-wait': wait,
});

before(async () => {
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
  const permissions = [{ uri: '*', allow: ALLOW }];
  const transport = (auth: object, options: object = { max_failed_logins: 0 }) => {
    return { type: 'websocket', endpoint, auth, options };
  };
  router = await createRouter(
    {
      realms: [
        { name: 'realm1', roles: [{ name: 'user', permissions }] },
        { name: 'realm2', roles: [{ name: 'user', permissions }] },
        { name: 'realm-auth', roles: [{ name: 'callee', permissions }] },
      ],
      transports: [
        transport({ ticket: dynamic('com.example.authenticate', 0) }),
        transport({ ticket: dynamic('com.example.late', 2_000) }),
        transport({ ticket: dynamic('com.example.other', 0, 10_000) }),
        transport(
          { ticket: { type: 'static', principals: { peter: { ticket: 'right', role: 'user' } } } },
          { max_failed_logins: 5, trusted_proxies: ['127.0.0.1'] },
        ),
        transport({ anonymous: { type: 'static', role: 'callee' } }),
      ],
    },
    { log: lines.log },
  );
});

after(() => router.close());

afterEach(async () => {
  await Promise.all(authenticators.map((session) => session.leave()));
  authenticators = [];
});

type Behaviour = (args: readonly unknown[], signal: AbortSignal) => unknown;

async function authenticator(behaviour: Behaviour, more: { procedure?: string; shared?: boolean } = {}) {
  const { procedure = 'com.example.authenticate', shared = false } = more;
  const session = await router.join({ realm: 'realm-auth' });
  authenticators.push(session);
  const options = shared ? { invoke: 'roundrobin' } : {};
  await session.register(procedure, (args, _kwargs, { signal }) => behaviour(args, signal), options as object);
  return session;
}

function logIn(transport = 0, more: { ticket?: string; realm?: string } = {}): Promise<ClientSession> {
  const { ticket = 'canary-ticket', realm = 'realm1' } = more;
  const url = `ws://127.0.0.1:${router.ports[transport]}/`;
  return connect({ url, realm, authid: 'peter', ticket });
}

const silence = () => new Promise<never>(() => {});
const FAILED = 'wamp.error.authentication_failed';

async function denied(login: Promise<ClientSession>): Promise<WampError> {
  const error = await login.then(
    (session) => session.leave().then(() => assert.fail('it was let in')),
    (error: unknown) => error,
  );
  assert.ok(error instanceof WampError, String(error));
  assert.doesNotMatch(JSON.stringify([error.uri, error.args]), /canary|com\.example\.authenticate/);
  return error;
}

/** The router hears of an end a little later. */
async function eventually(holds: () => boolean): Promise<void> {
  for (let patience = 400; !holds() && patience > 0; patience--) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds());
}

describe('an authenticator', () => {
  it('[row 113] that is not there is waited for, then the login fails without its name', async () => {
    const startedAt = performance.now();
    assert.equal((await denied(logIn(0))).uri, 'wamp.error.no_such_procedure');
    assert.ok(performance.now() - startedAt < 1_900, 'no wait is configured');
    assert.equal((await denied(logIn(1))).uri, 'wamp.error.no_such_procedure');
    assert.ok(performance.now() - startedAt >= 1_990);
  });

  it('[row 113] that comes while logins wait lets them in', async () => {
    const logins = Promise.all([logIn(1), logIn(1), logIn(1)]);
    await authenticator(() => 'user', { procedure: 'com.example.late' });
    for (const session of await logins) await session.leave();
  });

  it('[row 115] that dies in a call fails that login at once; the next goes to another', async () => {
    let asked: () => void = () => {};
    const call = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const dying = await authenticator(
      () => {
        asked();
        return silence();
      },
      { shared: true },
    );
    const login = denied(logIn());
    await call;
    await authenticator(() => 'user', { shared: true });
    await dying.leave();
    assert.equal((await login).uri, 'wamp.error.canceled');
    for (let n = 0; n < 3; n++) await (await logIn()).leave();
  });

  it('[row 116] that answers after its time is not heard', async () => {
    let answer: (value: string) => void = () => {};
    await authenticator(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    assert.equal((await denied(logIn())).uri, FAILED);
    answer('user');
    await new Promise((resolve) => setImmediate(resolve));
    await eventually(() => router.sessions === 0);
  });

  it('[row 117] that answers several times, progressively too, is heard once', async () => {
    const callee = new WebSocket(`ws://127.0.0.1:${router.ports[4]}/`, 'wamp.2.json');
    await once(callee, 'open');
    const say = (...message: unknown[]) => callee.send(JSON.stringify(message));
    const registered = new Promise<void>((resolve) => {
      callee.on('message', (data) => {
        const [code, id] = JSON.parse(String(data));
        if (code === 2) say(64, 1, {}, 'com.example.authenticate');
        if (code === 65) resolve();
        if (code !== 68) return;
        say(70, id, { progress: true }, [{ role: 'user', authid: 'first' }]);
        say(70, id, {}, [{ role: 'user', authid: 'second' }]);
        say(70, id, {}, [{ role: 'user', authid: 'third' }]);
      });
    });
    say(1, 'realm-auth', { roles: { callee: {} } });
    await registered;
    const session = await logIn();
    assert.equal(session.details['authid'], 'second');
    await session.leave();
    callee.terminate();
  });

  const ANSWERS: readonly (readonly [row: number, what: string, answer: unknown, uri: string])[] = [
    [118, 'a role that does not exist', 'nobody', 'wamp.error.no_such_role'],
    [118, 'a role of another realm', 'callee', 'wamp.error.no_such_role'],
    [119, 'trusted', 'trusted', 'wamp.error.no_such_role'],
    [119, 'anonymous, where no realm has it', 'anonymous', 'wamp.error.no_such_role'],
    [119, 'an empty role', '', 'wamp.error.no_such_role'],
    [119, 'a number', 7, FAILED],
    [119, 'a list', ['user'], FAILED],
    [119, 'null', null, FAILED],
    [119, 'true', true, FAILED],
    [119, '10 MB', 'x'.repeat(10_000_000), FAILED],
    [120, 'a realm that does not exist', { role: 'user', realm: 'realm3' }, 'wamp.error.no_such_realm'],
  ];

  for (const [row, what, answer, uri] of ANSWERS) {
    it(`[row ${row}] that answers ${what} lets nobody in`, async () => {
      await authenticator(() => answer);
      assert.equal((await denied(logIn())).uri, uri);
    });
  }

  it('[row 120] may send a client elsewhere, as somebody else', async () => {
    await authenticator(() => ({ role: 'user', realm: 'realm2', authid: 'mary' }));
    const session = await logIn();
    assert.deepEqual([session.details['realm'], session.details['authid']], ['realm2', 'mary']);
    await session.leave();
  });

  it('[row 121] cannot write the router’s own keys', async () => {
    const extra = JSON.parse(
      '{"x_cb_peer":"forged","x_cb_own":1,"transport":{},"proxy_realm":1,"__proto__":{"a":1},"mine":1}',
    );
    await authenticator(() => ({ role: 'user', extra }));
    const session = await logIn();
    const { authextra } = session.details as unknown as { authextra: Record<string, unknown> };
    assert.match(String(authextra['x_cb_peer']), /^tcp4:/);
    const own = ['__proto__', 'mine', 'x_cb_node', 'x_cb_peer', 'x_cb_pid', 'x_cb_worker'];
    assert.deepEqual(Object.keys(authextra).sort(), own);
    await session.leave();
  });

  it('[row 124] says in its own words why not, as far as they go', async () => {
    await authenticator(() => {
      throw new WampError('com.example.expired', ['é'.repeat(1_000), 'more']);
    });
    const error = await denied(logIn());
    assert.equal(error.uri, 'com.example.expired');
    assert.deepEqual(error.args, ['é'.repeat(512)]);
  });

  for (const uri of ['wamp.close.system_shutdown', 'wamp.close.logout', 'wamp.error.protocol_violation']) {
    it(`[row 126] cannot speak for the router (${uri})`, async () => {
      await authenticator(() => {
        throw new WampError(uri, ['misleading']);
      });
      const error = await denied(logIn());
      assert.equal(error.uri, FAILED);
      assert.doesNotMatch(String(error.args), /misleading/);
    });
  }

  it('[row 133] is asked each time: nothing is remembered', async () => {
    let asked = 0;
    let allowed = true;
    await authenticator(() => {
      asked++;
      if (allowed) return 'user';
      throw new WampError('com.example.revoked');
    });
    await (await logIn()).leave();
    allowed = false;
    assert.equal((await denied(logIn())).uri, 'com.example.revoked');
    assert.equal(asked, 2);
  });

  for (const [what, answer] of [
    ['a challenge', { challenge: { method: 'totp', extra: { digits: 6 } } }],
    ['a challenge, and has a role', { role: 'user', challenge: 'totp' }],
    ['a challenge as the router says it', [4, 'totp', {}]],
  ] as const) {
    it(`[row 134] cannot ask a second question (${what}): refused, and the next login is a new one`, async () => {
      let asked = 0;
      await authenticator(() => (asked++ === 0 ? answer : 'user'));
      const error = await denied(logIn());
      assert.equal(error.uri, FAILED);
      if (!Array.isArray(answer)) assert.deepEqual(error.args, ['a second challenge is not offered']);
      await eventually(() => router.sessions === 0);
      await (await logIn()).leave();
      assert.equal(asked, 2);
    });
  }

  it('[row 114] that never answers: its calls are interrupted, then nobody waits for it, until it answers again', async () => {
    let interrupted = 0;
    let silent = true;
    await authenticator((_args, signal) => {
      if (!silent) return 'user';
      signal.addEventListener('abort', () => interrupted++);
      return silence();
    });
    const errors = await Promise.all(Array.from({ length: 10 }, () => denied(logIn())));
    assert.ok(errors.every(({ uri }) => uri === FAILED));
    await eventually(() => interrupted === 10);
    const startedAt = performance.now();
    let atOnce = 0;
    for (let n = 0; n < 10; n++) if (/does not answer/.test(String((await denied(logIn())).args))) atOnce++;
    assert.ok(atOnce >= 7, `${atOnce} of 10, where one a second may try`);
    silent = false;
    let session: ClientSession | null = null;
    while (session === null && performance.now() - startedAt < 10_000) session = await logIn().catch(() => null);
    assert.ok(session !== null, 'it answers again, and logins go on within 5 s');
    await session.leave();
    await (await logIn()).leave();
    const told = lines.lines.filter((line) => line.includes('an authenticator does not answer'));
    assert.equal(told.length, 1);
  });

  it('[row 127] that is slow does not take the places of another', async () => {
    await authenticator(() => silence());
    await authenticator(() => 'user', { procedure: 'com.example.other' });
    // Its places are known from then on.
    await (await logIn(2)).leave();
    const flood = Array.from({ length: 300 }, () => denied(logIn()));
    const others = Array.from({ length: 20 }, async () => (await logIn(2)).leave());
    await Promise.all(others);
    await Promise.all(flood);
    await eventually(() => router.sessions === 0);
  });
});

describe('floods of logins', () => {
  const TICKET = 3;

  /** A login from behind a proxy. */
  async function from(address: string, ticket: string): Promise<string> {
    const headers = { 'X-Forwarded-For': address };
    const socket = new WebSocket(`ws://127.0.0.1:${router.ports[TICKET]}/`, 'wamp.2.json', { headers });
    const messages = new Promise<string>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () =>
        socket.send(JSON.stringify([1, 'realm1', { roles: { caller: {} }, authmethods: ['ticket'], authid: 'peter' }])),
      );
      socket.on('message', (data) => {
        const [code, , reason] = JSON.parse(String(data));
        if (code === 4) socket.send(JSON.stringify([5, ticket, {}]));
        else resolve(code === 2 ? 'in' : reason);
      });
    });
    const outcome = await messages;
    socket.terminate();
    return outcome;
  }

  it('[row 38] who tries passwords has to wait; somebody from elsewhere gets in, and good logins cost nothing', async () => {
    for (let n = 0; n < 10; n++) assert.equal(await from('203.0.113.9', 'right'), 'in');
    for (let n = 0; n < 5; n++) assert.equal(await from('203.0.113.9', 'wrong'), 'wamp.error.not_authorized');
    assert.equal(await from('203.0.113.9', 'right'), FAILED);
    assert.equal(await from('203.0.113.8', 'right'), 'in');
    assert.equal(await from('203.0.113.9, 203.0.113.8', 'right'), 'in', 'what the proxy itself wrote counts');
    assert.equal(await from('198.51.100.1, 203.0.113.9', 'right'), FAILED);
    const told = lines.all.split('\n').filter((line) => line.includes('too many logins have failed from one address'));
    assert.equal(told.length, 1, 'once, and not for each login that is refused');
    assert.match(told[0] ?? '', /203\.0\.113\.9/);
  });

  it('[row 60] one address takes not all places of those who wait to log in', async () => {
    const headers = { 'X-Forwarded-For': '203.0.113.20' };
    const sockets: WebSocket[] = [];
    const open = async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${router.ports[TICKET]}/`, 'wamp.2.json', { headers });
      sockets.push(socket);
      await once(socket, 'open');
    };
    for (let n = 0; n < 200; n++) await open();
    await assert.rejects(open(), /503/);
    assert.equal(await from('203.0.113.21', 'right'), 'in');
    for (const socket of sockets) socket.terminate();
    await eventually(() => router.sessions === 0);
    await open();
    sockets.at(-1)?.terminate();
  });
});
