import { createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { Dict } from '../../wamp/dict.ts';
import { type ClientAuth, ProofError } from '../client-auth.ts';

const pbkdf2Async = promisify(pbkdf2);

/** What a router may ask for: enough for all that there are, and no more than a client can do in a moment. */
const ITERATIONS = { least: 1, most: 10_000_000, otherwise: 1000 };
const KEYLEN = { least: 1, most: 128, otherwise: 32 };

/**
 * Logs in with a shared secret, which is not sent: it signs a challenge. [WAMP: Challenge Response Authentication]
 * @param secret where the router salts: the password
 *
 * @example
 * const session = await connect({ url, realm: 'realm1', authid: 'joe', auth: wampcra('secret123') });
 */
export function wampcra(secret: string): ClientAuth {
  return {
    method: 'wampcra',
    begin: () => ({
      async answer(extra) {
        const { challenge } = extra;
        if (typeof challenge !== 'string') throw new ProofError('the router sends no challenge to sign');
        return createHmac('sha256', await keyOf(secret, extra))
          .update(challenge)
          .digest('base64');
      },
    }),
  };
}

async function keyOf(secret: string, extra: Dict): Promise<string> {
  const salt = extra['salt'] ?? null;
  if (salt === null) return secret;
  if (typeof salt !== 'string') throw new ProofError('the salt that the router sends is no text');
  const iterations = integer(extra, 'iterations', ITERATIONS);
  return craKey(secret, { salt, iterations, keylen: integer(extra, 'keylen', KEYLEN) });
}

/** How a key is derived from a password: PBKDF2 with HMAC-SHA-256. */
export interface CraSalting {
  /** Taken as UTF-8, whatever it looks like. */
  readonly salt: string;
  readonly iterations: number;
  /** Bytes. */
  readonly keylen: number;
}

/** The key that a password stands for where it is salted: base64, taken as text. */
export async function craKey(password: string, { salt, iterations, keylen }: CraSalting): Promise<string> {
  return (await pbkdf2Async(password, salt, iterations, keylen, 'sha256')).toString('base64');
}

function integer(extra: Dict, key: string, { least, most, otherwise }: typeof ITERATIONS): number {
  const value = extra[key] ?? otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ProofError(`the router sends unusable "${key}"`);
}
