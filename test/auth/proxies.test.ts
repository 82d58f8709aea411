/** Proxies that say who their clients are: believed where only they can be, and to the letter (K13, K15, row 56). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Accept, Deny } from '../../src/auth/outcome.ts';
import type { AuthEntry, DynamicEntry, FunctionEntry } from '../../src/auth/policy.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { EXPORTED, fakeChannel } from './fake-channel.ts';
import { helloOf, LoginFixture, NODE_KEY, TRANSPORT } from './login-fixture.ts';
import { CERTIFICATE, cryptosigned, PUBLIC_KEY } from './proofs.ts';

const FRONTEND = { peer: 'tcp4:203.0.113.7:4711', is_secure: true, http_headers_received: { host: 'example.org' } };
const UNIX = { ...TRANSPORT, peer: 'unix', is_secure: false };
const PROXIED = {
  proxy_realm: 'realm7',
  proxy_authid: 'joe',
  proxy_authrole: 'user',
  proxy_authextra: { mine: 1, transport: FRONTEND },
};

const METHODS = ['anonymous-proxy', 'cryptosign-proxy'] as const;

function entryOf(method: (typeof METHODS)[number], type: AuthEntry['type']): AuthEntry {
  const asking = { method, defaultRole: null, timeout: null };
  const dynamic: DynamicEntry = {
    ...asking,
    type: 'dynamic',
    wait: 0,
    authenticator: 'com.example.a',
    realm: 'realm-auth',
    role: null,
  };
  const viaFunction: FunctionEntry = {
    ...asking,
    type: 'function',
    create: './a.js#create',
    config: null,
    exposeController: false,
  };
  if (type === 'dynamic') return dynamic;
  if (type === 'function') return viaFunction;
  if (method === 'anonymous-proxy') return { method, type, defaultRole: null };
  const principals = new Map([['node-a', { authorizedKeys: [PUBLIC_KEY], role: null, realm: null }]]);
  return { method, type, defaultRole: null, principals };
}

function helloBy(method: string, more: Dict = {}, transport: Dict = UNIX, rest = {}) {
  const authextra = { pubkey: PUBLIC_KEY, ...PROXIED, ...more };
  return helloOf({ authmethods: [method], realm: 'realm7', authid: 'node-a', authextra, transport, ...rest });
}

const sign = ({ challenge }: Dict): string => cryptosigned(Buffer.from(String(challenge), 'hex'));

function denied(message: string): Deny {
  return { kind: 'deny', reason: 'wamp.error.not_authorized', message };
}

for (const method of METHODS) {
  for (const type of ['static', 'dynamic', 'function'] as const) {
    const fixtureOf = (answer: unknown = { pubkey: PUBLIC_KEY }): LoginFixture => {
      const fixture = new LoginFixture([entryOf(method, type)]);
      fixture.behaviour = () => answer;
      return fixture;
    };
    const run = (more: Dict = {}, transport: Dict = UNIX) => fixtureOf().run(helloBy(method, more, transport), sign);

    describe(`${method}, ${type}`, () => {
      it('the client is whom the proxy names, on the connection that it has to the proxy', async () => {
        const outcome = (await run()) as Accept;
        assert.deepEqual(
          [outcome.kind, outcome.realm, outcome.authid, outcome.authrole, outcome.authmethod, outcome.authprovider],
          ['accept', 'realm7', 'joe', 'user', method, type],
        );
        assert.deepEqual({ ...outcome.authextra }, { mine: 1 }, 'without reserved keys');
        assert.deepEqual(JSON.parse(JSON.stringify(outcome.transport)), FRONTEND);
      });

      it('is known by the proxy’s connection where that tells nothing', async () => {
        for (const proxy_authextra of [null, undefined, {}]) {
          const outcome = (await run({ proxy_authextra })) as Accept;
          assert.deepEqual([outcome.kind, outcome.transport], ['accept', undefined]);
        }
      });

      it('takes no part that is missing, of the wrong kind, or that nobody may have', async () => {
        const at = (key: string) => `attribute ${key} in details.authextra`;
        const rows: [Dict, string | RegExp][] = [
          [{ proxy_authid: undefined }, `missing required ${at('proxy_authid')}`],
          [{ proxy_authrole: undefined }, `missing required ${at('proxy_authrole')}`],
          [{ proxy_realm: undefined }, `missing required ${at('proxy_realm')}`],
          [{ proxy_authid: 7 }, `invalid ${at('proxy_authid')}`],
          [{ proxy_authrole: null }, `invalid ${at('proxy_authrole')}`],
          [{ proxy_realm: '' }, `invalid ${at('proxy_realm')}`],
          [{ proxy_authextra: 'x' }, `invalid ${at('proxy_authextra')}`],
          [{ proxy_authextra: { transport: 'x' } }, `invalid ${at('proxy_authextra.transport')}`],
          [{ proxy_authextra: { transport: { big: 'x'.repeat(70_000) } } }, /transport/],
          [{ proxy_authrole: 'trusted' }, /has no role "trusted"/],
          [{ proxy_realm: 'a b' }, /realm/],
          [{ proxy_authid: 'x\u0000' }, /authid/],
        ];
        for (const [more, text] of rows) {
          const outcome = await run(more);
          assert.ok(outcome.kind === 'deny', JSON.stringify(more));
          if (typeof text === 'string') assert.equal(outcome.message, text);
          else assert.match(outcome.message ?? '', text);
        }
        const nothing = await fixtureOf().run(helloBy(method, {}, UNIX, { authextra: null }), sign);
        assert.equal(nothing.kind, 'deny');
      });

      it('[row 56] is believed on a Unix socket or with a certificate, and nowhere else', async () => {
        const certified = { ...TRANSPORT, is_secure: true, peer_cert: CERTIFICATE };
        const others = [
          TRANSPORT,
          { ...TRANSPORT, is_secure: true },
          { ...certified, is_secure: false },
          { ...TRANSPORT, peer: 'unixx' },
        ];
        for (const transport of [UNIX, { ...UNIX, peer: 'unix:/run/a.sock' }, certified]) {
          assert.equal((await run({}, transport)).kind, 'accept');
        }
        const elsewhere = denied('a proxy must come by a Unix socket, or by TLS with a certificate of its own');
        for (const transport of others) assert.deepEqual(await run({}, transport), elsewhere);
      });

      it('[row 56] is not there where it is not configured: the keys are dropped, the method is unknown', async () => {
        const fixture = new LoginFixture([
          { method: 'anonymous', type: 'static', role: 'guest', authid: null, defaultRole: null },
        ]);
        const alone = await fixture.run(helloBy(method), sign);
        assert.ok(alone.kind === 'deny' && alone.reason === 'wamp.error.no_auth_method');
        const both = (await fixture.run(helloBy(method, {}, UNIX, { authmethods: [method, 'anonymous'] }))) as Accept;
        assert.deepEqual(
          [both.authrole, { ...both.authextra }, both.transport],
          ['guest', { pubkey: PUBLIC_KEY }, undefined],
        );
      });
    });

    if (type === 'static') continue;
    describe(`${method}, ${type}: the authenticator`, () => {
      it('cannot make anybody trusted, and its refusal counts', async () => {
        for (const answer of [null, ['user'], { pubkey: PUBLIC_KEY, role: 'trusted' }, 'trusted']) {
          assert.equal((await fixtureOf(answer).run(helloBy(method), sign)).kind, 'deny', JSON.stringify(answer));
        }
      });

      it('sees what the proxy says', async () => {
        const fixture = fixtureOf();
        await fixture.run(helloBy(method), sign);
        const [call] = fixture.calls;
        assert.ok(call);
        const [realm, authid, details] = call.args as [string, string, { authextra: Dict }];
        assert.deepEqual([realm, authid], ['realm7', method === 'anonymous-proxy' ? 'joe' : 'node-a']);
        assert.equal(details.authextra['proxy_authrole'], 'user');
      });
    });
  }
}

describe('anonymous-proxy: an authenticator that is asked too', () => {
  it('may change what the proxy said', async () => {
    const fixture = new LoginFixture([entryOf('anonymous-proxy', 'dynamic')]);
    fixture.behaviour = () => 'guest';
    assert.equal(((await fixture.run(helloBy('anonymous-proxy'))) as Accept).authrole, 'guest');
    fixture.behaviour = () => ({ authid: 'ann', extra: { other: 2 } });
    const outcome = (await fixture.run(helloBy('anonymous-proxy'))) as Accept;
    assert.deepEqual([outcome.authid, outcome.authrole, { ...outcome.authextra }], ['ann', 'user', { other: 2 }]);
  });
});

describe('cryptosign-proxy: the proof', () => {
  const fixture = new LoginFixture([entryOf('cryptosign-proxy', 'static')]);

  it('is asked for: knowing a public key is not enough (K13)', async () => {
    const hello = helloBy('cryptosign-proxy');
    const outcome = await fixture.login().hello(hello, new AbortController().signal);
    assert.ok(outcome.kind === 'challenge');
    const other = 'ab'.repeat(32);
    const wrong = ({ challenge }: Dict) => cryptosigned(Buffer.from(String(challenge), 'hex'), other);
    for (const answer of ['', wrong, '00'.repeat(96)]) {
      assert.equal((await fixture.run(hello, answer)).kind, 'deny');
    }
    assert.equal((await fixture.run({ ...hello, authid: 'node-b' }, sign)).kind, 'deny');
    assert.equal((await fixture.run({ ...hello, authid: null }, sign)).kind, 'accept', 'by the key alone');
  });

  it('is bound to the TLS session, and the router proves itself, as for cryptosign', async () => {
    const certified = { ...TRANSPORT, is_secure: true, peer_cert: CERTIFICATE };
    const asked = { channel_binding: 'tls-exporter', challenge: '01'.repeat(32) };
    const hello = helloBy('cryptosign-proxy', asked, certified, { channel: fakeChannel('TLSv1.3') });
    const bound = ({ challenge, pubkey }: Dict): string => {
      assert.equal(pubkey, NODE_KEY.publicKey);
      const bytes = Buffer.from(String(challenge), 'hex');
      return cryptosigned(bytes.map((byte, at) => byte ^ (EXPORTED[at] ?? 0)));
    };
    assert.equal((await fixture.run(hello, bound)).kind, 'accept');
    assert.equal((await fixture.run(hello, sign)).kind, 'deny');
  });
});
