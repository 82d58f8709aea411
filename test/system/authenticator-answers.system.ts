/**
 * Answers of authenticators that do not do, or not as they are, over a real socket: what the client reads, and that nothing
 * is left. What becomes of logins by each authmethod: login-matrix.system.ts.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  type ClientSession,
  type ConnectOptions,
  connect,
  createRouter,
  type EmbeddedRouter,
  WampError,
} from '../../src/index.ts';
import { LogLines } from './log-lines.ts';

const INTERNAL = 'postgres://admin:internal@db.example';

/** What an authenticator may do, whichever its kind: it does what `authextra.fate` says. */
const FATES: ReadonlyMap<string, () => unknown> = new Map<string, () => unknown>([
  ['role-only', () => 'user'],
  ['everything', () => ({ role: 'user', realm: 'realm2', authid: 'renamed', extra: { mine: 1 } })],
  ['trusted', () => 'trusted'],
  ['unknown-role', () => ({ role: 'nobody' })],
  ['role-of-another-realm', () => ({ role: 'only2', realm: 'realm1' })],
  ['unknown-realm', () => ({ role: 'user', realm: 'realm3' })],
  ['nothing', () => null],
  ['list', () => ['user']],
  ['number', () => 1],
  ['role-is-number', () => ({ role: 1 })],
  ['role-is-missing', () => ({ realm: 'realm1' })],
  ['realm-is-list', () => ({ role: 'user', realm: ['realm1'] })],
  ['extra-is-text', () => ({ role: 'user', extra: 'x' })],
  ['forged', () => ({ role: 'user', extra: { x_cb_node: 'forged', transport: 'forged', mine: 1 } })],
  [
    'refuses',
    () => {
      throw new WampError('com.example.refused', ['because', 'more'], { internal: INTERNAL });
    },
  ],
  [
    'misleads',
    () => {
      throw new WampError('wamp.close.system_shutdown', ['really']);
    },
  ],
  [
    'breaks',
    () => {
      throw new TypeError(`cannot reach ${INTERNAL}`);
    },
  ],
]);

function decide(details: unknown): unknown {
  const { authextra } = details as { authextra: { fate: string } };
  return FATES.get(authextra.fate)?.();
}

interface Expected {
  readonly uri?: string;
  readonly text?: RegExp;
  readonly joined?: Partial<Pick<ClientSession, 'realm' | 'authid' | 'authrole'>>;
}

const FAILED = 'wamp.error.authentication_failed';

/** The same for all kinds of authenticators, but `breaks`. */
const EXPECTED: ReadonlyMap<string, Expected> = new Map<string, Expected>([
  ['role-only', { joined: { realm: 'realm1', authrole: 'user' } }],
  ['everything', { joined: { realm: 'realm2', authid: 'renamed', authrole: 'user' } }],
  ['trusted', { uri: 'wamp.error.no_such_role', text: /"trusted"/ }],
  ['unknown-role', { uri: 'wamp.error.no_such_role', text: /^realm "realm1" has no role "nobody"$/ }],
  ['role-of-another-realm', { uri: 'wamp.error.no_such_role', text: /^realm "realm1" has no role "only2"$/ }],
  ['unknown-realm', { uri: 'wamp.error.no_such_realm', text: /^no realm "realm3" exists on this router$/ }],
  ['nothing', { uri: FAILED, text: /^got invalid return type "<class 'NoneType'>" from dynamic authenticator$/ }],
  ['list', { uri: FAILED, text: /"<class 'list'>"/ }],
  ['number', { uri: FAILED, text: /"<class 'int'>"/ }],
  ['role-is-number', { uri: FAILED, text: /role/ }],
  ['role-is-missing', { uri: 'wamp.error.no_such_role', text: /^no authrole assigned$/ }],
  ['realm-is-list', { uri: FAILED, text: /realm/ }],
  ['extra-is-text', { uri: FAILED, text: /extra/ }],
  ['forged', { joined: { authrole: 'user' } }],
  ['refuses', { uri: 'com.example.refused', text: /^because$/ }],
  ['misleads', { uri: FAILED }],
]);

const lines = new LogLines();
const directory = mkdtempSync(join(tmpdir(), 'turnpike-login-'));
let router: EmbeddedRouter;
let authenticator: ClientSession;

/** Ports by kind of authenticator. */
const KINDS = ['static', 'dynamic', 'function'] as const;

before(async () => {
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(directory, 'authenticator.js'),
    'export const create = (config) => (realm, authid, details) => globalThis[config.key](details);',
  );
  Object.assign(globalThis, { [directory]: decide });
  const dynamic = { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-realm': 'realm-auth' };
  const viaFunction = { type: 'function', create: './authenticator.js#create', config: { key: directory } };
  const ticket = 'canary-ticket';
  const principals = {
    user1: { ticket, role: 'user' },
    other: { ticket: 'canary-other', role: 'only2' },
  };
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
  const roles = [{ name: 'user' }];
  router = await createRouter(
    {
      realms: [
        { name: 'realm1', roles },
        { name: 'realm2', roles: [...roles, { name: 'only2' }] },
        { name: 'realm-auth', roles: [] },
      ],
      transports: [
        {
          type: 'rawsocket',
          endpoint,
          auth: { ticket: { type: 'static', principals }, anonymous: { type: 'static', role: 'user' } },
        },
        { type: 'websocket', endpoint, auth: { ticket: dynamic, anonymous: dynamic } },
        { type: 'rawsocket', endpoint, auth: { ticket: viaFunction } },
      ],
    },
    { cbdir: directory, log: lines.log },
  );
  authenticator = await router.join({ realm: 'realm-auth' });
  await authenticator.register('com.example.authenticate', ([, , details]) => decide(details));
});

after(async () => {
  await authenticator.leave();
  await router.close();
  rmSync(directory, { recursive: true });
});

afterEach(async () => {
  for (let patience = 200; router.sessions !== 0 && patience > 0; patience--) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(router.sessions, 0, 'sessions that are left');
});

function logIn(kind: (typeof KINDS)[number], more: Partial<ConnectOptions>): Promise<ClientSession> {
  const at = KINDS.indexOf(kind);
  const url = `${at === 1 ? 'ws' : 'rs'}://127.0.0.1:${router.ports[at]}`;
  return connect({ url, realm: 'realm1', ...more });
}

async function assertFate(login: Promise<ClientSession>, { uri, text, joined }: Expected): Promise<void> {
  if (joined === undefined) {
    await assert.rejects(login, (error) => {
      assert.ok(error instanceof WampError, String(error));
      assert.equal(error.uri, uri);
      if (text !== undefined) assert.match(String(error.args[0]), text);
      return true;
    });
    return;
  }
  const session = await login;
  for (const [key, value] of Object.entries(joined)) assert.equal(session[key as keyof ClientSession], value, key);
  await session.leave();
}

for (const kind of ['dynamic', 'function'] as const) {
  for (const method of kind === 'dynamic' ? (['ticket', 'anonymous'] as const) : (['ticket'] as const)) {
    describe(`${method} × ${kind}: answers of an authenticator (K1, K2)`, () => {
      const who = method === 'ticket' ? { authid: 'user1', ticket: 'canary-any' } : { authmethods: ['anonymous'] };

      for (const [fate, expected] of EXPECTED) {
        it(`${fate}: ${expected.uri ?? 'WELCOME'}`, async () => {
          await assertFate(logIn(kind, { ...who, authextra: { fate } }), expected);
        });
      }

      if (kind === 'function') {
        it('breaks: the client learns nothing of why (K7)', async () => {
          const text = /^authentication failed \(ref [0-9a-f]{8}\)$/;
          await assertFate(logIn(kind, { ...who, authextra: { fate: 'breaks' } }), { uri: FAILED, text });
        });
      } else {
        // What a client answers with is its own choice of words: those of this one are the exception's.
        it('breaks: the client learns what the authenticator’s client tells of it', async () => {
          const told = { uri: 'wamp.error.runtime_error', text: /^cannot reach/ };
          await assertFate(logIn(kind, { ...who, authextra: { fate: 'breaks' } }), told);
        });
      }
    });
  }

  describe(`ticket × ${kind}: what an authenticator cannot forge (K15)`, () => {
    it('the router’s own keys in WELCOME', async () => {
      const session = await logIn(kind, { authid: 'user1', ticket: 'canary-any', authextra: { fate: 'forged' } });
      assert.equal(session.authextra['mine'], 1);
      assert.notEqual(session.authextra['x_cb_node'], 'forged');
      assert.equal(session.authextra['transport'], undefined);
      await session.leave();
    });
  });
}

describe('ticket × static', () => {
  it('[row 35] [row 51] an unknown user, a wrong ticket and an empty one are told the same (K8, K9)', async () => {
    const reasons = [];
    for (const login of [
      { authid: 'user1', ticket: 'canary-wrong' },
      { authid: 'user1', ticket: '' },
      { authid: 'nobody', ticket: 'canary-wrong' },
      { authid: '__proto__', ticket: 'canary-wrong' },
    ]) {
      const error = await logIn('static', login).catch((reason: unknown) => reason);
      assert.ok(error instanceof WampError);
      reasons.push(JSON.stringify([error.uri, error.args]).replaceAll(login.authid, '<authid>'));
    }
    assert.equal(new Set(reasons).size, 1, reasons.join('\n'));
  });

  it('a principal is no user of a realm that lacks its role (K3)', async () => {
    const other = { authid: 'other', ticket: 'canary-other' };
    await assertFate(logIn('static', { ...other, realm: 'realm1' }), { uri: 'wamp.error.no_such_role' });
    await assertFate(logIn('static', { ...other, realm: 'realm2' }), {
      joined: { realm: 'realm2', authrole: 'only2' },
    });
  });

  it('what one client says in authextra is not told to the next (K14)', async () => {
    const login = { authid: 'user1', ticket: 'canary-ticket' };
    const first = await logIn('static', { ...login, authextra: { mine: 'first', nested: { deep: true } } });
    assert.equal(first.authextra['mine'], 'first');
    await first.leave();
    const second = await logIn('static', login);
    assert.deepEqual(
      Object.keys(second.authextra).filter((key) => !key.startsWith('x_cb_')),
      [],
    );
    await second.leave();
  });

  it('reserved keys of authextra are dropped (K15)', async () => {
    const authextra = { transport: { peer: 'forged' }, x_cb_peer: 'forged', proxy_authid: 'forged', mine: 1 };
    const session = await logIn('static', { authid: 'user1', ticket: 'canary-ticket', authextra });
    assert.equal(session.authextra['mine'], 1);
    assert.doesNotMatch(JSON.stringify(session.details), /forged/);
    await session.leave();
  });
});

describe('[row 32] which authmethod', () => {
  it('none that is configured: ABORT at once, no hanging (#1758)', async () => {
    const offered = { authmethods: ['cryptosign', 'nonsense'], authid: 'user1', onChallenge: () => '' };
    await assertFate(logIn('static', offered), {
      uri: 'wamp.error.no_auth_method',
      text: /\['cryptosign', 'nonsense'\]/,
    });
    await assertFate(logIn('function', { authmethods: ['anonymous'] }), { uri: 'wamp.error.no_auth_method' });
  });

  it('the first of the client’s that is, whatever is before it', async () => {
    const offered = { authmethods: ['nonsense', 'ticket', 'anonymous'], authid: 'user1', ticket: 'canary-ticket' };
    await assertFate(logIn('static', offered), { joined: { authid: 'user1' } });
  });
});

describe('configurations that cannot be meant', () => {
  it('an empty or unset ticket does not start (K28)', async () => {
    for (const ticket of ['', `\${UNSET_TICKET}`, `\${EMPTY_TICKET}`]) {
      const auth = { ticket: { type: 'static', principals: { user1: { ticket, role: 'user' } } } };
      const transports = [{ type: 'websocket', endpoint: { type: 'tcp', interface: '127.0.0.1', port: 0 }, auth }];
      const starting = createRouter(
        { realms: [{ name: 'realm1', roles: [{ name: 'user' }] }], transports },
        { env: { EMPTY_TICKET: '' } },
      );
      await assert.rejects(starting, { name: 'ConfigError' });
    }
  });

  it('two `function` authenticators of one name have a configuration each (K26)', async () => {
    const answers: string[] = [];
    const keys = ['one', 'two'].map((name) => `${directory}-${name}`);
    for (const key of keys) {
      Object.assign(globalThis, {
        [key]: () => {
          answers.push(key);
          return 'user';
        },
      });
    }
    const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
    const transports = keys.map((key) => ({
      type: 'rawsocket',
      endpoint,
      auth: { ticket: { type: 'function', create: './authenticator.js#create', config: { key } } },
    }));
    const own = await createRouter(
      { realms: [{ name: 'realm1', roles: [{ name: 'user' }] }], transports },
      { cbdir: directory },
    );
    for (const port of own.ports) {
      const url = `rs://127.0.0.1:${port}`;
      await (await connect({ url, realm: 'realm1', authid: 'user1', ticket: 'x' })).leave();
    }
    await own.close();
    assert.deepEqual(answers, keys);
  });
});

describe('the log, after all this (K8)', () => {
  it('says why logins failed, and holds neither tickets nor, of a login, what an error said', () => {
    assert.match(lines.all, /login denied/);
    assert.match(lines.all, /login failed.*TypeError/);
    const holding = (text: string) => lines.lines.filter((line) => line.includes(text));
    assert.deepEqual(holding('canary'), []);
    // What a handler of this process threw is its author's to read.
    assert.deepEqual(
      holding(INTERNAL).filter((line) => !line.startsWith('error a handler failed')),
      [],
    );
  });
});
