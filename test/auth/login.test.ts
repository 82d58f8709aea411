import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Accept } from '../../src/auth/outcome.ts';
import type { AuthEntry, AuthPolicy } from '../../src/auth/policy.ts';
import { WampError } from '../../src/wamp/errors.ts';
import { helloOf, LoginFixture, settle, silence } from './login-fixture.ts';

const GUEST: AuthEntry = { method: 'anonymous', type: 'static', role: 'guest', authid: null, defaultRole: null };
const TICKETS: AuthEntry = {
  method: 'ticket',
  type: 'static',
  principals: new Map([['user1', { ticket: '123secret', role: 'user', realm: null }]]),
  defaultRole: null,
};
const DYNAMIC: AuthEntry = {
  method: 'ticket',
  type: 'dynamic',
  wait: 0,
  authenticator: 'com.example.authenticate',
  realm: 'realm-auth',
  role: null,
  defaultRole: null,
  timeout: null,
};

const never = new AbortController().signal;

function deny(reason: string, message: string) {
  return { kind: 'deny', reason, message };
}

describe('[row 32] [row 33] Login: the choice of the authmethod', () => {
  it("takes the first of the client's that is configured", async () => {
    const fixture = new LoginFixture([TICKETS, GUEST]);
    for (const [authmethods, chosen] of [
      [['anonymous', 'ticket'], 'anonymous'],
      [['ticket', 'anonymous'], 'ticket'],
      [['no such method', 'cookie', '__proto__', 'constructor', 'ticket'], 'ticket'],
    ] as const) {
      const outcome = await fixture.login().hello(helloOf({ authmethods }), never);
      assert.notEqual(outcome.kind, 'deny');
      assert.equal(outcome.kind === 'deny' ? null : outcome.authmethod, chosen);
    }
  });

  it('denies where none is configured, and says which were offered as Python writes them', async () => {
    const fixture = new LoginFixture([TICKETS]);
    const outcome = await fixture.run(helloOf({ authmethods: ['wampcra', "it's"] }));
    const text = `cannot authenticate [2] using any of the offered authmethods ['wampcra', "it's"]`;
    assert.deepEqual(outcome, deny('wamp.error.no_auth_method', text));
  });

  it('keeps its text short, whatever was offered', async () => {
    const fixture = new LoginFixture([TICKETS]);
    const outcome = await fixture.run(helloOf({ authmethods: Array.from({ length: 20_000 }, () => 'ä') }));
    assert.ok(outcome.kind === 'deny' && outcome.message !== null);
    assert.ok(Buffer.byteLength(outcome.message) <= 1024);
    assert.ok(Buffer.byteLength(outcome.message) > 1000);
  });

  it('what the first one decides is final', async () => {
    const fixture = new LoginFixture([TICKETS, GUEST]);
    const outcome = await fixture.run(helloOf({ authmethods: ['ticket', 'anonymous'] }), 'wrong');
    assert.equal(outcome.kind, 'deny');
  });
});

describe('Login: no authentication configured', () => {
  it('lets everybody in as anonymous', async () => {
    const hello = helloOf({
      authmethods: ['ticket', 'anonymous'],
      authextra: { a: 1, x_cb_pid: 1, proxy_authrole: 'x' },
    });
    const outcome = (await new LoginFixture([]).run(hello)) as Accept;
    assert.match(outcome.authid, /^(.{4}-){5}.{4}$/);
    assert.deepEqual(
      { ...outcome, authextra: { ...outcome.authextra } },
      {
        kind: 'accept',
        realm: 'realm1',
        authid: outcome.authid,
        authrole: 'anonymous',
        authmethod: 'anonymous',
        authprovider: 'static',
        authextra: { a: 1 },
      },
    );
  });

  it('denies who does not offer anonymous', async () => {
    const text = "cannot authenticate [1] using any of the offered authmethods ['ticket']";
    assert.deepEqual(await new LoginFixture([]).run(helloOf()), deny('wamp.error.no_auth_method', text));
  });

  it('denies who names no realm', async () => {
    const outcome = await new LoginFixture([]).run(helloOf({ authmethods: ['anonymous'], realm: null }));
    assert.deepEqual(outcome, deny('wamp.error.no_such_realm', 'no realm requested'));
  });
});

describe('[row 30] [row 34] Login: HELLO that no authenticator should see', () => {
  for (const realm of ['', 'com..x', 'a b', 'realm1\n', 'realm1\u0000', '\u202erealm1', 'x'.repeat(1025)]) {
    it(`realm ${JSON.stringify(realm.slice(0, 10))}`, async () => {
      const fixture = new LoginFixture([DYNAMIC]);
      const outcome = await fixture.run(helloOf({ realm }), '123secret');
      assert.deepEqual(outcome, deny('wamp.error.invalid_uri', 'the realm asked for is not a valid URI'));
      assert.equal(fixture.calls.length, 0);
    });
  }

  for (const authid of ['x'.repeat(256), 'a\u0000b', 'a\nb', '\ud800', '\u202ebor']) {
    it(`authid ${JSON.stringify(authid.slice(0, 10))}`, async () => {
      const fixture = new LoginFixture([DYNAMIC]);
      const outcome = await fixture.run(helloOf({ authid }), '123secret');
      assert.ok(outcome.kind === 'deny' && outcome.reason === 'wamp.error.not_authorized');
      assert.equal(fixture.calls.length, 0);
    });
  }
});

describe('Login: one challenge, one answer (K4)', () => {
  const pending = deny('wamp.error.not_authorized', 'no pending authentication');

  it('no answer without a challenge', async () => {
    assert.deepEqual(await new LoginFixture([TICKETS]).login().authenticate('123secret', {}, never), pending);
    const login = new LoginFixture([GUEST]).login();
    await login.hello(helloOf({ authmethods: ['anonymous'] }), never);
    assert.deepEqual(await login.authenticate('123secret', {}, never), pending);
  });

  it('no second answer, whether the first was right or wrong', async () => {
    for (const first of ['wrong', '123secret']) {
      const login = new LoginFixture([TICKETS]).login();
      await login.hello(helloOf(), never);
      await login.authenticate(first, {}, never);
      assert.deepEqual(await login.authenticate('123secret', {}, never), pending);
    }
  });

  it('no second answer while the first is decided', async () => {
    const fixture = new LoginFixture([DYNAMIC]);
    fixture.behaviour = silence;
    const login = fixture.login();
    await login.hello(helloOf(), never);
    const first = login.authenticate('123secret', {}, never);
    assert.deepEqual(await login.authenticate('456secret', {}, never), pending);
    await settle();
    assert.equal(fixture.calls.length, 1);
    fixture.clock.advance(60_000);
    assert.equal((await first).kind, 'deny');
  });

  it('no second HELLO, and no answer to a challenge that nobody waited for', async () => {
    const login = new LoginFixture([TICKETS]).login();
    assert.equal((await login.hello(helloOf(), AbortSignal.abort())).kind, 'deny');
    assert.deepEqual(await login.hello(helloOf(), never), pending);
    assert.deepEqual(await login.authenticate('123secret', {}, never), pending);
  });
});

describe('Login: dynamic authenticator on a realm of its own', () => {
  it('logs in as on the seed page: the realm is left to the authenticator', async () => {
    const fixture = new LoginFixture([DYNAMIC]);
    const extra = { 'my-custom-welcome-data': [1, 2, 3] };
    fixture.behaviour = () => ({ realm: 'realm-user1', role: 'user', extra });
    const login = fixture.login();
    const hello = helloOf({ realm: null });
    const challenge = await login.hello(hello, never);
    assert.ok(challenge.kind === 'challenge');
    assert.equal(challenge.authmethod, 'ticket');
    assert.deepEqual({ ...challenge.extra }, {});
    assert.equal(fixture.calls.length, 0, 'asked only when the ticket is there');
    const outcome = (await login.authenticate('123secret', {}, never)) as Accept;
    assert.deepEqual([outcome.realm, outcome.authid, outcome.authrole], ['realm-user1', 'user1', 'user']);
    assert.equal(outcome.authprovider, 'dynamic');
    assert.deepEqual({ ...outcome.authextra }, extra);
    const [call] = fixture.calls;
    assert.deepEqual([call?.procedure, call?.realm, call?.role], ['com.example.authenticate', 'realm-auth', null]);
    const details = {
      transport: hello.transport,
      session: 508715025212448,
      authmethod: 'ticket',
      authextra: null,
      ticket: '123secret',
    };
    assert.deepEqual(call?.args, [null, 'user1', details]);
  });

  it('passes on that the client names no authid, and needs one in the answer', async () => {
    const fixture = new LoginFixture([DYNAMIC]);
    const hello = helloOf({ authid: null });
    assert.deepEqual(await fixture.run(hello, 'x'), deny('wamp.error.no_such_principal', 'no authid assigned'));
    assert.equal(fixture.calls[0]?.args[1], null);
    fixture.behaviour = () => ({ role: 'user', authid: 'user9' });
    assert.equal(((await fixture.run(hello, 'x')) as Accept).authid, 'user9');
  });

  it('needs a realm from somebody', async () => {
    const outcome = await new LoginFixture([DYNAMIC]).run(helloOf({ realm: null }), 'x');
    assert.deepEqual(outcome, deny('wamp.error.no_such_realm', 'no realm assigned'));
  });

  it('takes default-role where the answer names none', async () => {
    const fixture = new LoginFixture([{ ...DYNAMIC, defaultRole: 'visitor' }]);
    fixture.behaviour = () => ({});
    assert.equal(((await fixture.run(helloOf(), 'x')) as Accept).authrole, 'visitor');
    fixture.behaviour = () => ({ role: null });
    assert.deepEqual(await fixture.run(helloOf(), 'x'), deny('wamp.error.no_such_role', 'no authrole assigned'));
  });

  it('obeys its own authenticator-timeout', async () => {
    const fixture = new LoginFixture([{ ...DYNAMIC, timeout: 200 }]);
    fixture.behaviour = silence;
    const outcome = fixture.run(helloOf(), 'x');
    await settle();
    fixture.clock.advance(200);
    assert.equal((await outcome).kind, 'deny');
  });
});

describe('Login: where the authenticator is called', () => {
  const denied = async (more: { realm?: string | null; role?: string | null }, asked: string | null) => {
    const fixture = new LoginFixture([{ ...DYNAMIC, realm: null, ...more } as AuthEntry]);
    const outcome = await fixture.login().hello(helloOf({ realm: asked }), never);
    assert.equal(fixture.calls.length, 0);
    return outcome;
  };
  const realmText = (realm: string) => `explicit realm <${realm}> configured for dynamic authenticator does not exist`;

  it('denies at HELLO, before a ticket is sent in vain, where the realm is not running', async () => {
    assert.deepEqual(await denied({ realm: 'gone' }, 'realm1'), deny('wamp.error.no_such_realm', realmText('gone')));
    assert.deepEqual(await denied({}, 'realm9'), deny('wamp.error.no_such_realm', realmText('realm9')));
    assert.deepEqual(await denied({}, null), deny('wamp.error.no_such_realm', realmText('None')));
  });

  it('denies where the role is unknown there', async () => {
    const text = 'explicit role <nobody> on realm <realm1> configured for dynamic authenticator does not exist';
    assert.deepEqual(await denied({ role: 'nobody' }, 'realm1'), deny('wamp.error.no_such_role', text));
  });

  it('denies the same way where the realm stops between challenge and answer, or for a method without challenge', async () => {
    const fixture = new LoginFixture([
      { ...DYNAMIC, realm: null },
      { ...DYNAMIC, method: 'anonymous', realm: null },
    ]);
    const login = fixture.login();
    await login.hello(helloOf(), never);
    fixture.realms.delete('realm1');
    const expected = deny('wamp.error.no_such_realm', realmText('realm1'));
    assert.deepEqual(await login.authenticate('x', {}, never), expected);
    assert.deepEqual(await fixture.run(helloOf({ authmethods: ['anonymous'] })), expected);
  });

  it('calls as the role that is configured', async () => {
    const fixture = new LoginFixture([{ ...DYNAMIC, role: 'auth-caller' }]);
    assert.equal((await fixture.run(helloOf(), 'x')).kind, 'accept');
    assert.equal(fixture.calls[0]?.role, 'auth-caller');
  });
});

describe('Login: the log', () => {
  it('says why, never with what words', async () => {
    const fixture = new LoginFixture([DYNAMIC]);
    fixture.behaviour = () => {
      throw new WampError('com.example.invalid_ticket', ['ticket 123secret is not known']);
    };
    await fixture.run(helloOf(), '123secret');
    assert.deepEqual(fixture.lines, [
      {
        level: 'info',
        text: 'login denied',
        fields: {
          session: 508715025212448,
          peer: 'tcp4:127.0.0.1:17185',
          authmethod: 'ticket',
          reason: 'com.example.invalid_ticket',
          text: 'the authenticator raised com.example.invalid_ticket',
        },
      },
    ]);
  });

  it('places an unexpected failure in the code', async () => {
    const fixture = new LoginFixture([DYNAMIC]);
    fixture.behaviour = () => {
      throw new TypeError('of 123secret', {
        cause: Object.assign(new Error('at 123secret'), { code: 'ECONNREFUSED' }),
      });
    };
    await fixture.run(helloOf(), '123secret');
    const [line] = fixture.lines;
    assert.equal(line?.text, 'login failed');
    assert.deepEqual(line?.fields['errors'], ['TypeError', 'Error ECONNREFUSED']);
    assert.match(String(line?.fields['at']), /^at [^,]*login\.test/);
    assert.ok(!fixture.logged.includes('123secret'));
  });
});

describe('AuthPolicy', () => {
  const policyOf = (entries: readonly AuthEntry[]): AuthPolicy => new LoginFixture(entries).policy;

  it('names the procedures to guard', () => {
    const other: AuthEntry = {
      ...DYNAMIC,
      method: 'anonymous',
      authenticator: 'com.example.guest',
      realm: null,
      role: 'r',
    };
    assert.deepEqual(policyOf([DYNAMIC, other]).reservedProcedures(), [
      { realm: 'realm-auth', procedure: 'com.example.authenticate', role: null },
      { realm: null, procedure: 'com.example.guest', role: 'r' },
    ]);
    assert.deepEqual(policyOf([TICKETS, GUEST]).reservedProcedures(), []);
  });

  it('refuses what cannot be meant, and names the place', () => {
    assert.throws(() => policyOf([TICKETS, DYNAMIC]), { name: 'TypeError', message: 'auth.ticket: configured twice' });
    const message = 'auth.ticket.authenticator-timeout: must be more than 0';
    for (const timeout of [0, -1, Number.NaN]) {
      assert.throws(() => policyOf([{ ...DYNAMIC, timeout }]), { name: 'TypeError', message });
    }
  });

  it('loads functions when told to, not at the first client', async () => {
    const entry: AuthEntry = {
      method: 'ticket',
      type: 'function',
      create: 'auth.create',
      config: null,
      exposeController: false,
      defaultRole: null,
      timeout: null,
    };
    const fixture = new LoginFixture([entry]);
    await fixture.policy.load();
    assert.deepEqual(fixture.imported, ['auth']);
    await fixture.run(helloOf(), 'x');
    assert.deepEqual(fixture.imported, ['auth']);
    const broken = new LoginFixture([{ ...entry, create: 'auth.nothing' }]);
    await assert.rejects(broken.policy.load(), /function authenticator "auth.nothing": the module exports no function/);
  });
});
