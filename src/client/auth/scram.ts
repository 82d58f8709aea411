import { randomBytes } from 'node:crypto';
import type { Dict } from '../../wamp/dict.ts';
import { saslprep } from '../../wamp/saslprep.ts';
import type { TlsChannel } from '../../wamp/tls-channel.ts';
import {
  type ChallengeAnswer,
  type ClientAuth,
  type ClientLogin,
  type ClientProof,
  ProofError,
} from '../client-auth.ts';
import { hmac, type ScramDerivation, scramKeys } from './scram-keys.ts';

const NAME = 'scram';
const NONCE = 16;

/** What a router may ask for. Less would give the password away, more would keep the client busy for minutes. */
const PBKDF2_ITERATIONS = { least: 4096, most: 10_000_000 };
const ARGON2_ITERATIONS = { least: 1, most: 1_000_000 };
/** KiB. */
const ARGON2_MEMORY = { least: 8, most: 1024 * 1024 };
/** KiB, over all iterations; the least is not cheaper to try for somebody else than the least of PBKDF2. */
const ARGON2_WORK = { least: 4096, most: 16 * 1024 * 1024 };
const SALT = { least: 8, most: 256 };

/** [RFC 5929; RFC 9266] Not `tls-unique` over TLS 1.3. */
export type ScramBinding = 'tls-unique' | 'tls-exporter';

export interface ScramOptions {
  /** Binds the login to its TLS session: nobody in between can pass it on. Default: not. */
  readonly channelBinding?: ScramBinding;
}

/**
 * Logs in with a password that is not sent, and has the router prove that it knows of it; a router that does
 * not is refused. [WAMP: Salted Challenge Response Authentication; RFC 5802]
 *
 * @example
 * const session = await connect({ url, realm: 'realm1', authid: 'joe', auth: scram('secret123') });
 */
export function scram(password: string, options: ScramOptions = {}): ClientAuth {
  return { method: NAME, begin: (login) => new ScramProof(password, login, options.channelBinding ?? null) };
}

interface Binding {
  readonly type: ScramBinding;
  /** Base64. */
  readonly data: string;
  /** `c` of the client's final message. */
  readonly written: string;
}

class ScramProof implements ClientProof {
  readonly authextra: Readonly<Dict>;
  readonly #password: string;
  readonly #name: string;
  readonly #nonce: string;
  readonly #binding: Binding | null;
  /** The router's proof; null until there is a challenge. */
  #expected: string | null = null;

  constructor(password: string, { authid, channel }: ClientLogin, binding: ScramBinding | null) {
    const name = authid === null ? null : saslprep(authid);
    if (name === null) throw new ProofError('a login by scram needs an authid of usual characters');
    this.#password = password;
    this.#name = name;
    this.#nonce = randomBytes(NONCE).toString('base64');
    this.#binding = binding === null ? null : bindingTo(channel, binding);
    this.authextra = { nonce: this.#nonce, ...(binding !== null && { channel_binding: binding }) };
  }

  async answer(extra: Dict): Promise<ChallengeAnswer> {
    const { nonce, derivation } = this.#read(extra);
    const { clientKey, storedKey, serverKey } = await scramKeys(this.#password, derivation);
    const salt = Buffer.from(derivation.salt).toString('base64');
    const first = `n=${this.#name},r=${this.#nonce},r=${nonce},s=${salt},i=${derivation.iterations}`;
    // Crossbar takes nothing but an empty `c` where no channel is bound, Turnpike either.
    const message = `${first},c=${this.#binding?.written ?? ''},r=${nonce}`;
    const signature = hmac(storedKey, message);
    this.#expected = hmac(serverKey, message).toString('base64');
    return {
      signature: Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64'),
      extra: { nonce, channel_binding: this.#binding?.type ?? null, cbind_data: this.#binding?.data ?? null },
    };
  }

  /** [RFC 5802, 5] The name is Crossbar's, or WAMP's. */
  checkRouter({ scram_server_signature: crossbar, verifier }: Dict): void {
    const given = [crossbar, verifier].filter((proof) => proof !== undefined);
    if (this.#expected !== null && given.length > 0 && given.every((proof) => proof === this.#expected)) return;
    throw new ProofError('the router has not proved that it knows of the password');
  }

  #read(extra: Dict): { readonly nonce: string; readonly derivation: ScramDerivation } {
    const { nonce, kdf, salt: written } = extra;
    const own = Buffer.from(this.#nonce, 'base64');
    const both = typeof nonce === 'string' ? Buffer.from(nonce, 'base64') : Buffer.alloc(0);
    if (typeof nonce !== 'string' || both.length <= own.length || !both.subarray(0, own.length).equals(own)) {
      throw new ProofError("the router's nonce does not go on from the client's");
    }
    const salt = Buffer.from(typeof written === 'string' ? written : '', 'base64');
    if (salt.length < SALT.least || salt.length > SALT.most) throw new ProofError('the router sends an unusable salt');
    if (kdf === 'pbkdf2') {
      const iterations = integer(extra, 'iterations', PBKDF2_ITERATIONS);
      return { nonce, derivation: { kdf, iterations, memory: 0, salt } };
    }
    if (kdf !== 'argon2id-13' && kdf !== 'argon2id13') {
      throw new ProofError('the router asks for a key derivation that is not known');
    }
    const iterations = integer(extra, 'iterations', ARGON2_ITERATIONS);
    const memory = integer(extra, 'memory', ARGON2_MEMORY);
    const work = iterations * memory;
    if (work < ARGON2_WORK.least)
      throw new ProofError('the router asks for so little work that the password could be guessed');
    if (work > ARGON2_WORK.most) throw new ProofError('the router asks for too much work');
    return { nonce, derivation: { kdf, iterations, memory, salt } };
  }
}

/** [RFC 5802, 6] */
function bindingTo(channel: TlsChannel | null, type: ScramBinding): Binding {
  const data = channel === null ? null : channelData(channel, type);
  if (data === null) throw new ProofError(`this connection has nothing to bind a login to by ${type}`);
  const written = Buffer.concat([Buffer.from(`p=${type},,`), data]).toString('base64');
  return { type, data: Buffer.from(data).toString('base64'), written };
}

function channelData(channel: TlsChannel, type: ScramBinding): Uint8Array | null {
  if (type === 'tls-exporter') return channel.exporter();
  return channel.version === 'TLSv1.3' ? null : (channel.finished()?.client ?? null);
}

function integer(extra: Dict, key: string, { least, most }: { least: number; most: number }): number {
  const value = extra[key];
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ProofError(`the router asks for "${key}" that a client must not or cannot use`);
}
