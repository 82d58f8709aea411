import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CRYPTOSIGN } from '../../src/auth/authmethods/cryptosign.ts';
import { CryptosignKey } from '../../src/auth/authmethods/cryptosign-key.ts';
import type { CryptosignPrincipal } from '../../src/auth/authmethods/cryptosign-static.ts';
import type { Accept, Deny } from '../../src/auth/outcome.ts';
import type { AuthEntry, DynamicEntry, FunctionEntry } from '../../src/auth/policy.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import type { TlsChannel } from '../../src/wamp/tls-channel.ts';
import { EXPORTED, FINISHED, fakeChannel, sha256 } from './fake-channel.ts';
import { helloOf, LoginFixture, NODE_KEY, STATIC_PARTS } from './login-fixture.ts';
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

describe('[row 43] cryptosign: what counts as signed', () => {
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

  it('no signature with a single bit flipped, in all of its 768', () => {
    const whole = Buffer.from(vector + challenge.toString('hex'), 'hex');
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.notEqual(key.refuse(flipped.toString('hex'), challenge), null, `bit ${bit}`);
    }
  });

  it('none of the edge cases that implementations disagree about (after Wycheproof)', () => {
    const r = vector.slice(0, 64);
    const s = vector.slice(64);
    const zero = '00'.repeat(32);
    const one = `01${'00'.repeat(31)}`;
    const order = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';
    const prime = `ed${'ff'.repeat(30)}7f`;
    const rows: [name: string, signature: string][] = [
      ['all zero', zero + zero],
      ['all ones', 'ff'.repeat(64)],
      ['R only', r + zero],
      ['S only', zero + s],
      ['S is 1', r + one],
      ['S is the order', r + order],
      ['S is the order, R the neutral element', one + order],
      ['S is 0, R the neutral element', one + zero],
      ['S with its highest bit set', r + s.replace(/..$/, (last) => (Number.parseInt(last, 16) | 0x80).toString(16))],
      [
        'S with its third highest bit set',
        r + s.replace(/..$/, (last) => (Number.parseInt(last, 16) | 0x20).toString(16)),
      ],
      ['R not canonical: the prime', prime + s],
      ['R not canonical: above the prime', `ee${'ff'.repeat(30)}7f${s}`],
      ['R is -0', `01${'00'.repeat(30)}80${s}`],
      ['R and S swapped', s + r],
      [
        'R with another sign',
        r.replace(/..$/, (last) => (Number.parseInt(last, 16) ^ 0x80).toString(16).padStart(2, '0')) + s,
      ],
    ];
    for (const [name, signature] of rows) {
      const answer = signature + challenge.toString('hex');
      assert.deepEqual(key.refuse(answer, challenge), denied('signed message has invalid signature'), name);
    }
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
        assert.equal(outcome.authextra, null, 'authextra is not echoed');
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

  it('[row 35] denies in the same words: unknown authid, unknown key, the key of another, a key shown but not had', async () => {
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

  it('whoever is unknown does not become the principal that it resembles by showing its key', async () => {
    const alone = staticFixture({ joe: principal([PUBLIC_KEY]) });
    assert.deepEqual(await alone.run(hello('nobody'), signed()), invalid);
  });

  it('[row 44] a key that two have tells neither, but with the authid either', async () => {
    const twins = staticFixture({ joe: principal([PUBLIC_KEY]), ann: principal([PUBLIC_KEY]) });
    assert.deepEqual(await twins.run(hello(null), signed()), invalid);
    for (const authid of ['joe', 'ann']) {
      assert.equal(((await twins.run(hello(authid), signed())) as Accept).authid, authid);
    }
  });

  it('[row 44] needs a key, whoever asks', async () => {
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

  it('[row 39] an answer to another challenge is refused (replay)', async () => {
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

const TYPES: readonly (DynamicEntry | FunctionEntry)[] = [
  {
    method: 'cryptosign',
    type: 'dynamic',
    wait: 0,
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

describe('[row 45] cryptosign: channel binding', () => {
  const fixture = staticFixture({ joe: principal([PUBLIC_KEY]) });
  const asking = (binding: unknown, channel: TlsChannel | null) =>
    hello('joe', { pubkey: PUBLIC_KEY, channel_binding: binding }, { channel });
  const bound =
    (id: Uint8Array) =>
    ({ challenge }: Dict): string => {
      const bytes = Buffer.from(String(challenge), 'hex');
      return cryptosigned(bytes.map((byte, at) => byte ^ (id[at] ?? 0)));
    };

  it('tls-unique: the hash of either Finished message, for Autobahn of before and since 2026', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      const channel = fakeChannel(version);
      for (const id of [sha256(FINISHED.client), sha256(FINISHED.server)]) {
        const outcome = await fixture.login().hello(asking('tls-unique', channel), never);
        assert.ok(outcome.kind === 'challenge');
        assert.equal(outcome.extra['channel_binding'], 'tls-unique');
        assert.equal((await fixture.run(asking('tls-unique', channel), bound(id))).kind, 'accept');
      }
    }
  });

  it('tls-exporter: the exported keying material, of TLS 1.3', async () => {
    const channel = fakeChannel('TLSv1.3');
    assert.equal((await fixture.run(asking('tls-exporter', channel), bound(EXPORTED))).kind, 'accept');
  });

  it('nothing else is signed: not the challenge alone, not the id of another session', async () => {
    const other = denied('signed message is not the challenge');
    for (const type of ['tls-unique', 'tls-exporter']) {
      const asked = asking(type, fakeChannel('TLSv1.3'));
      assert.deepEqual(await fixture.run(asked, signed()), other);
      assert.deepEqual(await fixture.run(asked, bound(Buffer.alloc(32, 1))), other);
    }
    assert.deepEqual(
      await fixture.run(asking('tls-exporter', fakeChannel('TLSv1.3')), bound(sha256(FINISHED.client))),
      other,
    );
    assert.deepEqual(await fixture.run(asking(null, fakeChannel('TLSv1.3')), bound(EXPORTED)), other);
  });

  it('is refused where the connection has none, and never left out in silence (K11)', async () => {
    const rows: [string, TlsChannel | null][] = [
      ['tls-unique', null],
      ['tls-exporter', null],
      ['tls-exporter', fakeChannel('TLSv1.2')],
      ['tls-unique', { ...fakeChannel('TLSv1.2'), finished: () => null }],
    ];
    for (const [type, channel] of rows) {
      const text = `channel binding "${type}" requested, but the transport has no TLS channel ID`;
      assert.deepEqual(await fixture.run(asking(type, channel), signed()), denied(text));
    }
  });

  it('stripping it is refused where it is required, before an authenticator is asked', async () => {
    const table = new Map([['joe', principal([PUBLIC_KEY])]]);
    const rows: AuthEntry[] = [
      { method: 'cryptosign', type: 'static', principals: table, defaultRole: null, channelBinding: 'required' },
      ...TYPES.map((entry) => ({ ...entry, channelBinding: 'required' as const })),
    ];
    const missing: Deny = {
      kind: 'deny',
      reason: 'wamp.error.authentication_failed',
      message: 'channel binding is required',
    };
    for (const entry of rows) {
      const strict = new LoginFixture([entry]);
      strict.behaviour = () => ({ pubkey: PUBLIC_KEY, role: 'user' });
      assert.deepEqual(await strict.run(asking(null, fakeChannel('TLSv1.3')), signed()), missing);
      assert.equal(strict.calls.length, 0);
      assert.equal((await strict.run(asking('tls-exporter', fakeChannel('TLSv1.3')), bound(EXPORTED))).kind, 'accept');
    }
  });

  it('of an unknown type is refused', async () => {
    for (const [binding, text] of [
      ['tls-server-end-point', 'tls-server-end-point'],
      ['__proto__', '__proto__'],
      [7, '7'],
      [false, 'False'],
    ] as const) {
      const outcome = await fixture.run(asking(binding, fakeChannel('TLSv1.3')), signed());
      assert.deepEqual(outcome, denied(`invalid channel binding type "${text}" requested`));
    }
  });
});

describe('cryptosign: the router proves itself', () => {
  const challenge = 'c0'.repeat(32);
  const entries: AuthEntry[] = [
    {
      method: 'cryptosign',
      type: 'static',
      principals: new Map([['joe', principal([PUBLIC_KEY])]]),
      defaultRole: null,
    },
    ...TYPES,
  ];

  for (const entry of entries) {
    const fixture = new LoginFixture([entry]);
    fixture.behaviour = () => ({ pubkey: PUBLIC_KEY, role: 'user', realm: 'realm1' });
    const challenged = async (authextra: Dict, more = {}): Promise<Dict> => {
      const outcome = await fixture.login().hello(hello('joe', { pubkey: PUBLIC_KEY, ...authextra }, more), never);
      assert.ok(outcome.kind === 'challenge', JSON.stringify(outcome));
      return outcome.extra;
    };

    it(`${entry.type}: signs the client's challenge with the node key, bound where that is asked for`, async () => {
      const router = new CryptosignKey(NODE_KEY.publicKey);
      const plain = await challenged({ challenge });
      assert.deepEqual(Object.keys(plain), ['challenge', 'channel_binding', 'signature', 'pubkey']);
      assert.equal(plain['pubkey'], NODE_KEY.publicKey);
      assert.equal(router.refuse(String(plain['signature']), Buffer.from(challenge, 'hex')), null);
      const channel = fakeChannel('TLSv1.3');
      const bound = await challenged({ challenge, channel_binding: 'tls-unique' }, { channel });
      const message = sha256(FINISHED.client).map((byte) => byte ^ 0xc0);
      assert.equal(router.refuse(String(bound['signature']), message), null);
    });

    it(`${entry.type}: says nothing unasked, and refuses what is no challenge`, async () => {
      for (const authextra of [{}, { challenge: null }, { challenge: '' }]) {
        assert.deepEqual(Object.keys(await challenged(authextra)), ['challenge', 'channel_binding']);
      }
      const text = 'the challenge for the router must be 32 bytes, HEX encoded';
      for (const junk of [7, {}, 'xyz', challenge.slice(2), `${challenge}00`]) {
        assert.deepEqual(await fixture.run(hello('joe', { pubkey: PUBLIC_KEY, challenge: junk })), denied(text));
      }
    });
  }

  it('[row 37] an unknown user gets the same proof', async () => {
    const fixture = staticFixture({ joe: principal([PUBLIC_KEY]) });
    const outcome = await fixture.login().hello(hello('nobody', { pubkey: PUBLIC_KEY, challenge }), never);
    assert.ok(outcome.kind === 'challenge');
    assert.deepEqual(Object.keys(outcome.extra), ['challenge', 'channel_binding', 'signature', 'pubkey']);
  });
});

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

    it('[row 123] denies at once where the answer holds no key that proves anything', async () => {
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
