import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Dict } from '../../wamp/dict.ts';
import { integerCredential, textCredential } from '../credential.ts';
import type { KeyDerivation, Salting } from '../key-derivation.ts';
import type { StepSignal } from '../step-signal.ts';

/** The bounds of a user's secret, in a configuration and in an authenticator's answer. */
export const CRA_BOUNDS = {
  /** Characters. */
  secret: 4096,
  /** Characters. */
  salt: 1024,
  /** Crossbar's default where only a salt is given: 1,000. */
  iterations: { least: 1, most: 1_000_000, otherwise: 1000 },
  /** Bytes. Crossbar's default where only a salt is given: 32. */
  keylen: { least: 16, most: 64, otherwise: 32 },
} as const;

/**
 * What a client signs with, whatever salt it is told. As keys of the library: what it takes to read a text depends on where
 * the text came from, and that of a user who is there came from elsewhere than that of one who is not.
 */
class Keys {
  readonly secret: KeyObject;
  readonly #salting: Salting | null;
  readonly #keyDerivation: KeyDerivation;
  /** The key derived from the secret as a password; null: not yet. */
  #derived: KeyObject | null;

  constructor(secret: string, salting: Salting | null, keyDerivation: KeyDerivation, derived: string | null) {
    this.secret = keyOf(secret);
    this.#salting = salting;
    this.#keyDerivation = keyDerivation;
    this.#derived = derived === null ? null : keyOf(derived);
  }

  async derive(signal: StepSignal): Promise<KeyObject> {
    if (this.#salting === null) return this.secret;
    this.#derived ??= keyOf(await this.#keyDerivation.derive(this.secret.export(), this.#salting, signal));
    return this.#derived;
  }
}

function keyOf(text: string): KeyObject {
  return createSecretKey(Buffer.from(text));
}

/**
 * The secret that a client shares with the router, and how the client has to derive its key from it. The keys are one
 * object, which is not looked into until something is signed: to copy them took another time for those who are not there.
 */
export class CraSecret {
  readonly salting: Salting | null;
  readonly #keys: Keys;

  private constructor(keys: Keys, salting: Salting | null) {
    this.#keys = keys;
    this.salting = salting;
  }

  /** @param derived the key derived from `secret` as a password, where it is known */
  static from(
    secret: string,
    salting: Salting | null,
    keyDerivation: KeyDerivation,
    derived: string | null = null,
  ): CraSecret {
    return new CraSecret(new Keys(secret, salting, keyDerivation, derived), salting);
  }

  /** Of an authenticator's answer. @throws AuthenticationError naming the key that cannot be used */
  static of(credentials: Dict, keyDerivation: KeyDerivation): CraSecret {
    const secret = textCredential(credentials, 'secret', CRA_BOUNDS.secret);
    if ((credentials['salt'] ?? null) === null) return CraSecret.from(secret, null, keyDerivation);
    const salt = textCredential(credentials, 'salt', CRA_BOUNDS.salt);
    const iterations = integerCredential(credentials, 'iterations', CRA_BOUNDS.iterations);
    const keylen = integerCredential(credentials, 'keylen', CRA_BOUNDS.keylen);
    return CraSecret.from(secret, { salt, iterations, keylen }, keyDerivation);
  }

  /** The same keys, of which the client is told another salt, or the same. Without a salt, the same. */
  withSalt(salt: string): CraSecret {
    return this.salting === null ? this : new CraSecret(this.#keys, { ...this.salting, salt });
  }

  /**
   * Whether the challenge was signed with this secret. A salted one may be the derived key, as Crossbar's
   * documentation and old releases have it, or the password, as new releases do. Nobody can make one of
   * it that knows neither.
   */
  async signed(challenge: string, signature: string, signal: StepSignal): Promise<boolean> {
    if (isSignature(this.#keys.secret, challenge, signature)) return true;
    if (this.salting === null) return false;
    return isSignature(await this.#keys.derive(signal), challenge, signature);
  }
}

function isSignature(key: KeyObject, challenge: string, signature: string): boolean {
  const right = Buffer.from(createHmac('sha256', key).update(challenge).digest('base64'));
  const given = Buffer.from(signature);
  return given.length === right.length && timingSafeEqual(given, right);
}
