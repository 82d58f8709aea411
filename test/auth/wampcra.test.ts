import assert from 'node:assert/strict';
import { createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, it } from 'node:test';
import { WAMPCRA } from '../../src/auth/authmethods/wampcra.ts';
import { CraSecret } from '../../src/auth/authmethods/wampcra-secret.ts';
import type { WampCraUser } from '../../src/auth/authmethods/wampcra-static.ts';
import type { Accept, Deny, Outcome } from '../../src/auth/outcome.ts';
import type { AuthEntry } from '../../src/auth/policy.ts';
import { helloOf, LoginFixture, STATIC_PARTS } from './login-fixture.ts';

const never = new AbortController().signal;
const plain: WampCraUser = {
  secret: 'secret2',
  role: 'frontend',
  realm: null,
  salt: null,
  iterations: null,
  keylen: null,
};
const salted: WampCraUser = {
  ...plain,
  secret: 'prq7+YkJ1/KlW1X0YczMHw==',
  salt: 'salt123',
  iterations: 100,
  keylen: 16,
};
const invalid: Deny = {
  kind: 'deny',
  reason: 'wamp.error.not_authorized',
  message: 'WAMP-CRA client signature is invalid',
};

/** As clients do it. */
function sign(key: string, challenge: unknown): string {
  return createHmac('sha256', key).update(String(challenge)).digest('base64');
}

function derive(password: string, salt: string, iterations: number, keylen: number): string {
  return pbkdf2Sync(password, salt, iterations, keylen, 'sha256').toString('base64');
}

function staticFixture(users: Record<string, WampCraUser>, defaultRole: string | null = null): LoginFixture {
  const table = new Map(Object.entries(users));
  return new LoginFixture([{ method: 'wampcra', type: 'static', users: table, defaultRole }]);
}

const TYPES: readonly AuthEntry[] = [
  {
    method: 'wampcra',
    type: 'dynamic',
    wait: 0,
    authenticator: 'com.example.authenticate',
    realm: 'realm-auth',
    role: 'auth-caller',
    defaultRole: 'visitor',
    timeout: null,
  },
  {
    method: 'wampcra',
    type: 'function',
    create: './auth.js#create',
    config: null,
    exposeController: false,
    defaultRole: 'visitor',
    timeout: null,
  },
];

function hello(authid: string | null, more = {}) {
  return helloOf({ authmethods: ['wampcra'], authid, ...more });
}

async function challengeOf(fixture: LoginFixture, authid: string) {
  const login = fixture.login();
  const outcome = await login.hello(hello(authid), never);
  assert.equal(outcome.kind, 'challenge');
  const { extra, authmethod } = outcome as Extract<Outcome, { kind: 'challenge' }>;
  return { login, extra, authmethod };
}

async function logIn(fixture: LoginFixture, authid: string, answer: (extra: Record<string, unknown>) => string) {
  const { login, extra } = await challengeOf(fixture, authid);
  return login.authenticate(answer(extra), {}, never);
}

/** What every client does: derive where there is a salt, then sign. */
function withPassword(password: string) {
  return ({ challenge, salt, iterations, keylen }: Record<string, unknown>): string => {
    const key =
      salt === undefined ? password : derive(password, salt as string, iterations as number, keylen as number);
    return sign(key, challenge);
  };
}

describe('wampcra: the challenge', () => {
  it('is byte by byte what Python writes', async () => {
    const authid = 'jöe "\\ \u2028 😀';
    const { extra, authmethod } = await challengeOf(staticFixture({ [authid]: plain }), authid);
    assert.equal(authmethod, 'wampcra');
    assert.deepEqual(Object.keys(extra), ['challenge']);
    const text = String(extra['challenge']);
    const nonce = /"nonce": "([A-Za-z0-9+/]{64})"/.exec(text)?.[1];
    assert.equal(
      text,
      `{"authid": "jöe \\"\\\\ \u2028 😀", "authrole": "frontend", "authmethod": "wampcra", "authprovider": "static", ` +
        `"session": 508715025212448, "nonce": "${nonce}", "timestamp": "2026-01-31T12:34:56.789Z"}`,
    );
  });

  it('is never the same twice', async () => {
    const fixture = staticFixture({ joe: plain });
    const seen = new Set<unknown>();
    for (let run = 0; run < 200; run++) seen.add((await challengeOf(fixture, 'joe')).extra['challenge']);
    assert.equal(seen.size, 200);
  });

  it('carries the salt, and the defaults of old releases where there is only that', async () => {
    const fixture = staticFixture({ joe: salted, ann: { ...plain, salt: 'salt123' } });
    const of = async (authid: string) => Object.entries((await challengeOf(fixture, authid)).extra).slice(1);
    assert.deepEqual(await of('joe'), [
      ['salt', 'salt123'],
      ['iterations', 100],
      ['keylen', 16],
    ]);
    assert.deepEqual(await of('ann'), [
      ['salt', 'salt123'],
      ['iterations', 1000],
      ['keylen', 32],
    ]);
  });
});

describe('wampcra: what counts as signed', () => {
  it('the checked vectors: a plain secret, and derived keys', async () => {
    const challenge =
      '{"authid": "joe", "authrole": "frontend", "authmethod": "wampcra", "authprovider": "static", "session": 1234567890, "nonce": "abc", "timestamp": "2026-01-31T12:34:56.789Z"}';
    const { keyDerivation } = STATIC_PARTS;
    const salting = { salt: 'salt123', iterations: 100, keylen: 16 };
    const bySecret = 'iLTjiuBSrTSeUWTA+ieo8CEV080jLjCL480Xo9Ng7uA=';
    const byDerived = 'wf9rAU0UJ3D5Jwp6mBsM8S8JIXcLoB/mveaWpMVrmaE=';
    const rows = [
      ['secret2', null, bySecret, true],
      ['secret2', null, byDerived, false],
      ['LG5/FwnS5WvgmlEyLPk/pQ==', salting, byDerived, true],
      ['secret2', salting, byDerived, true],
      ['secret1', salting, byDerived, false],
    ] as const;
    for (const [secret, how, signature, right] of rows) {
      assert.equal(await CraSecret.from(secret, how, keyDerivation).signed(challenge, signature, never), right);
    }
    for (const [password, key] of [
      ['secret1', 'prq7+YkJ1/KlW1X0YczMHw=='],
      ['secret2', 'LG5/FwnS5WvgmlEyLPk/pQ=='],
      ['secret123', 'DpHHRlQ6UNULJlP9J8WkPw=='],
    ] as const) {
      assert.equal(await keyDerivation.derive(password, salting, never), key);
    }
  });

  it('a salted user is known by the derived key and by the password', async () => {
    for (const secret of ['prq7+YkJ1/KlW1X0YczMHw==', 'secret1']) {
      const fixture = staticFixture({ joe: { ...salted, secret } });
      await fixture.policy.load();
      assert.equal((await logIn(fixture, 'joe', withPassword('secret1'))).kind, 'accept');
      assert.deepEqual(await logIn(fixture, 'joe', withPassword('secret2')), invalid);
    }
  });

  it('nothing else: other secrets, other challenges, other spellings', async () => {
    const fixture = staticFixture({ joe: plain });
    const right = withPassword('secret2');
    for (const answer of [
      () => '',
      () => 'secret2',
      withPassword('secret1'),
      (extra: Record<string, unknown>) => right(extra).slice(0, -1),
      (extra: Record<string, unknown>) => `${right(extra)} `,
      (extra: Record<string, unknown>) => right(extra).toLowerCase(),
      (extra: Record<string, unknown>) => Buffer.from(right(extra), 'base64').toString('hex'),
      ({ challenge }: Record<string, unknown>) => sign('secret2', String(challenge).replaceAll(' ', '')),
      () => 'ä'.repeat(22),
      () => 'x'.repeat(60_000),
    ]) {
      assert.deepEqual(await logIn(fixture, 'joe', answer), invalid);
    }
    assert.ok(!fixture.logged.includes('secret2'));
  });

  it('[row 39] an answer to another challenge is refused (replay)', async () => {
    const fixture = staticFixture({ joe: plain });
    const first = await challengeOf(fixture, 'joe');
    const recorded = withPassword('secret2')(first.extra);
    assert.equal((await first.login.authenticate(recorded, {}, never)).kind, 'accept');
    assert.deepEqual(await logIn(fixture, 'joe', () => recorded), invalid);
  });
});

describe('wampcra, static', () => {
  it('accepts, keeps authextra to itself, and tells nobody the secret', async () => {
    const fixture = staticFixture({ joe: plain });
    const login = fixture.login();
    const challenge = await login.hello(hello('joe', { authextra: { mine: 1, transport: {} } }), never);
    assert.ok(challenge.kind === 'challenge');
    const outcome = await login.authenticate(sign('secret2', challenge.extra['challenge']), {}, never);
    assert.deepEqual(outcome, {
      kind: 'accept',
      realm: 'realm1',
      authid: 'joe',
      authrole: 'frontend',
      authmethod: 'wampcra',
      authprovider: 'static',
      authextra: null,
    });
  });

  it("falls back to default-role, and honours a user's realm (K3)", async () => {
    const fixture = staticFixture({ joe: { ...plain, role: null, realm: 'realm7' } }, 'visitor');
    const outcome = (await logIn(fixture, 'joe', withPassword('secret2'))) as Accept;
    assert.deepEqual([outcome.realm, outcome.authrole], ['realm7', 'visitor']);
  });

  it('[row 35] [row 37] challenges whom nobody knows as if it did, always alike, and lets no answer count', async () => {
    const users = {
      joe: salted,
      ann: { ...plain, role: 'backend' },
      bob: { ...salted, salt: 'abc-XYZ', iterations: 7 },
    };
    const fixture = staticFixture(users);
    const shapes = new Set<string>();
    for (let at = 0; at < 60; at++) {
      const authid = at === 0 ? '__proto__' : `nobody${at}`;
      const { extra } = await challengeOf(fixture, authid);
      const again = (await challengeOf(fixture, authid)).extra;
      const { challenge, ...salting } = extra;
      const role = /"authrole": "(\w+)"/.exec(String(challenge))?.[1];
      assert.ok(String(again['challenge']).includes(`"authrole": "${role}"`));
      assert.deepEqual({ ...again, challenge }, extra, 'asking twice tells nothing');
      const { salt, iterations } = salting as { salt?: string; iterations?: number };
      const shape = salt?.replace(/\d/g, '0').replace(/[a-z]/g, 'a').replace(/[A-Z]/g, 'A');
      shapes.add(`${role} ${shape} ${iterations}`);
      assert.deepEqual(await logIn(fixture, authid, withPassword('secret1')), invalid);
    }
    assert.deepEqual([...shapes].toSorted(), [
      'backend undefined undefined',
      'frontend aaa-AAA 7',
      'frontend aaaa000 100',
    ]);
  });

  it('a salt that several users share is shared by whom nobody knows', async () => {
    const fixture = staticFixture({ joe: salted, ann: salted });
    assert.equal((await challengeOf(fixture, 'nobody')).extra['salt'], 'salt123');
  });

  it('denies everybody alike where there is nobody at all', async () => {
    const fixture = staticFixture({}, 'visitor');
    assert.deepEqual(await logIn(fixture, 'joe', withPassword('')), invalid);
  });

  it('needs an authid', async () => {
    const denied = { kind: 'deny', reason: 'wamp.error.no_such_principal', message: 'no authid assigned' };
    const fixture = staticFixture({ joe: plain });
    for (const authid of [null, '']) assert.deepEqual(await fixture.run(hello(authid)), denied);
  });

  it('refuses at start what cannot be used, and quotes no secret (K28)', () => {
    const rows: [string, Partial<WampCraUser>, string][] = [
      ['', {}, '[""]: cannot be an authid'],
      ['joe', { secret: '' }, '["joe"].secret: must not be empty'],
      ['joe', { secret: 'secret'.repeat(1000) }, '["joe"].secret: must not be longer than 4096 characters'],
      ['joe', { salt: '' }, '["joe"].salt: must not be empty'],
      ['joe', { salt: 's', iterations: 0 }, '["joe"].iterations: must be an integer from 1 to 1000000'],
      ['joe', { salt: 's', keylen: 65 }, '["joe"].keylen: must be an integer from 16 to 64'],
    ];
    for (const [authid, change, message] of rows) {
      const users = new Map([[authid, { ...plain, ...change }]]);
      assert.throws(() => WAMPCRA.compileStatic({ users }, STATIC_PARTS), { message: `auth.wampcra.users${message}` });
    }
  });
});

for (const entry of TYPES) {
  describe(`wampcra, ${entry.type}`, () => {
    const fixtureWith = (behaviour: LoginFixture['behaviour']): LoginFixture => {
      const fixture = new LoginFixture([entry]);
      fixture.behaviour = behaviour;
      return fixture;
    };

    it('asks before the challenge, with authid and authrole among the details', async () => {
      const fixture = fixtureWith(() => ({ secret: 'secret2' }));
      await fixture.login().hello(hello('joe', { authrole: 'wished' }), never);
      const [call] = fixture.calls;
      const [realm, authid, details] = (call?.args ?? []) as [unknown, unknown, Record<string, unknown>];
      assert.deepEqual([realm, authid], ['realm1', 'joe']);
      assert.deepEqual(Object.keys(details), ['transport', 'session', 'authmethod', 'authextra', 'authid', 'authrole']);
      assert.deepEqual([details['authid'], details['authrole']], ['joe', 'wished']);
      if (entry.type === 'dynamic') assert.deepEqual([call?.realm, call?.role], ['realm-auth', 'auth-caller']);
    });

    it('the authenticator sets realm, authid, role and extra; the challenge names them', async () => {
      const fixture = fixtureWith(() => ({
        secret: 'secret2',
        realm: 'realm-user1',
        authid: 'joe',
        role: 'backend',
        extra: { a: 1 },
      }));
      const login = fixture.login();
      const challenge = await login.hello(hello(null, { realm: null }), never);
      assert.ok(challenge.kind === 'challenge');
      const text = String(challenge.extra['challenge']);
      const start = `{"authid": "joe", "authrole": "backend", "authmethod": "wampcra", "authprovider": "${entry.type}", `;
      assert.ok(text.startsWith(start), text);
      const outcome = (await login.authenticate(sign('secret2', text), {}, never)) as Accept;
      assert.deepEqual(
        [outcome.realm, outcome.authid, outcome.authrole, outcome.authprovider, { ...outcome.authextra }],
        ['realm-user1', 'joe', 'backend', entry.type, { a: 1 }],
      );
    });

    it('takes derived keys and passwords, default-role, and the defaults of a salt', async () => {
      for (const secret of [derive('secret1', 'sält', 1000, 32), 'secret1']) {
        const fixture = fixtureWith(() => ({ secret, salt: 'sält', iterations: null }));
        const outcome = (await logIn(fixture, 'joe', withPassword('secret1'))) as Accept;
        assert.equal(outcome.authrole, 'visitor');
        assert.deepEqual(await logIn(fixture, 'joe', withPassword('secret2')), invalid);
      }
    });

    it('[row 122] denies at once where the answer proves nothing', async () => {
      const rows: [unknown, string][] = [
        ['user', 'secret'],
        [{ role: 'user' }, 'secret'],
        [{ secret: null }, 'secret'],
        [{ secret: '' }, 'secret'],
        [{ secret: ['canary'] }, 'secret'],
        [{ secret: 'canary'.repeat(1000) }, 'secret'],
        [{ secret: 'canary', salt: '' }, 'salt'],
        [{ secret: 'canary', salt: 7 }, 'salt'],
        [{ secret: 'canary', salt: 'x', iterations: 0 }, 'iterations'],
        [{ secret: 'canary', salt: 'x', iterations: 1e9 }, 'iterations'],
        [{ secret: 'canary', salt: 'x', iterations: '100' }, 'iterations'],
        [{ secret: 'canary', salt: 'x', keylen: 8 }, 'keylen'],
        [{ secret: 'canary', salt: 'x', keylen: 1e6 }, 'keylen'],
        [{ secret: 'canary', salt: 'x', keylen: 16.5 }, 'keylen'],
      ];
      for (const [answer, key] of rows) {
        const fixture = fixtureWith(() => answer);
        const message = `got invalid "${key}" from authenticator`;
        assert.deepEqual(await fixture.run(hello('joe')), {
          kind: 'deny',
          reason: 'wamp.error.authentication_failed',
          message,
        });
        assert.ok(!fixture.logged.includes('canary'));
      }
    });
  });
}
