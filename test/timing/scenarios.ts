/** Who is guessed at: users that there are, with a wrong secret, and users that there are not. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomInt,
  sign,
} from 'node:crypto';
import type { Dict } from '../../src/wamp/dict.ts';
import type { Guess } from './guess.ts';

/** Users that there are; as many are made up for those that there are not. */
export const USERS = 64;

/** Tables and guesses of one round. */
export interface Round {
  /** `auth` of the transport. */
  readonly auth: object;
  /** The dynamic authenticator: what it answers for an authid; null where it raises. */
  readonly decide: ((authid: string | null, details: Dict) => unknown) | null;
  readonly guess: (user: number, known: boolean) => Guess;
}

export interface Scenario {
  readonly id: string;
  /** Everybody is another one in each round. `control`: those called known are not either. */
  readonly round: (control: boolean) => Round;
}

const base64 = (size: number): string => randomBytes(size).toString('base64');
const hex = (size: number): string => randomBytes(size).toString('hex');

interface Key {
  readonly publicKey: string;
}

function newKey(): Key & { readonly privateKey: KeyObject } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = createPublicKey(createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }))).export({
    format: 'jwk',
  });
  return { privateKey, publicKey: Buffer.from(x, 'base64url').toString('hex') };
}

const SALTING = { iterations: 100, keylen: 32 };

/** By method: what is known of a user, made at random, in the shape of an authenticator's answer. */
const CREDENTIALS = {
  ticket: () => ({ ticket: base64(12) }),
  wampcra: () => ({ secret: base64(32) }),
  'wampcra-salted': () => ({ secret: base64(32), salt: base64(12), ...SALTING }),
  scram: () => ({
    kdf: 'argon2id-13',
    iterations: 4096,
    memory: 512,
    salt: hex(16),
    'stored-key': hex(32),
    'server-key': hex(32),
  }),
  cryptosign: () => ({ pubkey: newKey().publicKey }),
} as const;

type Name = keyof typeof CREDENTIALS;

/** Signs, but with a key of nobody's. */
const STRANGER = newKey();

function wrongly(name: Name): (extra: Dict) => string {
  if (name === 'ticket') return () => base64(12);
  if (name !== 'cryptosign') return () => base64(32);
  return ({ challenge }) => {
    const message = Buffer.from(String(challenge), 'hex');
    return Buffer.concat([sign(null, message, STRANGER.privateKey), message]).toString('hex');
  };
}

interface User {
  readonly authid: string;
  readonly credentials: Dict;
}

interface Users {
  /** Those that there are. */
  readonly listed: readonly User[];
  /** Those that are guessed at as such. */
  readonly known: readonly User[];
  readonly unknown: readonly User[];
}

/**
 * Authids at random, of one length: nothing in a name tells whose it is. Those that are known are drawn from the table as
 * stand-ins are for those that are not, some of them more than once: to look into fewer entries is quicker. Copied, since
 * the router is in this process: a text of its own that the client has just written is at hand in the processor's caches.
 */
function usersOf(name: Name, control: boolean): Users {
  const some = (): User[] =>
    Array.from({ length: USERS }, () => ({ authid: `user-${hex(6)}`, credentials: CREDENTIALS[name]() }));
  const listed = some();
  const drawn = listed.map((user) => listed[randomInt(USERS)] ?? user);
  return { listed, known: control ? some() : structuredClone(drawn), unknown: structuredClone(some()) };
}

/** How the client says who it is. `byKey`: by its public key alone. */
function guesses(name: Name, { known, unknown }: Users, byKey = false): Round['guess'] {
  const authmethod = methodOf(name);
  const answer = wrongly(name);
  return (at, isKnown) => {
    const user = (isKnown ? known : unknown)[at];
    const pubkey = user?.credentials['pubkey'];
    const proof = name === 'scram' ? { nonce: base64(16) } : null;
    const authextra = pubkey === undefined ? proof : { pubkey };
    return { authmethod, authid: byKey ? null : (user?.authid ?? null), authextra, answer };
  };
}

function methodOf(name: Name): string {
  return name === 'wampcra-salted' ? 'wampcra' : name;
}

function staticScenario(name: Name, byKey = false): Scenario {
  const authmethod = methodOf(name);
  const table = authmethod === 'wampcra' ? 'users' : 'principals';
  return {
    id: `${name}, static${byKey ? ', by public key' : ''}`,
    round: (control) => {
      const users = usersOf(name, control);
      const principals = users.listed.map(({ authid, credentials }): [string, object] => {
        const { pubkey, ...more } = credentials;
        return [authid, { ...(pubkey === undefined ? more : { authorized_keys: [pubkey] }), role: 'user' }];
      });
      return {
        auth: { [authmethod]: { type: 'static', [table]: Object.fromEntries(principals) } },
        decide: null,
        guess: guesses(name, users, byKey),
      };
    },
  };
}

/**
 * The authenticator is one that tells nothing either: where it knows nobody it answers what it has made up. What is
 * measured is what the router adds to that.
 */
function dynamicScenario(name: Name): Scenario {
  const entry = { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-realm': 'realm1' };
  return {
    id: `${name}, dynamic`,
    round: (control) => {
      const users = usersOf(name, control);
      const all = new Map<string | null, Dict>();
      for (const { authid, credentials } of [...users.known, ...users.unknown]) {
        all.set(authid, { ...credentials, role: 'user' });
      }
      return {
        auth: { [methodOf(name)]: entry },
        decide: (authid, details) => {
          const { ticket, ...answer } = all.get(authid) ?? {};
          return ticket !== undefined && details['ticket'] !== ticket ? null : answer;
        },
        guess: guesses(name, users),
      };
    },
  };
}

const NAMES = Object.keys(CREDENTIALS) as Name[];

export const SCENARIOS: readonly Scenario[] = [
  ...NAMES.map((name) => staticScenario(name)),
  staticScenario('cryptosign', true),
  ...NAMES.map(dynamicScenario),
];
