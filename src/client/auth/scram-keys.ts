import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { argon2id } from './argon2id.ts';

const pbkdf2Async = promisify(pbkdf2);

/** How keys are derived from a password. */
export interface ScramDerivation {
  /** `argon2id-13` is Crossbar's, `argon2id13` WAMP's. */
  readonly kdf: 'argon2id-13' | 'argon2id13' | 'pbkdf2';
  readonly iterations: number;
  /** KiB; only for Argon2id. */
  readonly memory: number;
  readonly salt: Uint8Array;
}

/** The keys that stand for a password. [RFC 5802, 3] */
export interface ScramKeys {
  /** Proves that one knows the password. */
  readonly clientKey: Uint8Array;
  /** Checks that proof. */
  readonly storedKey: Uint8Array;
  /** Makes the router's proof. */
  readonly serverKey: Uint8Array;
}

/** Takes as long as its parameters say: off the main thread. */
export async function scramKeys(password: string, derivation: ScramDerivation): Promise<ScramKeys> {
  const salted = await saltedPassword(password, derivation);
  const clientKey = hmac(salted, 'Client Key');
  return {
    clientKey,
    storedKey: createHash('sha256').update(clientKey).digest(),
    serverKey: hmac(salted, 'Server Key'),
  };
}

async function saltedPassword(
  password: string,
  { kdf, iterations, memory, salt }: ScramDerivation,
): Promise<string | Uint8Array> {
  if (kdf === 'pbkdf2') return pbkdf2Async(password, salt, iterations, 32, 'sha256');
  const derived = await argon2id({ password, salt, iterations, memory });
  // Autobahn, whose name for it is the one with the hyphen, goes on with the text that it has of the bytes.
  return kdf === 'argon2id-13' ? Buffer.from(derived).toString('base64').replaceAll('=', '') : derived;
}

export function hmac(key: string | Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
