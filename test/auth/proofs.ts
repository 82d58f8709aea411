import { createHash, createHmac, createPrivateKey, pbkdf2Sync, sign } from 'node:crypto';
import type { Hello } from '../../src/auth/authmethod.ts';
import type { AuthEntry, AuthMethodName } from '../../src/auth/policy.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { TRANSPORT } from './login-fixture.ts';

/** How a client proves by one authmethod that it is the one whom the authenticator knows. */
export interface Proof {
  /** What the authenticator's answer must hold for it. */
  readonly credentials: Dict;
  /** What the client says in HELLO.authextra for it. */
  readonly authextra: Dict;
  /** Keys of an authenticator's `details` besides those that all authmethods have. */
  readonly details: readonly string[];
  /** The configuration that lists `user1`, with the role `user`. */
  readonly entry: AuthEntry;
  /** What else is known of such a client. */
  readonly hello?: Partial<Hello>;
  /** Keys by which the router proves itself in WELCOME.authextra. */
  readonly proves?: readonly string[];
  /** AUTHENTICATE.Signature by CHALLENGE.Extra. */
  answer(extra: Dict): string;
}

/** What the router knows of a client's certificate, as far as it is asked. */
export const CERTIFICATE = {
  sha1: Array(20).fill('AA').join(':'),
  sha256: Array(32).fill('BB').join(':'),
  spki_sha256: Array(32).fill('CC').join(':'),
};

/** A secret that must not occur in any log. */
export const CANARY = 'canary-5f1c9e';

const identity = { role: 'user', realm: null };

/** The key pair of the checked vectors. */
export const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
export const PUBLIC_KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';

/** The answer to a cryptosign challenge, as clients give it. */
export function cryptosigned(message: Uint8Array, seed = SEED): string {
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return Buffer.concat([sign(null, message, key), message]).toString('hex');
}

/** RFC 5802, 3: what a client makes of the key that it derived from its password. */
function scramKeys(saltedPassword: string | Uint8Array) {
  const mac = (text: string): Buffer => createHmac('sha256', saltedPassword).update(text).digest();
  const clientKey = mac('Client Key');
  return { clientKey, storedKey: createHash('sha256').update(clientKey).digest(), serverKey: mac('Server Key') };
}

/** The client's proof, and the signature that it expects of the server, in base64. */
export function scramProof(saltedPassword: string | Uint8Array, message: string) {
  const { clientKey, storedKey, serverKey } = scramKeys(saltedPassword);
  const signature = createHmac('sha256', storedKey).update(message).digest();
  return {
    proof: Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64'),
    verifier: createHmac('sha256', serverKey).update(message).digest('base64'),
  };
}

const SCRAM_SALT = Buffer.from('salt of user1');
export const SCRAM_NONCE = Buffer.alloc(16, 9).toString('base64');
export const SALTED_PASSWORD = pbkdf2Sync(CANARY, SCRAM_SALT, 4096, 32, 'sha256');

/** What the router knows of that password. */
export const SCRAM_CREDENTIALS = {
  kdf: 'pbkdf2',
  iterations: 4096,
  salt: SCRAM_SALT.toString('hex'),
  'stored-key': scramKeys(SALTED_PASSWORD).storedKey.toString('hex'),
  'server-key': scramKeys(SALTED_PASSWORD).serverKey.toString('hex'),
};

/** What client and router said to each other, by CHALLENGE.Extra. */
export function scramMessage({ nonce, salt, iterations }: Dict, { name = 'user1', binding = '' } = {}): string {
  return `n=${name},r=${SCRAM_NONCE},r=${nonce},s=${salt},i=${iterations},c=${binding},r=${nonce}`;
}

/** Methods by which clients prove who they are, for themselves. */
export type ProvableMethod = Exclude<AuthMethodName, 'anonymous-proxy' | 'cryptosign-proxy'>;

export const PROOFS: { readonly [Name in ProvableMethod]: Proof } = {
  anonymous: {
    credentials: {},
    authextra: {},
    details: [],
    entry: { method: 'anonymous', type: 'static', role: 'user', authid: 'user1', defaultRole: null },
    answer: () => '',
  },
  ticket: {
    credentials: {},
    authextra: {},
    details: ['ticket'],
    entry: {
      method: 'ticket',
      type: 'static',
      principals: new Map([['user1', { ...identity, ticket: CANARY }]]),
      defaultRole: null,
    },
    answer: () => CANARY,
  },
  wampcra: {
    credentials: { secret: CANARY },
    authextra: {},
    details: ['authid', 'authrole'],
    entry: {
      method: 'wampcra',
      type: 'static',
      users: new Map([['user1', { ...identity, secret: CANARY, salt: null, iterations: null, keylen: null }]]),
      defaultRole: null,
    },
    answer: ({ challenge }) => createHmac('sha256', CANARY).update(String(challenge)).digest('base64'),
  },
  cryptosign: {
    credentials: { pubkey: PUBLIC_KEY },
    authextra: { pubkey: PUBLIC_KEY },
    details: ['authid', 'authrole'],
    entry: {
      method: 'cryptosign',
      type: 'static',
      principals: new Map([['user1', { ...identity, authorizedKeys: [PUBLIC_KEY] }]]),
      defaultRole: null,
    },
    answer: ({ challenge }) => cryptosigned(Buffer.from(String(challenge), 'hex')),
  },
  scram: {
    credentials: SCRAM_CREDENTIALS,
    authextra: { nonce: SCRAM_NONCE },
    details: [],
    entry: {
      method: 'scram',
      type: 'static',
      principals: new Map([['user1', { ...identity, credentials: SCRAM_CREDENTIALS }]]),
      defaultRole: null,
    },
    answer: (extra) => scramProof(SALTED_PASSWORD, scramMessage(extra)).proof,
    proves: ['scram_server_signature', 'verifier'],
  },
  tls: {
    credentials: {},
    authextra: {},
    details: [],
    hello: { transport: { ...TRANSPORT, is_secure: true, peer_cert: CERTIFICATE, client_cert: CERTIFICATE } },
    entry: {
      method: 'tls',
      type: 'static',
      principals: new Map([
        ['user1', { ...identity, pins: { spki_sha256: [], sha256: [CERTIFICATE.sha256], sha1: [] } }],
      ]),
      defaultRole: null,
    },
    answer: () => '',
  },
};
