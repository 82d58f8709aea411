import { createHash, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import type { Dict } from '../../wamp/dict.ts';
import { isEd25519Key } from '../../wamp/ed25519-key.ts';
import type { TlsChannel } from '../../wamp/tls-channel.ts';
import { type ClientAuth, type ClientLogin, type ClientProof, ProofError } from '../client-auth.ts';
import { ed25519PrivateKey, ed25519PublicKey } from './cryptosign-key.ts';

const NAME = 'cryptosign';

/** Bytes of a challenge, and of the id of a channel. */
const SIZE = 32;

export interface CryptosignOptions {
  /** Binds the login to its TLS session: nobody in between can pass it on. Default: not. */
  readonly channelBinding?: 'tls-unique' | 'tls-exporter';
  /** The public key of the node, as 64 hexadecimal digits: the router has to prove that it has the private one. */
  readonly routerKey?: string;
}

/**
 * Logs in by a signature of an Ed25519 key. Without an authid the router finds out whose key it is.
 * [WAMP: Cryptosign-based Authentication]
 * @param privateKey what `ed25519PrivateKey` reads
 * @throws TypeError where a key cannot be used
 *
 * @example
 * const key = await readFile('joe.key', 'utf8'); // made by: turnpike keygen --client joe.key
 * const session = await connect({ url, realm: 'realm1', authid: 'joe', auth: cryptosign(key) });
 */
export function cryptosign(privateKey: string | KeyObject, options: CryptosignOptions = {}): ClientAuth {
  const key = typeof privateKey === 'string' ? ed25519PrivateKey(privateKey) : privateKey;
  const { routerKey } = options;
  if (routerKey !== undefined && !isEd25519Key(routerKey)) {
    throw new TypeError("the router's public key is not one of Ed25519 as 64 hexadecimal digits");
  }
  return { method: NAME, begin: (login) => new CryptosignProof(key, login, options) };
}

class CryptosignProof implements ClientProof {
  readonly authextra: Readonly<Dict>;
  readonly #key: KeyObject;
  readonly #binding: string | null;
  /** What the connection is known by on both of its ends; null: not bound. */
  readonly #channel: Uint8Array | null;
  readonly #routerKey: string | null;
  /** What the router has to sign. */
  readonly #challenge: Uint8Array | null;

  constructor(key: KeyObject, { channel }: ClientLogin, { channelBinding, routerKey }: CryptosignOptions) {
    this.#key = key;
    this.#binding = channelBinding ?? null;
    this.#channel = channelBinding === undefined ? null : channelId(channel, channelBinding);
    this.#routerKey = routerKey?.toLowerCase() ?? null;
    this.#challenge = routerKey === undefined ? null : randomBytes(SIZE);
    this.authextra = {
      pubkey: ed25519PublicKey(key),
      channel_binding: this.#binding,
      challenge: this.#challenge === null ? null : Buffer.from(this.#challenge).toString('hex'),
    };
  }

  answer(extra: Dict): string {
    const { challenge } = extra;
    if (typeof challenge !== 'string' || !/^[0-9a-f]{64}$/i.test(challenge)) {
      throw new ProofError('the router sends no challenge of 32 bytes to sign');
    }
    // A router that leaves the binding out may be somebody in between.
    if ((extra['channel_binding'] ?? null) !== this.#binding) {
      throw new ProofError('the router does not bind the login to its TLS session as it was asked to');
    }
    this.#checkSignature(extra);
    const message = this.#bound(Buffer.from(challenge, 'hex'));
    return Buffer.concat([sign(null, message, this.#key), message]).toString('hex');
  }

  #checkSignature({ signature, pubkey }: Dict): void {
    if (this.#challenge === null || this.#routerKey === null) return;
    if (typeof pubkey !== 'string' || pubkey.toLowerCase() !== this.#routerKey) {
      throw new ProofError('the router has another key than the one that is expected, or none');
    }
    const signed = Buffer.from(typeof signature === 'string' ? signature : '', 'hex');
    const expected = this.#bound(this.#challenge);
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(this.#routerKey, 'hex').toString('base64url') },
      format: 'jwk',
    });
    const right = signed.subarray(64).equals(expected) && verify(null, expected, key, signed.subarray(0, 64));
    if (!right) throw new ProofError('the router has not proved that it has the key that is expected');
  }

  #bound(message: Uint8Array): Uint8Array {
    const channel = this.#channel;
    return channel === null ? message : message.map((byte, at) => byte ^ (channel[at] ?? 0));
  }
}

/** `tls-unique` is SHA-256 of the client's Finished message, over TLS 1.3 too, as Autobahn has it. */
function channelId(channel: TlsChannel | null, binding: 'tls-unique' | 'tls-exporter'): Uint8Array {
  const finished = binding === 'tls-unique' ? channel?.finished() : null;
  const id = finished ? createHash('sha256').update(finished.client).digest() : null;
  const found = binding === 'tls-exporter' ? (channel?.exporter() ?? null) : id;
  if (found === null) throw new ProofError(`this connection has nothing to bind a login to by ${binding}`);
  return found;
}
