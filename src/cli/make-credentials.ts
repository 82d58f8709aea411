import { randomBytes } from 'node:crypto';
import { scramKeys } from '../client/auth/scram-keys.ts';
import { craKey } from '../client/auth/wampcra.ts';
import { type OptionValues, UsageError } from './command.ts';

/** An entry of a configuration's table: keys as they are written there. */
export type Credentials = Readonly<Record<string, string | number>>;

/** How credentials are made, before the secret is known. */
export interface Recipe {
  /** Where the entry belongs: `auth.wampcra.users`. */
  readonly table: string;
  /** `PBKDF2, 100000 iterations`. */
  readonly work: string;
  make(secret: string): Promise<Credentials>;
}

/** Fewer rounds are tried out too fast by who has stolen a configuration. [RFC 7677] */
const LEAST_PBKDF2 = 4096;

/** KiB over all iterations: what Argon2id needs at least to be worth its name (OWASP: 7 MiB in 5 iterations …). */
const LEAST_ARGON2_WORK = 32 * 1024;
/** What clients of ours still do. */
const MOST_ARGON2_WORK = 16 * 1024 * 1024;

const SALT_BYTES = 16;

/** @throws UsageError where the parameters are weak, or cannot be used */
export function craRecipe(values: OptionValues): Recipe {
  refuseOthers(values, ['kdf', 'memory'], 'wampcra has no');
  const iterations = integer(values, 'iterations', { least: LEAST_PBKDF2, most: 1_000_000, otherwise: 100_000 });
  const keylen = integer(values, 'keylen', { least: 16, most: 64, otherwise: 32 });
  const salt = values.get('salt') ?? randomBytes(SALT_BYTES).toString('base64');
  if (salt.length < 8 || salt.length > 1024) throw new UsageError('--salt has 8 to 1024 characters for wampcra');
  return {
    table: 'auth.wampcra.users',
    work: `PBKDF2, ${iterations} iterations`,
    make: async (secret) => ({
      secret: await craKey(secret, { salt, iterations, keylen }),
      salt,
      iterations,
      keylen,
    }),
  };
}

/** @throws UsageError where the parameters are weak, or cannot be used */
export function scramRecipe(values: OptionValues): Recipe {
  refuseOthers(values, ['keylen'], 'scram has no');
  const kdf = values.get('kdf') === 'pbkdf2' ? 'pbkdf2' : 'argon2id-13';
  const { iterations, memory } = kdf === 'pbkdf2' ? pbkdf2Cost(values) : argon2Cost(values);
  const salt = saltOf(values);
  return {
    table: 'auth.scram.principals',
    work:
      kdf === 'pbkdf2' ? `PBKDF2, ${iterations} iterations` : `Argon2id, ${iterations} iterations over ${memory} KiB`,
    async make(secret) {
      const { storedKey, serverKey } = await scramKeys(secret, { kdf, iterations, memory, salt });
      const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
      // Crossbar wants a memory for PBKDF2, too, and nobody reads it.
      return {
        kdf,
        iterations,
        memory,
        salt: hex(salt),
        'stored-key': hex(storedKey),
        'server-key': hex(serverKey),
      };
    },
  };
}

interface Cost {
  readonly iterations: number;
  /** KiB. */
  readonly memory: number;
}

function pbkdf2Cost(values: OptionValues): Cost {
  refuseOthers(values, ['memory'], 'pbkdf2 has no');
  const iterations = integer(values, 'iterations', { least: LEAST_PBKDF2, most: 10_000_000, otherwise: 600_000 });
  return { iterations, memory: 0 };
}

/** The defaults are those of Crossbar's generator, which clients are used to. */
function argon2Cost(values: OptionValues): Cost {
  const iterations = integer(values, 'iterations', { least: 1, most: 1_000_000, otherwise: 4096 });
  const memory = integer(values, 'memory', { least: 8, most: 1024 * 1024, otherwise: 512 });
  const work = iterations * memory;
  if (work < LEAST_ARGON2_WORK) {
    throw new UsageError(
      `that is too weak: --iterations times --memory (KiB) is at least ${LEAST_ARGON2_WORK}, as in 4096 × 512`,
    );
  }
  if (work > MOST_ARGON2_WORK) {
    throw new UsageError(
      `that keeps each client busy for minutes: --iterations times --memory (KiB) is at most ${MOST_ARGON2_WORK}`,
    );
  }
  return { iterations, memory };
}

function saltOf(values: OptionValues): Uint8Array {
  const text = values.get('salt');
  if (text === undefined) return randomBytes(SALT_BYTES);
  if (/^(?:[0-9a-f]{2}){8,64}$/i.test(text)) return Buffer.from(text, 'hex');
  throw new UsageError('--salt is 8 to 64 bytes as hexadecimal digits for scram');
}

function refuseOthers(values: OptionValues, names: readonly string[], why: string): void {
  const given = names.find((name) => values.has(name));
  if (given !== undefined) throw new UsageError(`${why} --${given}`);
}

function integer(
  values: OptionValues,
  name: string,
  { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const text = values.get(name);
  if (text === undefined) return otherwise;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const weak = value < least ? ' (less is weak)' : '';
  throw new UsageError(`--${name} is a number from ${least} to ${most}, not ${JSON.stringify(text)}${weak}`);
}
