import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TLS, type TlsPrincipal } from '../../src/auth/authmethods/tls.ts';
import type { Accept, Deny } from '../../src/auth/outcome.ts';
import type { AuthEntry } from '../../src/auth/policy.ts';
import { helloOf, LoginFixture, STATIC_PARTS, TRANSPORT } from './login-fixture.ts';
import { CERTIFICATE } from './proofs.ts';

const { sha1, sha256, spki_sha256 } = CERTIFICATE;
const NO_PINS = { spki_sha256: [], sha256: [], sha1: [] };

type Pins = { readonly [Name in keyof TlsPrincipal['pins']]?: string | readonly string[] };

function principal(pins: Pins, more: Partial<TlsPrincipal> = {}): TlsPrincipal {
  const lists = Object.fromEntries(Object.entries(pins).map(([name, digests]) => [name, [digests].flat()]));
  return { pins: { ...NO_PINS, ...lists }, role: 'user', realm: null, ...more };
}

function fixtureWith(principals: Record<string, TlsPrincipal>): LoginFixture {
  const table = new Map(Object.entries(principals));
  return new LoginFixture([{ method: 'tls', type: 'static', principals: table, defaultRole: 'visitor' }]);
}

function hello(more = {}, certificate: unknown = CERTIFICATE) {
  const transport = { ...TRANSPORT, is_secure: true, peer_cert: certificate, client_cert: certificate };
  return helloOf({ authmethods: ['tls'], authid: null, transport, ...more });
}

function denied(message: string): Deny {
  return { kind: 'deny', reason: 'wamp.error.not_authorized', message };
}

describe('tls, static', () => {
  const stranger = { sha1: 'x', sha256: 'y', spki_sha256: 'z' };

  for (const [name, digest] of Object.entries({ sha1, sha256, spki_sha256 })) {
    it(`knows a client by ${name}, however it is written, and nobody else`, async () => {
      for (const written of [digest, digest.toLowerCase(), digest.replaceAll(':', '')]) {
        const fixture = fixtureWith({ joe: principal({ [name]: written }) });
        const outcome = (await fixture.run(hello())) as Accept;
        assert.deepEqual([outcome.kind, outcome.authid, outcome.authrole], ['accept', 'joe', 'user']);
        assert.deepEqual([outcome.authmethod, outcome.authprovider], ['tls', 'static']);
        const other = { ...CERTIFICATE, [name]: digest.replace(/^../, '00') };
        assert.deepEqual(
          await fixture.run(hello({}, other)),
          denied(`no principal with authid "${other.sha1}" exists`),
        );
      }
    });
  }

  it('knows a client by each of several pins, of one kind or of more', async () => {
    const old = sha256.replace(/^../, '00');
    const fixture = fixtureWith({
      joe: principal({ sha256: [old, sha256, sha256.toLowerCase()], sha1: sha1.replace(/^../, '00') }),
    });
    for (const certificate of [
      CERTIFICATE,
      { ...CERTIFICATE, sha256: old },
      { ...stranger, sha1: sha1.replace(/^../, '00') },
    ]) {
      assert.equal(((await fixture.run(hello({}, certificate))) as Accept).authid, 'joe');
    }
    assert.equal((await fixture.run(hello({}, { ...stranger, sha1 }))).kind, 'deny');
  });

  it('ignores the authid that the client goes by, as Crossbar does', async () => {
    const fixture = fixtureWith({ joe: principal({ sha256 }), ann: principal({ sha1: sha1.replace('AA', 'AB') }) });
    for (const authid of ['ann', 'joe', 'nobody', null]) {
      assert.equal(((await fixture.run(hello({ authid }))) as Accept).authid, 'joe');
    }
  });

  it('[row 53] the public key tells more than the certificate, and that more than SHA-1', async () => {
    const fixture = fixtureWith({
      broken: principal({ sha1 }),
      exact: principal({ sha256 }),
      key: principal({ spki_sha256 }),
    });
    assert.equal(((await fixture.run(hello())) as Accept).authid, 'key');
    assert.equal(((await fixture.run(hello({}, { ...CERTIFICATE, spki_sha256: null }))) as Accept).authid, 'exact');
  });

  it('realm and role of the principal, or the default', async () => {
    const fixture = fixtureWith({ joe: principal({ sha256 }, { role: null, realm: 'realm7' }) });
    const outcome = (await fixture.run(hello({ realm: null }))) as Accept;
    assert.deepEqual([outcome.realm, outcome.authrole], ['realm7', 'visitor']);
  });

  it('[row 53] needs a certificate that the endpoint has seen', async () => {
    const fixture = fixtureWith({ joe: principal({ sha256 }) });
    const missing = denied('client did not send a TLS client certificate');
    for (const certificate of [null, 'AA', []]) {
      assert.deepEqual(await fixture.run(hello({}, certificate)), missing);
    }
    // What a client says of its connection is not believed.
    const authextra = { transport: { peer_cert: CERTIFICATE }, peer_cert: CERTIFICATE };
    assert.deepEqual(await fixture.run(hello({ authextra }, null)), missing);
  });

  it('does not take a certificate without digests for one whose digests are words', async () => {
    const fixture = fixtureWith({ joe: principal({ sha256 }) });
    for (const certificate of [{}, stranger, { sha256: null, sha1: { toString: () => sha1 } }]) {
      assert.equal((await fixture.run(hello({}, certificate))).kind, 'deny');
    }
  });

  it('refuses at start what cannot be used', () => {
    const rows: [Record<string, TlsPrincipal>, string][] = [
      [{ '': principal({ sha1 }) }, '[""]: cannot be an authid'],
      [{ joe: principal({}) }, '["joe"]: names no certificate and no public key'],
      [
        { joe: principal({ sha1 }), ann: principal({ sha1: sha1.toLowerCase() }) },
        '["ann"]: another principal has the same certificate or key',
      ],
    ];
    for (const [principals, message] of rows) {
      assert.throws(() => TLS.compileStatic({ principals: new Map(Object.entries(principals)) }, STATIC_PARTS), {
        message: `auth.tls.principals${message}`,
      });
    }
  });
});

const ASKING: readonly AuthEntry[] = [
  {
    method: 'tls',
    type: 'dynamic',
    wait: 0,
    authenticator: 'com.example.authenticate',
    realm: 'realm-auth',
    role: null,
    defaultRole: null,
    timeout: null,
  },
  {
    method: 'tls',
    type: 'function',
    create: './auth.js#create',
    config: null,
    exposeController: false,
    defaultRole: null,
    timeout: null,
  },
];

for (const entry of ASKING) {
  describe(`tls, ${entry.type}`, () => {
    it('the authenticator sees the certificate by both of its names', async () => {
      const fixture = new LoginFixture([entry]);
      fixture.behaviour = ([, , details]) => {
        const { transport } = details as { transport: Record<string, unknown> };
        assert.equal(transport['peer_cert'], CERTIFICATE);
        assert.equal(transport['client_cert'], CERTIFICATE);
        return { authid: 'by-certificate', role: 'user' };
      };
      const outcome = (await fixture.run(hello())) as Accept;
      assert.deepEqual([outcome.kind, outcome.authid, outcome.authprovider], ['accept', 'by-certificate', entry.type]);
    });

    it('is not asked for a client without a certificate', async () => {
      const fixture = new LoginFixture([entry]);
      assert.deepEqual(await fixture.run(hello({}, null)), denied('client did not send a TLS client certificate'));
      assert.equal(fixture.calls.length, 0);
    });
  });
}
