import assert from 'node:assert/strict';
import { createHash, pbkdf2Sync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Hello } from '../../src/auth/authmethod.ts';
import { SCRAM } from '../../src/auth/authmethods/scram.ts';
import type { ScramPrincipal } from '../../src/auth/authmethods/scram-static.ts';
import { ScramVerifier } from '../../src/auth/authmethods/scram-verifier.ts';
import type { Accept, Deny } from '../../src/auth/outcome.ts';
import type { AuthEntry } from '../../src/auth/policy.ts';
import { scramKeys } from '../../src/client/auth/scram-keys.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import type { TlsChannel } from '../../src/wamp/tls-channel.ts';
import { randomReserve } from '../../src/worker/random-reserve.ts';
import { Page } from '../docs/page.ts';
import { EXPORTED, FINISHED, fakeChannel } from './fake-channel.ts';
import { helloOf, LoginFixture, METHOD_PARTS, STATIC_PARTS } from './login-fixture.ts';
import { SALTED_PASSWORD, SCRAM_CREDENTIALS, SCRAM_NONCE, scramMessage, scramProof } from './proofs.ts';

const never = new AbortController().signal;

function denied(message: string, scram: string): Deny {
  return { kind: 'deny', reason: 'wamp.error.not_authorized', message, details: { scram } };
}

function failedBy(scram: string): Deny {
  return denied('SCRAM authentication failed', scram);
}

/** Of whoever does not know the password, and of whom nobody knows. */
const failed = failedBy('invalid-proof');
const listed: ScramPrincipal = { credentials: SCRAM_CREDENTIALS, role: 'user', realm: null };

function staticFixture(principals: Record<string, ScramPrincipal>): LoginFixture {
  const table = new Map(Object.entries(principals));
  return new LoginFixture([{ method: 'scram', type: 'static', principals: table, defaultRole: 'visitor' }]);
}

function hello(authid: string | null = 'user1', authextra: Dict | null = { nonce: SCRAM_NONCE }, more = {}) {
  return helloOf({ authmethods: ['scram'], authid, authextra, ...more });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

async function challengeOf(fixture: LoginFixture, authid: string): Promise<Dict> {
  const outcome = await fixture.login().hello(hello(authid), never);
  assert.ok(outcome.kind === 'challenge');
  return outcome.extra;
}

/** A login whose answer is made of the challenge. */
async function logIn(
  fixture: LoginFixture,
  answer: (extra: Dict) => { signature: string; extra?: Dict },
  client: string | Hello = 'user1',
) {
  const login = fixture.login();
  const outcome = await login.hello(typeof client === 'string' ? hello(client) : client, never);
  assert.ok(outcome.kind === 'challenge');
  const { signature, extra = {} } = answer(outcome.extra);
  return login.authenticate(signature, extra, never);
}

const right =
  (spelling = {}) =>
  (extra: Dict) => ({ signature: scramProof(SALTED_PASSWORD, scramMessage(extra, spelling)).proof });

describe('scram: the checked vector of Crossbar', () => {
  it('proof, and both names of the server signature', () => {
    const verifier = ScramVerifier.of({
      kdf: 'argon2id-13',
      iterations: 4096,
      memory: 512,
      salt: '3bc3ca01dd1d501ca1c22e1c5d7d16fe',
      'stored-key': 'e796c2f0a51770303ee4616bc630a66774d51a55003154aff2a54ec7c4ac0e38',
      'server-key': '8de7864c316f3c2356fd76cfdab696db55bc70e680fe5180e2f731e2345acca2',
    });
    const nonce = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
    const message = `n=foobar@example.com,r=AAECAwQFBgcICQoLDA0ODw==,r=${nonce},s=O8PKAd0dUByhwi4cXX0W/g==,i=4096,c=,r=${nonce}`;
    const proof = 't2fz0YE2JEpcm4F/Y6r3FHWedMjSMEVzP1hylq2Z6uA=';
    assert.equal(
      verifier.verify(Buffer.from(proof, 'base64'), [message]),
      'fkxQ2OC7SGMi83Q4HiSxSp3zVcEcT4uOQYDnvKZ6brQ=',
    );
    assert.equal(verifier.verify(Buffer.from(proof, 'base64'), [`${message}x`]), null);
    assert.equal(scramProof('X6ke7PwUFNsNs8ypv+xkr0lb36C8jBNajBe2teNobKs', message).proof, proof);
  });

  it('the whole login, byte by byte', async () => {
    const nonce = Buffer.from(Array.from({ length: 16 }, (_, at) => at)).toString('base64');
    const credentials = {
      kdf: 'argon2id-13',
      iterations: 4096,
      memory: 512,
      salt: '3bc3ca01dd1d501ca1c22e1c5d7d16fe',
      'stored-key': 'e796c2f0a51770303ee4616bc630a66774d51a55003154aff2a54ec7c4ac0e38',
      'server-key': '8de7864c316f3c2356fd76cfdab696db55bc70e680fe5180e2f731e2345acca2',
    };
    const authid = 'foobar@example.com';
    const authenticator = {
      provider: 'dynamic',
      unavailable: () => null,
      authenticate: async () => ({ role: 'user', ...credentials }),
    } as const;
    const random = (size: number) => Uint8Array.from({ length: size }, (_, at) => 16 + at);
    const method = SCRAM.start({ ...METHOD_PARTS, authenticator, random });
    assert.deepEqual(await method.hello(hello(authid, { nonce }), never), {
      kind: 'challenge',
      authmethod: 'scram',
      extra: {
        nonce: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
        kdf: 'argon2id-13',
        salt: 'O8PKAd0dUByhwi4cXX0W/g==',
        iterations: 4096,
        memory: 512,
      },
    });
    const accept = await method.authenticate('t2fz0YE2JEpcm4F/Y6r3FHWedMjSMEVzP1hylq2Z6uA=', {}, never);
    const signature = 'fkxQ2OC7SGMi83Q4HiSxSp3zVcEcT4uOQYDnvKZ6brQ=';
    assert.ok(accept.kind === 'accept');
    assert.deepEqual(accept.authextra, { scram_server_signature: signature, verifier: signature });
  });
});

describe('scram: the vector of RFC 7677, 3', () => {
  // That of RFC 5802 is for SHA-1, which WAMP does not have.
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  const begin = 'n=user,r=rOprNGfwEbeRWgbNEkqO';
  const message = `${begin},r=${nonce},s=${base64(salt)},i=4096,c=biws,r=${nonce}`;
  const proof = 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
  const signature = '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

  it('proof and server signature, by the keys of the password', async () => {
    const { storedKey, serverKey } = await scramKeys('pencil', { kdf: 'pbkdf2', iterations: 4096, memory: 0, salt });
    const [stored, server] = [storedKey, serverKey].map((key) => Buffer.from(key).toString('hex'));
    const credentials = { kdf: 'pbkdf2', iterations: 4096, salt: salt.toString('hex') };
    const verifier = ScramVerifier.of({ ...credentials, 'stored-key': stored, 'server-key': server });
    assert.equal(verifier.verify(Buffer.from(proof, 'base64'), [message]), signature);
    assert.equal(verifier.verify(Buffer.from(proof, 'base64'), [message.replace('c=biws', 'c=')]), null);
  });

  it('the client of these tests makes the same of it', () => {
    const salted = pbkdf2Sync('pencil', salt, 4096, 32, 'sha256');
    assert.deepEqual(scramProof(salted, message), { proof, verifier: signature });
  });
});

describe('[row 46] scram: the opening', () => {
  const fixture = staticFixture({ user1: listed });

  it('needs authid and nonce; what is wrong is told alike to everybody', async () => {
    const rows: [string | null, Dict | null, string, string][] = [
      [null, { nonce: SCRAM_NONCE }, 'cannot identify client: no authid requested', 'other-error'],
      ['', { nonce: SCRAM_NONCE }, 'cannot identify client: no authid requested', 'other-error'],
      [
        'a\u2028b',
        { nonce: SCRAM_NONCE },
        'the authid holds characters that are prohibited here',
        'invalid-username-encoding',
      ],
      ...['user1', 'nobody'].flatMap((authid): [string, Dict | null, string, string][] => [
        [authid, null, 'client must send a nonce', 'other-error'],
        [authid, {}, 'client must send a nonce', 'other-error'],
        [authid, { nonce: null }, 'client must send a nonce', 'other-error'],
        [authid, { nonce: 7 }, 'client nonce must be base64', 'invalid-encoding'],
        [authid, { nonce: 'ä' }, 'client nonce must be base64', 'invalid-encoding'],
        [authid, { nonce: SCRAM_NONCE.replace('==', '') }, 'client nonce must be base64', 'invalid-encoding'],
        [authid, { nonce: ` ${SCRAM_NONCE}` }, 'client nonce must be base64', 'invalid-encoding'],
        [authid, { nonce: '' }, 'client nonce must have 16 to 256 bytes', 'other-error'],
        [authid, { nonce: 'AAAA' }, 'client nonce must have 16 to 256 bytes', 'other-error'],
        [authid, { nonce: 'AAAA'.repeat(100) }, 'client nonce must have 16 to 256 bytes', 'other-error'],
        [
          authid,
          { nonce: SCRAM_NONCE, channel_binding: 'tls-unique' },
          'channel binding "tls-unique" requested, but the transport has no TLS channel ID',
          'channel-binding-not-supported',
        ],
        [
          authid,
          { nonce: SCRAM_NONCE, channel_binding: 7 },
          'invalid channel binding type "7" requested',
          'unsupported-channel-binding-type',
        ],
      ]),
    ];
    for (const [authid, authextra, message, scram] of rows) {
      assert.deepEqual(await fixture.run(hello(authid, authextra)), denied(message, scram));
    }
    assert.equal((await fixture.run(hello('user1', { nonce: SCRAM_NONCE, channel_binding: null }))).kind, 'deny');
  });

  it('the nonce begins with the client’s, and is never the same', async () => {
    const seen = new Set<unknown>();
    for (let at = 0; at < 300; at++) {
      const extra = await challengeOf(fixture, 'user1');
      const nonce = Buffer.from(String(extra['nonce']), 'base64');
      assert.equal(nonce.length, 32);
      assert.equal(nonce.subarray(0, 16).toString('base64'), SCRAM_NONCE);
      assert.deepEqual(Object.keys(extra), ['nonce', 'kdf', 'salt', 'iterations'], 'no null, which Autobahn fails on');
      seen.add(extra['nonce']);
    }
    assert.equal(seen.size, 300);
  });
});

describe('[row 46] scram: nonces of the router', () => {
  const random = randomReserve();

  it('are 16 bytes each, drawn for this login alone, whatever the client says', async () => {
    const drawn: string[] = [];
    const authenticator = {
      provider: 'dynamic',
      unavailable: () => null,
      authenticate: async () => ({ role: 'user', ...SCRAM_CREDENTIALS }),
    } as const;
    const keeping = (size: number): Uint8Array => {
      const bytes = random(size);
      drawn.push(base64(bytes));
      return bytes;
    };
    const given: string[] = [];
    for (let login = 0; login < 1_000; login++) {
      const method = SCRAM.start({ ...METHOD_PARTS, authenticator, random: keeping });
      const outcome = await method.hello(hello(), never);
      assert.ok(outcome.kind === 'challenge');
      given.push(base64(Buffer.from(String(outcome.extra['nonce']), 'base64').subarray(16)));
    }
    assert.deepEqual(given, drawn);
  });

  it('differ: a million of them', () => {
    const seen = new Set<string>();
    for (let draw = 0; draw < 1_000_000; draw++) seen.add(base64(random(16)));
    assert.equal(seen.size, 1_000_000);
  });
});

describe('scram: what counts as proof', () => {
  const fixture = staticFixture({ user1: listed, 'jö,e=x': listed });

  it('either way to say that no channel is bound, with the signature for that one', async () => {
    for (const binding of ['', 'biws']) {
      let expected = '';
      const outcome = await logIn(fixture, (extra) => {
        const { proof, verifier } = scramProof(SALTED_PASSWORD, scramMessage(extra, { binding }));
        expected = verifier;
        return { signature: proof, extra: { nonce: extra['nonce'], channel_binding: null, cbind_data: null } };
      });
      assert.ok(outcome.kind === 'accept');
      const { scram_server_signature: first, verifier: second } = outcome.authextra ?? {};
      assert.deepEqual([first, second], [expected, expected]);
    }
  });

  it('[row 47] no other channel binding', async () => {
    for (const binding of ['eSws', 'n,,', 'cD10bHMtdW5pcXVlLCw='])
      assert.deepEqual(await logIn(fixture, right({ binding })), failed);
  });

  const bindings = [
    ['tls-unique', 'TLSv1.2', FINISHED.client],
    ['tls-exporter', 'TLSv1.3', EXPORTED],
  ] as const;
  for (const [type, version, data] of bindings) {
    const asked = { nonce: SCRAM_NONCE, channel_binding: type };
    const binding = Buffer.concat([Buffer.from(`p=${type},,`), data]).toString('base64');
    const final = (extra: Dict) => ({
      nonce: extra['nonce'],
      channel_binding: type,
      cbind_data: data.toString('base64'),
    });
    const bound = (channel: TlsChannel | null, answer: (extra: Dict) => { signature: string; extra: Dict }) =>
      logIn(fixture, answer, hello('user1', asked, { channel }));

    it(`${type}, on ${version} (RFC 5802, 6)`, async () => {
      const channel = fakeChannel(version);
      const proved = (extra: Dict) => right({ binding })(extra);
      const outcome = await bound(channel, (extra) => ({ ...proved(extra), extra: final(extra) }));
      assert.equal(outcome.kind, 'accept');
      const other = {
        ...channel,
        finished: () => ({ ...FINISHED, client: FINISHED.server }),
        exporter: () => FINISHED.server,
      };
      const [unproved, unfit] = [failed, failedBy('channel-bindings-dont-match')];
      const rows: (readonly [TlsChannel, (extra: Dict) => { signature: string; extra: Dict }, Deny])[] = [
        // The session in between is another one.
        [other, (extra) => ({ ...proved(extra), extra: final(extra) }), unfit],
        [channel, (extra) => ({ ...right()(extra), extra: final(extra) }), unproved],
        [channel, (extra) => ({ ...right({ binding: 'biws' })(extra), extra: {} }), unfit],
        [channel, (extra) => ({ ...proved(extra), extra: {} }), unfit],
        [channel, (extra) => ({ ...proved(extra), extra: { ...final(extra), cbind_data: null } }), unfit],
        [channel, (extra) => ({ ...proved(extra), extra: { ...final(extra), cbind_data: 'AAAA' } }), unfit],
        [channel, (extra) => ({ ...proved(extra), extra: { ...final(extra), channel_binding: null } }), unfit],
        [
          channel,
          (extra) => ({ ...proved(extra), extra: { ...final(extra), nonce: SCRAM_NONCE } }),
          failedBy('other-error'),
        ],
      ];
      for (const [at, answer, refusal] of rows) assert.deepEqual(await bound(at, answer), refusal);
    });

    it(`${type} is refused where there is none`, async () => {
      const elsewhere = [null, fakeChannel(version === 'TLSv1.3' ? 'TLSv1.2' : 'TLSv1.3')];
      const text = `channel binding "${type}" requested, but the transport has no TLS channel ID`;
      for (const channel of elsewhere) {
        assert.deepEqual(
          await fixture.run(hello('user1', asked, { channel })),
          denied(text, 'channel-binding-not-supported'),
        );
      }
    });
  }

  it('stripping a binding is refused where it is required', async () => {
    const principals = new Map([['user1', listed]]);
    const strict = new LoginFixture([
      { method: 'scram', type: 'static', principals, defaultRole: null, channelBinding: 'required' },
    ]);
    assert.deepEqual(await strict.run(hello('user1', { nonce: SCRAM_NONCE }, { channel: fakeChannel('TLSv1.3') })), {
      kind: 'deny',
      reason: 'wamp.error.authentication_failed',
      message: 'channel binding is required',
      details: { scram: 'server-does-support-channel-binding' },
    });
  });

  it('[row 49] names with commas and equals signs, escaped and not', async () => {
    for (const name of ['jö,e=x', 'jö=2Ce=3Dx']) {
      assert.equal((await logIn(fixture, right({ name }), 'jö,e=x')).kind, 'accept');
    }
    assert.deepEqual(await logIn(fixture, right({ name: 'jö' }), 'jö,e=x'), failed);
  });

  it('[row 46] [row 47] [row 49] nothing else: proofs, nonces and bindings that do not fit (RFC 5802)', async () => {
    const sign = right();
    const proof = (extra: Dict): string => sign(extra).signature;
    const flipped = (text: string): string => {
      const bytes = Buffer.from(text, 'base64');
      bytes.writeUInt8(bytes.readUInt8(0) ^ 1);
      return bytes.toString('base64');
    };
    const rows: (readonly [string, (extra: Dict) => { signature: string; extra?: Dict }])[] = [
      ['invalid-proof', () => ({ signature: '' })],
      ['invalid-proof', () => ({ signature: 'AAAA' })],
      ['invalid-proof', () => ({ signature: Buffer.alloc(32).toString('base64') })],
      ['invalid-proof', (extra) => ({ signature: flipped(proof(extra)) })],
      ['invalid-encoding', (extra) => ({ signature: proof(extra).replace('=', '') })],
      ['invalid-encoding', (extra) => ({ signature: `${proof(extra)}\n` })],
      ['invalid-encoding', (extra) => ({ signature: ` ${proof(extra)}` })],
      ['invalid-proof', (extra) => ({ signature: Buffer.from(proof(extra), 'base64').toString('hex') })],
      ['invalid-proof', (extra) => ({ signature: scramProof('wrong', scramMessage(extra)).proof })],
      [
        'invalid-proof',
        (extra) => ({ signature: scramProof(SALTED_PASSWORD, scramMessage({ ...extra, nonce: SCRAM_NONCE })).proof }),
      ],
      [
        'invalid-proof',
        (extra) => ({ signature: scramProof(SALTED_PASSWORD, scramMessage({ ...extra, iterations: 1 })).proof }),
      ],
      ['other-error', (extra) => ({ signature: proof(extra), extra: { nonce: SCRAM_NONCE } })],
      ['other-error', (extra) => ({ signature: proof(extra), extra: { nonce: `${String(extra['nonce'])}x` } })],
      ['other-error', (extra) => ({ signature: proof(extra), extra: { nonce: 7 } })],
      [
        'channel-bindings-dont-match',
        (extra) => ({ signature: proof(extra), extra: { channel_binding: 'tls-unique' } }),
      ],
      ['channel-bindings-dont-match', (extra) => ({ signature: proof(extra), extra: { cbind_data: 'AAAA' } })],
    ];
    for (const [scram, answer] of rows) assert.deepEqual(await logIn(fixture, answer), failedBy(scram));
    assert.equal((await logIn(fixture, sign)).kind, 'accept');
  });

  it('[row 48] it covers salt and iterations: a client that was told others proves nothing', async () => {
    const changes: readonly Dict[] = [
      { salt: Buffer.from('salt of userX').toString('base64') },
      { salt: '' },
      { iterations: 4095 },
      { iterations: 40_960 },
    ];
    for (const change of changes) {
      const weakened = (extra: Dict) => right()({ ...extra, ...change });
      assert.deepEqual(await logIn(fixture, weakened), failed, JSON.stringify(change));
    }
  });

  it('[row 48] it does not cover the name of the derivation, as SECURITY.md says', async () => {
    assert.equal((await logIn(fixture, (extra) => right()({ ...extra, kdf: 'argon2id-13' }))).kind, 'accept');
    const page = new Page('SECURITY.md').section('What sits in between');
    assert.match(page, /\*\*The name of SCRAM's key derivation is not signed\*\*/);
  });

  it('whatever else is sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()),
        fc.object(),
        async (signature, extra) => {
          const { details, ...rest } = (await logIn(fixture, () => ({ signature, extra }))) as Deny;
          const { details: _, ...expected } = failed;
          assert.deepEqual(rest, expected);
          assert.ok(typeof details?.['scram'] === 'string');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('what else is wrong is told alike of a right proof and a wrong one, of somebody and of nobody', async () => {
    const extra = { nonce: SCRAM_NONCE };
    const wrong = () => ({ signature: Buffer.alloc(32).toString('base64'), extra });
    const outcomes = [
      await logIn(fixture, (challenge) => ({ ...right()(challenge), extra })),
      await logIn(fixture, wrong),
      await logIn(fixture, wrong, 'nobody'),
    ];
    assert.deepEqual(outcomes, Array(3).fill(failedBy('other-error')));
  });

  it('[row 39] an answer to another challenge is refused (replay)', async () => {
    let recorded = '';
    const first = await logIn(fixture, (extra) => {
      recorded = right()(extra).signature;
      return { signature: recorded };
    });
    assert.equal(first.kind, 'accept');
    assert.deepEqual(await logIn(fixture, () => ({ signature: recorded })), failed);
  });
});

describe('scram, static', () => {
  const argon = { ...SCRAM_CREDENTIALS, kdf: 'argon2id-13', memory: 512, iterations: 7 };
  const generated = (authid: string) => createHash('sha256').update(authid).digest().subarray(0, 16);

  it("falls back to default-role, and honours a principal's realm (K3)", async () => {
    const fixture = staticFixture({ user1: { ...listed, role: null, realm: 'realm7' } });
    const outcome = (await logIn(fixture, right())) as Accept;
    assert.deepEqual([outcome.realm, outcome.authrole], ['realm7', 'visitor']);
  });

  it('[row 35] [row 37] [row 50] challenges whom nobody knows as if it did, always alike, and proves nothing to it', async () => {
    const salt = 'ab'.repeat(20);
    const fixture = staticFixture({ user1: listed, ann: { ...listed, credentials: { ...argon, salt } } });
    const shapes = new Set<string>();
    const salts = new Set<unknown>();
    for (let at = 0; at < 40; at++) {
      const authid = at === 0 ? '__proto__' : `nobody${at}`;
      const { nonce: _first, ...extra } = await challengeOf(fixture, authid);
      const { nonce: _second, ...again } = await challengeOf(fixture, authid);
      assert.deepEqual(again, extra, 'asking twice tells nothing');
      shapes.add(
        `${Object.keys(extra)} ${extra['kdf']} ${extra['iterations']} ${Buffer.from(String(extra['salt']), 'base64').length}`,
      );
      salts.add(extra['salt']);
      assert.deepEqual(await logIn(fixture, right({ name: authid }), authid), failed);
    }
    assert.equal(salts.size, 40);
    assert.deepEqual([...shapes].toSorted(), [
      'kdf,salt,iterations pbkdf2 4096 13',
      'kdf,salt,iterations,memory argon2id-13 7 20',
    ]);
  });

  it('salts made of the authid, or shared, are so for whom nobody knows', async () => {
    const withSalt = (bytes: Uint8Array): ScramPrincipal => ({
      ...listed,
      credentials: { ...SCRAM_CREDENTIALS, salt: Buffer.from(bytes).toString('hex') },
    });
    const own = staticFixture({ user1: withSalt(generated('user1')) });
    assert.equal((await challengeOf(own, 'nobody'))['salt'], generated('nobody').toString('base64'));
    const shared = staticFixture({ user1: listed, ann: listed });
    assert.equal((await challengeOf(shared, 'nobody'))['salt'], (await challengeOf(shared, 'ann'))['salt']);
  });

  it('denies everybody alike where there is nobody at all', async () => {
    assert.deepEqual(await logIn(staticFixture({}), right()), failed);
  });

  it('refuses at start what cannot be used, and quotes no key', () => {
    const rows: [string, Dict, string][] = [
      ['', {}, '[""]: cannot be an authid'],
      ['joe', { kdf: 'bcrypt' }, '["joe"]: got invalid "kdf"'],
      ['joe', { 'stored-key': 'canary' }, '["joe"]: got invalid "stored-key"'],
    ];
    for (const [authid, change, message] of rows) {
      const principals = new Map([[authid, { ...listed, credentials: { ...SCRAM_CREDENTIALS, ...change } }]]);
      assert.throws(() => SCRAM.compileStatic({ principals }, STATIC_PARTS), {
        message: `auth.scram.principals${message}`,
      });
    }
  });
});

const common = { method: 'scram', defaultRole: 'visitor', timeout: null } as const;
const TYPES: readonly AuthEntry[] = [
  {
    ...common,
    type: 'dynamic',
    wait: 0,
    authenticator: 'com.example.authenticate',
    realm: 'realm-auth',
    role: 'auth-caller',
  },
  { ...common, type: 'function', create: './auth.js#create', config: null, exposeController: false },
];

for (const entry of TYPES) {
  describe(`scram, ${entry.type}`, () => {
    const fixtureWith = (behaviour: LoginFixture['behaviour']): LoginFixture => {
      const fixture = new LoginFixture([entry]);
      fixture.behaviour = behaviour;
      return fixture;
    };

    it('the authenticator sets realm, authid, role and extra; the name that is proven is the client’s', async () => {
      const extra = { a: 1 };
      const fixture = fixtureWith(() => ({ ...SCRAM_CREDENTIALS, realm: 'r2', authid: 'joe', role: 'backend', extra }));
      const outcome = (await logIn(fixture, right())) as Accept;
      const { scram_server_signature: _first, verifier: _second, ...own } = outcome.authextra ?? {};
      assert.deepEqual(
        [outcome.realm, outcome.authid, outcome.authrole, outcome.authprovider, own],
        ['r2', 'joe', 'backend', entry.type, extra],
      );
      const [call] = fixture.calls;
      const [realm, authid, details] = (call?.args ?? []) as [unknown, unknown, Dict];
      assert.deepEqual([realm, authid], ['realm1', 'user1']);
      assert.deepEqual(Object.keys(details), ['transport', 'session', 'authmethod', 'authextra']);
      if (entry.type === 'dynamic') assert.deepEqual([call?.realm, call?.role], ['realm-auth', 'auth-caller']);
    });

    it('[row 48] [row 122] denies at once where the answer proves nothing', async () => {
      const argon = { ...SCRAM_CREDENTIALS, kdf: 'argon2id-13', memory: 512 };
      const rows: [unknown, string][] = [
        ['user', 'kdf'],
        [{}, 'kdf'],
        [{ ...SCRAM_CREDENTIALS, kdf: 'bcrypt' }, 'kdf'],
        [{ ...SCRAM_CREDENTIALS, kdf: '__proto__' }, 'kdf'],
        [{ ...SCRAM_CREDENTIALS, iterations: 4095 }, 'iterations'],
        [{ ...SCRAM_CREDENTIALS, iterations: null }, 'iterations'],
        [{ ...SCRAM_CREDENTIALS, iterations: 1e12 }, 'iterations'],
        [{ ...argon, iterations: 0 }, 'iterations'],
        [{ ...argon, memory: null }, 'memory'],
        [{ ...argon, memory: 7 }, 'memory'],
        [{ ...SCRAM_CREDENTIALS, salt: '' }, 'salt'],
        [{ ...SCRAM_CREDENTIALS, salt: 'abc' }, 'salt'],
        [{ ...SCRAM_CREDENTIALS, salt: 'ab'.repeat(257) }, 'salt'],
        [{ ...SCRAM_CREDENTIALS, 'stored-key': 'canary' }, 'stored-key'],
        [{ ...SCRAM_CREDENTIALS, 'server-key': 7 }, 'server-key'],
      ];
      for (const [answer, key] of rows) {
        const fixture = fixtureWith(() => answer);
        const message = `got invalid "${key}" from authenticator`;
        const outcome = await fixture.run(hello());
        assert.deepEqual(outcome, { kind: 'deny', reason: 'wamp.error.authentication_failed', message });
        assert.ok(!fixture.logged.includes('canary'));
      }
    });
  });
}
