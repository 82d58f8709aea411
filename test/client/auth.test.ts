/** The proofs of the client, by the checked vectors and against routers that do not keep to it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { anonymous } from '../../src/client/auth/anonymous.ts';
import { CookieKeeper, cookie } from '../../src/client/auth/cookie.ts';
import { type CryptosignOptions, cryptosign } from '../../src/client/auth/cryptosign.ts';
import { scram } from '../../src/client/auth/scram.ts';
import { hmac, scramKeys } from '../../src/client/auth/scram-keys.ts';
import { ticket } from '../../src/client/auth/ticket.ts';
import { tls } from '../../src/client/auth/tls.ts';
import { craKey, wampcra } from '../../src/client/auth/wampcra.ts';
import type { ClientAuth, ClientLogin } from '../../src/client/client-auth.ts';
import type { LoginMessage } from '../../src/client/join-options.ts';
import type { TlsChannel } from '../../src/wamp/tls-channel.ts';
import { attempt } from './joined.ts';
import { wampError } from './wamp-error.ts';

const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const PUBLIC_KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';
const CHANNEL_ID = '62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff';
const LOGIN: ClientLogin = { authid: 'joe', channel: null };
const FAILED = 'wamp.error.authentication_failed';

const CHANNEL: TlsChannel = {
  version: 'TLSv1.3',
  finished: () => ({ client: Buffer.from('client'), server: Buffer.from('server') }),
  exporter: () => Buffer.from(CHANNEL_ID, 'hex'),
};

/** What a router says to whoever signs as `options` say, and what comes of it. */
async function signed(extra: object, options: CryptosignOptions = {}, channel: TlsChannel | null = null) {
  const proof = cryptosign(SEED, options).begin({ ...LOGIN, channel });
  return proof.answer({ challenge: 'ff'.repeat(32), channel_binding: null, ...extra });
}

describe('proofs by the checked vectors', () => {
  it('derives keys for WAMP-CRA', async () => {
    const salting = { salt: 'salt123', iterations: 100, keylen: 16 };
    assert.equal(await craKey('secret1', salting), 'prq7+YkJ1/KlW1X0YczMHw==');
    assert.equal(await craKey('secret2', salting), 'LG5/FwnS5WvgmlEyLPk/pQ==');
    assert.equal(await craKey('secret123', salting), 'DpHHRlQ6UNULJlP9J8WkPw==');
  });

  it('signs challenges of WAMP-CRA, salted and not', async () => {
    const challenge =
      '{"authid": "joe", "authrole": "frontend", "authmethod": "wampcra", "authprovider": "static", "session": 1234567890, "nonce": "abc", "timestamp": "2026-01-31T12:34:56.789Z"}';
    const proof = wampcra('secret2').begin(LOGIN);
    assert.equal(await proof.answer({ challenge }), 'iLTjiuBSrTSeUWTA+ieo8CEV080jLjCL480Xo9Ng7uA=');
    const salted = { challenge, salt: 'salt123', iterations: 100, keylen: 16 };
    assert.equal(await proof.answer(salted), 'wf9rAU0UJ3D5Jwp6mBsM8S8JIXcLoB/mveaWpMVrmaE=');
  });

  it('derives keys for SCRAM by Argon2id, and proves with them', async () => {
    const salt = createHash('sha256').update('foobar@example.com').digest().subarray(0, 16);
    const derivation = { kdf: 'argon2id-13', iterations: 4096, memory: 512, salt } as const;
    const { clientKey, storedKey, serverKey } = await scramKeys('secret123', derivation);
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    assert.equal(hex(storedKey), 'e796c2f0a51770303ee4616bc630a66774d51a55003154aff2a54ec7c4ac0e38');
    assert.equal(hex(serverKey), '8de7864c316f3c2356fd76cfdab696db55bc70e680fe5180e2f731e2345acca2');
    const nonce = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
    const message = `n=foobar@example.com,r=AAECAwQFBgcICQoLDA0ODw==,r=${nonce},s=O8PKAd0dUByhwi4cXX0W/g==,i=4096,c=,r=${nonce}`;
    const signature = hmac(storedKey, message);
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
    assert.equal(proof.toString('base64'), 't2fz0YE2JEpcm4F/Y6r3FHWedMjSMEVzP1hylq2Z6uA=');
    assert.equal(hmac(serverKey, message).toString('base64'), 'fkxQ2OC7SGMi83Q4HiSxSp3zVcEcT4uOQYDnvKZ6brQ=');
  });

  it('signs challenges of cryptosign, bound and not', async () => {
    assert.equal(
      await signed({}),
      `b32675b221f08593213737bef8240e7c15228b07028e19595294678c90d11c0cae80a357331bfc5cc9fb71081464e6e75013517c2cf067ad566a6b7b728e5d03${'ff'.repeat(32)}`,
    );
    assert.equal(
      await signed({ channel_binding: 'tls-exporter' }, { channelBinding: 'tls-exporter' }, CHANNEL),
      '9b6f41540c9b95b4b7b281c3042fa9c54cef43c842d62ea3fd6030fcb66e70b3e80d49d44c29d1635da9348d02ec93f3ed1ef227dfb59a07b580095c2b82f80f' +
        '9d16ca518aa0c2b707f2b2a609edeca73bca8dd59817a633f35574ac6fd80d00',
    );
  });

  it('reads private keys in the forms that there are, and quotes none of them', () => {
    const tagged = `Cryptosign private key\n\ncreator: joe@home\nprivate-key-ed25519: ${SEED}\n`;
    for (const text of [SEED, `${SEED.toUpperCase()}\n`, tagged]) {
      assert.equal(cryptosign(text).begin(LOGIN).authextra?.['pubkey'], PUBLIC_KEY);
    }
    assert.throws(
      () => cryptosign('not-a-key-5f1c'),
      (error: Error) => error instanceof TypeError && !error.message.includes('5f1c'),
    );
  });
});

describe('proofs that a client must not make', () => {
  it('does not sign where the router leaves out the binding, or binds unasked', async () => {
    const bound = { channelBinding: 'tls-unique' } as const;
    await assert.rejects(signed({}, bound, CHANNEL), /does not bind the login/);
    await assert.rejects(signed({ channel_binding: 'tls-unique' }), /does not bind the login/);
    await assert.rejects(signed({}, bound), /nothing to bind a login to/);
  });

  it('does not sign for a router without the key that is expected', async () => {
    const expected = { routerKey: PUBLIC_KEY };
    await assert.rejects(signed({}, expected), /another key than the one that is expected/);
    await assert.rejects(signed({ pubkey: PUBLIC_KEY, signature: 'ab'.repeat(96) }, expected), /has not proved/);
  });

  it('does not sign what is no challenge', async () => {
    await assert.rejects(signed({ challenge: 'ff' }), /no challenge of 32 bytes/);
    await assert.rejects(async () => wampcra('s').begin(LOGIN).answer({}), /no challenge to sign/);
    const salted = { challenge: '', salt: 'x', iterations: 1e9 };
    await assert.rejects(async () => wampcra('s').begin(LOGIN).answer(salted), /unusable "iterations"/);
  });

  it('[row 48] derives no keys that are weak or endless, whatever a router asks for', async () => {
    const challenge = (proof: { authextra?: Readonly<Record<string, unknown>> }, more: object) => ({
      nonce: Buffer.concat([Buffer.from(String(proof.authextra?.['nonce']), 'base64'), Buffer.alloc(16)]).toString(
        'base64',
      ),
      salt: Buffer.alloc(16).toString('base64'),
      kdf: 'argon2id-13',
      iterations: 8,
      memory: 512,
      ...more,
    });
    for (const [more, text] of [
      [{ kdf: 'pbkdf2', iterations: 4095 }, /"iterations"/],
      [{ iterations: 1, memory: 8 }, /so little work/],
      [{ iterations: 7 }, /so little work/],
      [{ iterations: 1_000_000, memory: 1_000_000 }, /too much work/],
      [{ memory: 4_194_304 }, /"memory"/],
      [{ kdf: 'md5' }, /not known/],
      [{ salt: 'AA==' }, /unusable salt/],
      [{ nonce: Buffer.alloc(32).toString('base64') }, /does not go on/],
    ] as const) {
      const proof = scram('secret123').begin(LOGIN);
      await assert.rejects(async () => proof.answer(challenge(proof, more)), text);
    }
    assert.throws(() => scram('secret123').begin({ authid: null, channel: null }), /needs an authid/);
  });

  it('answers no challenge where the authmethod has none', async () => {
    for (const auth of [anonymous(), tls(), cookie(new CookieKeeper())]) {
      const proof = auth.begin({ authid: null, channel: CHANNEL });
      await assert.rejects(async () => proof.answer({}), /challenges a login by/);
    }
  });
});

describe('joining with an authmethod', () => {
  it('offers what it can prove, the most wanted first, and answers what the router chooses', async () => {
    const auth: ClientAuth[] = [scram('secret123'), ticket('123secret')];
    const { joining, router } = attempt({ authid: 'joe', authextra: { team: 1 }, auth });
    const [, details] = (await router.expect('HELLO')) as [string, Record<string, unknown>];
    assert.deepEqual(details['authmethods'], ['scram', 'ticket']);
    assert.deepEqual(Object.keys(details['authextra'] as object), ['team', 'nonce']);
    router.send([4, 'ticket', {}]);
    assert.deepEqual(await router.expect('AUTHENTICATE'), ['123secret', {}]);
    router.send([2, 7, { authmethod: 'ticket' }]);
    await joining.session;
  });

  it('answers nothing that it has not offered', async () => {
    const { joining, router } = attempt({ authid: 'joe', auth: scram('secret123') });
    await router.expect('HELLO');
    router.send([4, 'ticket', {}]);
    await assert.rejects(joining.session, wampError(FAILED, /"ticket" could not be answered: .*not offered/));
  });

  it('does not join a router that has not proved to know of the password', async () => {
    const unproved: readonly object[] = [
      {},
      { authmethod: 'anonymous' },
      { authmethod: 'scram', authextra: {} },
      { authmethod: 'scram', authextra: { verifier: 'AAAA' } },
      { authprovider: 'cookie' },
    ];
    for (const welcome of unproved) {
      const { joining, router } = attempt({ authid: 'joe', auth: scram('secret123') });
      await router.expect('HELLO');
      router.send([2, 7, welcome]);
      await assert.rejects(
        joining.session,
        wampError(FAILED, 'the router has not proved that it knows of the password'),
      );
      assert.equal((await router.expect('ABORT'))[1], FAILED);
    }
  });

  it('does not say HELLO where a proof cannot be had', async () => {
    const { joining, router } = attempt({ auth: tls() });
    await assert.rejects(joining.session, wampError(FAILED, /needs a connection with TLS/));
    await router.expect('ABORT');
  });

  it('shows the messages of a login without their secrets', async () => {
    const shown: LoginMessage[] = [];
    const { joining, router } = attempt({
      authid: 'joe',
      auth: ticket('canary-5f1c9e'),
      authextra: { token: 'canary-5f1c9e' },
      onLoginMessage: (message) => shown.push(message),
    });
    await router.expect('HELLO');
    router.send([4, 'ticket', {}]);
    await router.expect('AUTHENTICATE');
    router.send([3, { message: 'no' }, 'wamp.error.not_authorized']);
    await assert.rejects(joining.session, wampError('wamp.error.not_authorized'));
    assert.deepEqual(
      shown.map(({ sent, name }) => [sent, name]),
      [
        [true, 'HELLO'],
        [false, 'CHALLENGE'],
        [true, 'AUTHENTICATE'],
        [false, 'ABORT'],
      ],
    );
    assert.doesNotMatch(JSON.stringify(shown), /canary/);
  });
});

describe('cookies of a client', () => {
  it('keeps what it was given, and gives back names and values', () => {
    const cookies = new CookieKeeper('a=1; b=2');
    cookies.take(['cbtid=xyz; Max-Age=604800; HttpOnly', 'b=3']);
    assert.equal(cookies.header(), 'a=1; b=3; cbtid=xyz');
    cookies.take(['cbtid=; Max-Age=0', 'nonsense', 'x y=1']);
    assert.equal(cookies.header(), 'a=1; b=3');
    assert.equal(new CookieKeeper().header(), null);
  });
});
