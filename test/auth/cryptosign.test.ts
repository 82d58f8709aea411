import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CRYPTOSIGN } from '../../src/auth/authmethods/cryptosign.ts';
import { CryptosignKey } from '../../src/auth/authmethods/cryptosign-key.ts';
import type { CryptosignPrincipal } from '../../src/auth/authmethods/cryptosign-static.ts';
import type { Accept, Deny } from '../../src/auth/outcome.ts';
import type { AuthEntry } from '../../src/auth/policy.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { helloOf, LoginFixture, STATIC_PARTS, TRANSPORT } from './login-fixture.ts';
import { cryptosigned, PUBLIC_KEY, SEED } from './proofs.ts';

const never = new AbortController().signal;
const OTHER_SEED = 'ab'.repeat(32);
const OTHER_KEY = '248acbdbaf9e050196de704bea2d68770e519150d103b587dae2d9cad53dd930';
const THIRD_KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const SMALL_ORDER = `01${'00'.repeat(31)}`;

function denied(message: string): Deny {
  return { kind: 'deny', reason: 'wamp.error.not_authorized', message };
}

const invalid = denied('signed message has invalid signature');

function principal(authorizedKeys: readonly string[], more: Partial<CryptosignPrincipal> = {}): CryptosignPrincipal {
  return { authorizedKeys, role: 'user', realm: null, ...more };
}

function staticFixture(principals: Record<string, CryptosignPrincipal>): LoginFixture {
  const table = new Map(Object.entries(principals));
  return new LoginFixture([{ method: 'cryptosign', type: 'static', principals: table, defaultRole: 'visitor' }]);
}

function hello(authid: string | null, authextra: Dict | null = { pubkey: PUBLIC_KEY }, more = {}) {
  return helloOf({ authmethods: ['cryptosign'], authid, authextra, ...more });
}

function signed(seed = SEED) {
  return ({ challenge }: Dict): string => cryptosigned(Buffer.from(String(challenge), 'hex'), seed);
}

describe('cryptosign: what counts as signed', () => {
  const challenge = Buffer.alloc(32, 0xff);
  const vector =
    'b32675b221f08593213737bef8240e7c15228b07028e19595294678c90d11c0cae80a357331bfc5cc9fb71081464e6e75013517c2cf067ad566a6b7b728e5d03';
  const key = new CryptosignKey(PUBLIC_KEY);

  it('the checked vectors, with and without channel binding', () => {
    const whole = vector + challenge.toString('hex');
    assert.equal(cryptosigned(challenge), whole);
    assert.equal(key.refuse(whole, challenge), null);
    assert.equal(key.refuse(whole.toUpperCase(), challenge), null);
    const bound = '9d16ca518aa0c2b707f2b2a609edeca73bca8dd59817a633f35574ac6fd80d00';
    const signature =
      '9b6f41540c9b95b4b7b281c3042fa9c54cef43c842d62ea3fd6030fcb66e70b3e80d49d44c29d1635da9348d02ec93f3ed1ef227dfb59a07b580095c2b82f80f';
    assert.equal(key.refuse(signature + bound, Buffer.from(bound, 'hex')), null);
    assert.notEqual(key.refuse(signature + bound, challenge), null);
  });

  it('nothing else', () => {
    const text = challenge.toString('hex');
    const rows: [string, string][] = [
      ['', 'has invalid length (was 0, but should have been 96)'],
      [vector, 'has invalid length (was 64, but should have been 96)'],
      [(vector + text).slice(2), 'has invalid length (was 95, but should have been 96)'],
      [`${vector}${text}00`, 'has invalid length (was 97, but should have been 96)'],
      [`${vector}${text}0`, 'is invalid (not a HEX encoded string)'],
      [`${vector}${text.slice(1)}g`, 'is invalid (not a HEX encoded string)'],
      [`${vector}${text}\n`, 'is invalid (not a HEX encoded string)'],
      [`${vector.replace(/^b3/, 'b2')}${text}`, 'has invalid signature'],
      [`${vector}${text.replace(/f$/, 'e')}`, 'has invalid signature'],
      [cryptosigned(challenge, OTHER_SEED), 'has invalid signature'],
      [cryptosigned(Buffer.alloc(32)), 'is not the challenge'],
      [plusOrder(vector) + text, 'has invalid signature'],
    ];
    for (const [answer, problem] of rows) {
      assert.deepEqual(key.refuse(answer, challenge), denied(`signed message ${problem}`), answer);
    }
  });
});

/** The same signature with S + L for S: who takes it takes two signatures for one (RFC 8032, 5.1.7). */
function plusOrder(signature: string): string {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = Buffer.from(signature.slice(64), 'hex').reverse().toString('hex');
  const bytes = Buffer.from((BigInt(`0x${scalar}`) + order).toString(16).padStart(64, '0'), 'hex');
  return signature.slice(0, 64) + bytes.reverse().toString('hex');
}

describe('cryptosign, static', () => {
  const fixture = staticFixture({
    joe: principal([PUBLIC_KEY.toUpperCase(), THIRD_KEY]),
    ann: principal([OTHER_KEY], { role: null, realm: 'realm7' }),
  });
  const run = (authid: string | null, pubkey: string, seed = SEED) => {
    return fixture.run(hello(authid, { pubkey }), signed(seed)) as Promise<Accept | Deny>;
  };

  it('challenges with 32 bytes, never the same', async () => {
    const seen = new Set<unknown>();
    for (let at = 0; at < 50; at++) {
      const outcome = await fixture.login().hello(hello('joe'), never);
      assert.ok(outcome.kind === 'challenge');
      assert.deepEqual(Object.keys(outcome.extra), ['challenge', 'channel_binding']);
      assert.match(String(outcome.extra['challenge']), /^[0-9a-f]{64}$/);
      assert.equal(outcome.extra['channel_binding'], null);
      seen.add(outcome.extra['challenge']);
    }
    assert.equal(seen.size, 50);
  });

  it('accepts by authid and key, in any case, and by the key alone', async () => {
    for (const authid of ['joe', null, '']) {
      for (const pubkey of [PUBLIC_KEY, PUBLIC_KEY.toUpperCase()]) {
        const outcome = (await run(authid, pubkey)) as Accept;
        assert.deepEqual(
          [outcome.kind, outcome.authid, outcome.authrole, outcome.realm, outcome.authprovider],
          ['accept', 'joe', 'user', 'realm1', 'static'],
        );
        assert.deepEqual({ ...outcome.authextra }, { pubkey }, 'authextra is echoed');
      }
    }
  });

  it("a principal's realm counts, whatever was asked for", async () => {
    for (const realm of ['realm1', null]) {
      const outcome = await fixture.run(hello(null, { pubkey: OTHER_KEY }, { realm }), signed(OTHER_SEED));
      assert.ok(outcome.kind === 'accept');
      assert.deepEqual([outcome.realm, outcome.authid, outcome.authrole], ['realm7', 'ann', 'visitor']);
    }
  });

  it('denies in the same words: unknown authid, unknown key, the key of another, a key shown but not had', async () => {
    const stranger = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
    assert.deepEqual(await run('nobody', PUBLIC_KEY), invalid);
    assert.deepEqual(await run('__proto__', PUBLIC_KEY), invalid);
    assert.deepEqual(await run('ann', PUBLIC_KEY), invalid);
    assert.deepEqual(await run('joe', stranger), invalid);
    assert.deepEqual(await run(null, stranger), invalid);
    assert.deepEqual(await run('joe', THIRD_KEY), invalid);
    assert.deepEqual(await run(null, OTHER_KEY), invalid);
    assert.deepEqual(await run('joe', SMALL_ORDER), invalid);
    assert.deepEqual(await staticFixture({}).run(hello('joe'), signed()), invalid);
  });

  it('a key that two have tells neither, but with the authid either', async () => {
    const twins = staticFixture({ joe: principal([PUBLIC_KEY]), ann: principal([PUBLIC_KEY]) });
    assert.deepEqual(await twins.run(hello(null), signed()), invalid);
    for (const authid of ['joe', 'ann']) {
      assert.equal(((await twins.run(hello(authid), signed())) as Accept).authid, authid);
    }
  });

  it('needs a key, whoever asks', async () => {
    const missing = denied('cannot identify client: no usable extra.pubkey provided');
    for (const authid of ['joe', 'nobody', null]) {
      for (const authextra of [
        null,
        {},
        { pubkey: null },
        { pubkey: 7 },
        { pubkey: '' },
        { pubkey: `${PUBLIC_KEY}00` },
      ]) {
        assert.deepEqual(await fixture.run(hello(authid, authextra), signed()), missing);
      }
    }
  });

  it('an answer to another challenge is refused (replay)', async () => {
    let recorded = '';
    await fixture.run(hello('joe'), (extra) => {
      recorded = signed()(extra);
      return recorded;
    });
    assert.deepEqual(await fixture.run(hello('joe'), recorded), denied('signed message is not the challenge'));
  });

  it('refuses at start what cannot be used', () => {
    const rows: [string, string, string][] = [
      ['', PUBLIC_KEY, '[""]: cannot be an authid'],
      ['joe', SMALL_ORDER, '["joe"].authorized_keys[1]: is not a public key of Ed25519'],
      ['joe', 'xyz', '["joe"].authorized_keys[1]: is not a public key of Ed25519'],
    ];
    for (const [authid, key, message] of rows) {
      const principals = new Map([[authid, principal([PUBLIC_KEY, key])]]);
      assert.throws(() => CRYPTOSIGN.compileStatic({ principals }, STATIC_PARTS), {
        message: `auth.cryptosign.principals${message}`,
      });
    }
  });
});

describe('cryptosign: channel binding', () => {
  const fixture = staticFixture({ joe: principal([PUBLIC_KEY]) });
  const id = Buffer.from('62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff', 'hex');
  const bindings = ['tls-unique', 'tls-exporter'];

  for (const binding of bindings) {
    const authextra = { pubkey: PUBLIC_KEY, channel_binding: binding };
    const transport = { ...TRANSPORT, channel_id: { [binding]: id } };
    const bound = ({ challenge }: Dict): string => {
      const bytes = Buffer.from(String(challenge), 'hex');
      return cryptosigned(bytes.map((byte, at) => byte ^ (id[at] ?? 0)));
    };

    it(`${binding}: signs the challenge XOR the id of the channel, and nothing else`, async () => {
      const outcome = await fixture.login().hello(hello('joe', authextra, { transport }), never);
      assert.ok(outcome.kind === 'challenge');
      assert.equal(outcome.extra['channel_binding'], binding);
      assert.equal((await fixture.run(hello('joe', authextra, { transport }), bound)).kind, 'accept');
      const unbound = await fixture.run(hello('joe', authextra, { transport }), signed());
      assert.deepEqual(unbound, denied('signed message is not the challenge'));
    });

    it(`${binding}: is not named where the connection has none (K11)`, async () => {
      for (const channels of [{}, null, { [binding]: id.subarray(1) }, { other: id }]) {
        const elsewhere = { transport: { ...TRANSPORT, channel_id: channels } };
        const outcome = await fixture.login().hello(hello('joe', authextra, elsewhere), never);
        assert.ok(outcome.kind === 'challenge');
        assert.equal(outcome.extra['channel_binding'], null);
        assert.equal((await fixture.run(hello('joe', authextra, elsewhere), signed())).kind, 'accept');
        assert.equal((await fixture.run(hello('joe', authextra, elsewhere), bound)).kind, 'deny');
      }
    });
  }

  it('of an unknown type is refused', async () => {
    for (const [binding, text] of [
      ['tls-server-end-point', 'tls-server-end-point'],
      ['__proto__', '__proto__'],
      [7, '7'],
      [false, 'False'],
    ] as const) {
      const outcome = await fixture.run(hello('joe', { pubkey: PUBLIC_KEY, channel_binding: binding }), signed());
      assert.deepEqual(outcome, denied(`invalid channel binding type "${text}" requested`));
    }
  });
});

const TYPES: readonly AuthEntry[] = [
  {
    method: 'cryptosign',
    type: 'dynamic',
    authenticator: 'com.example.authenticate',
    realm: 'realm-auth',
    role: 'auth-caller',
    defaultRole: 'visitor',
    timeout: null,
  },
  {
    method: 'cryptosign',
    type: 'function',
    create: './auth.js#create',
    config: null,
    exposeController: false,
    defaultRole: 'visitor',
    timeout: null,
  },
];

for (const entry of TYPES) {
  describe(`cryptosign, ${entry.type}`, () => {
    const fixtureWith = (behaviour: LoginFixture['behaviour']): LoginFixture => {
      const fixture = new LoginFixture([entry]);
      fixture.behaviour = behaviour;
      return fixture;
    };

    it('the authenticator maps the key to realm, authid, role and extra', async () => {
      const fixture = fixtureWith(([, , details]) => {
        const { pubkey } = (details as { authextra: Dict }).authextra;
        return { pubkey, realm: 'realm-user1', authid: 'joe', role: 'backend', extra: { a: 1 } };
      });
      const outcome = await fixture.run(hello(null, { pubkey: PUBLIC_KEY }, { realm: null }), signed());
      assert.ok(outcome.kind === 'accept');
      assert.deepEqual(
        [outcome.realm, outcome.authid, outcome.authrole, outcome.authprovider, { ...outcome.authextra }],
        ['realm-user1', 'joe', 'backend', entry.type, { a: 1 }],
      );
      const [call] = fixture.calls;
      assert.deepEqual(call?.args.slice(0, 2), [null, null]);
      if (entry.type === 'dynamic') assert.deepEqual([call?.realm, call?.role], ['realm-auth', 'auth-caller']);
    });

    it('works for a client that shows no key, if the authenticator knows it', async () => {
      const fixture = fixtureWith(() => ({ pubkey: PUBLIC_KEY }));
      const outcome = await fixture.run(hello('joe', null), signed());
      assert.ok(outcome.kind === 'accept' && outcome.authrole === 'visitor');
    });

    it('the key of the answer counts, not the one that the client shows', async () => {
      const fixture = fixtureWith(() => ({ pubkey: OTHER_KEY }));
      assert.deepEqual(await fixture.run(hello('joe'), signed()), invalid);
      assert.equal((await fixture.run(hello('joe'), signed(OTHER_SEED))).kind, 'accept');
    });

    it('denies at once where the answer holds no key that proves anything', async () => {
      const message = 'got invalid "pubkey" from authenticator';
      for (const answer of ['user', {}, { pubkey: null }, { pubkey: 7 }, { pubkey: '' }, { pubkey: SMALL_ORDER }]) {
        const outcome = await fixtureWith(() => answer).run(hello('joe'), signed());
        assert.deepEqual(outcome, { kind: 'deny', reason: 'wamp.error.authentication_failed', message });
      }
    });

    it('a realm or a role that is missing for the call is told of in its own words', async () => {
      if (entry.type !== 'dynamic') return;
      const fixture = new LoginFixture([{ ...entry, realm: 'realm9' }]);
      const outcome = (await fixture.run(hello('joe'), signed())) as Deny;
      assert.equal(outcome.reason, 'wamp.error.no_such_realm');
    });
  });
}
