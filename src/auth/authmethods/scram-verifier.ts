import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Dict } from '../../wamp/dict.ts';
import { integerCredential, unusableCredential } from '../credential.ts';

/** The key derivations that clients may be told to use. `argon2id-13` is Crossbar's spelling, `argon2id13` WAMP's. */
const KDFS = ['argon2id-13', 'argon2id13', 'pbkdf2'] as const;
type Kdf = (typeof KDFS)[number];

const KEY = 32;
const SALT_HEX = /^(?:[0-9a-f]{2}){1,256}$/i;
const KEY_HEX = /^[0-9a-f]{64}$/i;

/** Rounds of PBKDF2, at least: [RFC 7677]. Of Argon2id, any number. */
const ITERATIONS = { pbkdf2: { least: 4096, most: 10_000_000 }, argon2: { least: 1, most: 10_000_000 } };

/** KiB: the least that Argon2 takes, and 4 GiB. */
const MEMORY = { least: 8, most: 4_194_304 };

/** How a client has to derive its keys from its password. */
export interface ScramDerivation {
  readonly kdf: Kdf;
  readonly iterations: number;
  /** KiB; null only for PBKDF2, which has no use for it. */
  readonly memory: number | null;
  readonly salt: Uint8Array;
}

/** What the router knows of a principal's password: enough to check a proof, too little to make one. */
export class ScramVerifier {
  readonly derivation: ScramDerivation;
  readonly #storedKey: Uint8Array;
  readonly #serverKey: Uint8Array;

  constructor(derivation: ScramDerivation, storedKey: Uint8Array, serverKey: Uint8Array) {
    this.derivation = derivation;
    this.#storedKey = storedKey;
    this.#serverKey = serverKey;
  }

  /** Of the configuration's or an authenticator's words. @throws AuthenticationError naming the key that cannot be used */
  static of(credentials: Dict): ScramVerifier {
    const said = credentials['kdf'];
    const kdf = KDFS.find((name) => name === said);
    if (kdf === undefined) throw unusableCredential('kdf');
    const bounds = kdf === 'pbkdf2' ? ITERATIONS.pbkdf2 : ITERATIONS.argon2;
    const iterations = integerCredential(credentials, 'iterations', { ...bounds, otherwise: null });
    // Crossbar wants a memory for PBKDF2, too, and nobody reads it.
    const memory = kdf === 'pbkdf2' ? null : integerCredential(credentials, 'memory', { ...MEMORY, otherwise: null });
    const derivation = { kdf, iterations, memory, salt: bytesOf(credentials, 'salt', SALT_HEX) };
    const storedKey = bytesOf(credentials, 'stored-key', KEY_HEX);
    return new ScramVerifier(derivation, storedKey, bytesOf(credentials, 'server-key', KEY_HEX));
  }

  /** The same keys, of which the client is told another salt, or the same. */
  withSalt(salt: Uint8Array): ScramVerifier {
    return new ScramVerifier({ ...this.derivation, salt }, this.#storedKey, this.#serverKey);
  }

  /**
   * The server signature, as base64, if the proof is right for one of the messages that client and
   * router may have exchanged; else null. [RFC 5802, 3]
   */
  verify(proof: Uint8Array, messages: readonly string[]): string | null {
    let agreed: string | null = null;
    if (proof.length !== KEY) return null;
    for (const message of messages) {
      const signature = hmac(this.#storedKey, message);
      const clientKey = proof.map((byte, at) => byte ^ (signature[at] ?? 0));
      const right = timingSafeEqual(createHash('sha256').update(clientKey).digest(), this.#storedKey);
      const own = hmac(this.#serverKey, message).toString('base64');
      if (right) agreed = own;
    }
    return agreed;
  }
}

function hmac(key: Uint8Array, message: string): Buffer {
  return createHmac('sha256', key).update(message).digest();
}

function bytesOf(credentials: Dict, key: string, hex: RegExp): Uint8Array {
  const value = credentials[key];
  if (typeof value !== 'string' || !hex.test(value)) throw unusableCredential(key);
  return Buffer.from(value, 'hex');
}
