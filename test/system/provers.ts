/** A client's side of the authmethods, written from their description and not from the router's code. */
import assert from 'node:assert/strict';
import { createHash, createHmac, createPrivateKey, createPublicKey, pbkdf2Sync, randomBytes, sign } from 'node:crypto';
import type { ChallengeAnswer } from '../../src/client/client-auth.ts';
import type { Dict } from '../../src/wamp/dict.ts';

export const METHODS = ['wampcra', 'cryptosign', 'scram'] as const;
export type Method = (typeof METHODS)[number];

interface Credentials {
  /** The key of the static table. */
  readonly table: string;
  /** `joe` there. */
  readonly principal: Dict;
  /** What an authenticator answers for `joe`. */
  readonly answer: Dict;
  /** What a client reads whose proof is wrong. */
  readonly refusal: string;
}

interface Prover {
  readonly authextra: Dict;
  /** The router's own proof in WELCOME.authextra, where there is one. */
  readonly verify?: (authextra: Dict) => void;
  readonly onChallenge: (method: string, extra: Dict) => ChallengeAnswer;
}

const PASSWORD = 'secret123';
const CRA = { secret: 'DpHHRlQ6UNULJlP9J8WkPw==', salt: 'salt123', iterations: 100, keylen: 16 };

const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const PUBLIC_KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';

/** What the client of each knows. */
export const SECRETS: { readonly [Name in Method]: string } = { wampcra: PASSWORD, cryptosign: SEED, scram: PASSWORD };

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** [RFC 5802, 3] */
function scramKeys(password: string, salt: Uint8Array, iterations: number) {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  return {
    clientKey,
    storedKey: createHash('sha256').update(clientKey).digest(),
    serverKey: hmac(salted, 'Server Key'),
  };
}

const SALT = randomBytes(16);
const KEYS = scramKeys(PASSWORD, SALT, 4096);
const SCRAM = {
  kdf: 'pbkdf2',
  iterations: 4096,
  salt: SALT.toString('hex'),
  'stored-key': KEYS.storedKey.toString('hex'),
  'server-key': KEYS.serverKey.toString('hex'),
};

export const CREDENTIALS: { readonly [Name in Method]: Credentials } = {
  wampcra: { table: 'users', principal: CRA, answer: CRA, refusal: 'WAMP-CRA client signature is invalid' },
  cryptosign: {
    table: 'principals',
    principal: { authorized_keys: [PUBLIC_KEY] },
    answer: { pubkey: PUBLIC_KEY },
    refusal: 'signed message has invalid signature',
  },
  scram: { table: 'principals', principal: SCRAM, answer: SCRAM, refusal: 'SCRAM authentication failed' },
};

/** @param right whether the client knows the secret */
export function proverOf(method: Method, { authid, right }: { authid: string; right: boolean }): Prover {
  const password = right ? PASSWORD : 'wrong';
  return PROVERS[method](authid, password);
}

function privateKey(seed: string) {
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
}

const PROVERS: { readonly [Name in Method]: (authid: string, password: string) => Prover } = {
  wampcra: (_authid, password) => ({
    authextra: {},
    onChallenge(_method, { challenge, salt, iterations, keylen }) {
      const key = pbkdf2Sync(password, String(salt), Number(iterations), Number(keylen), 'sha256').toString('base64');
      return createHmac('sha256', key).update(String(challenge)).digest('base64');
    },
  }),
  cryptosign: (_authid, password) => {
    const key = privateKey(password === PASSWORD ? SEED : 'ab'.repeat(32));
    const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
    return {
      authextra: { pubkey: Buffer.from(x, 'base64url').toString('hex'), channel_binding: null, challenge: null },
      onChallenge(_method, { challenge }) {
        const message = Buffer.from(String(challenge), 'hex');
        return sign(null, message, key).toString('hex') + message.toString('hex');
      },
    };
  },
  scram: (authid, password) => {
    const nonce = randomBytes(16).toString('base64');
    let expected = '';
    return {
      authextra: { nonce },
      onChallenge(_method, challenge) {
        const { nonce: all, salt, iterations } = challenge;
        assert.ok(Buffer.from(String(all), 'base64').subarray(0, 16).equals(Buffer.from(nonce, 'base64')));
        const keys = scramKeys(password, Buffer.from(String(salt), 'base64'), Number(iterations));
        const message = `n=${authid},r=${nonce},r=${all},s=${salt},i=${iterations},c=biws,r=${all}`;
        const signature = hmac(keys.storedKey, message);
        expected = hmac(keys.serverKey, message).toString('base64');
        const proof = Buffer.from(keys.clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
        return { signature: proof.toString('base64'), extra: { nonce: all, channel_binding: null, cbind_data: null } };
      },
      verify({ scram_server_signature: first, verifier: second }) {
        assert.deepEqual([first, second], [expected, expected]);
      },
    };
  },
};
