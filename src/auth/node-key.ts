import { hkdfSync, type KeyObject, sign } from 'node:crypto';
import { privateKeyOf, publicKeyOf } from './ed25519-seed.ts';

const SEED = 32;

/** The key pair by which a node proves who it is. Crossbar: "node key". */
export class NodeKey {
  /** As 64 hexadecimal digits. */
  readonly publicKey: string;
  readonly #private: KeyObject;
  readonly #seed: Uint8Array;

  /** @param seed secret, 32 bytes */
  constructor(seed: Uint8Array) {
    if (seed.length !== SEED) throw new RangeError(`a node key has ${SEED} bytes`);
    this.#seed = seed;
    this.#private = privateKeyOf(seed);
    this.publicKey = publicKeyOf(this.#private);
  }

  /** A signature of 64 bytes. */
  sign(message: Uint8Array): Buffer {
    return sign(null, message, this.#private);
  }

  /** 32 secret bytes for a use, always the same; they tell nothing of the key, nor of what other uses get. */
  derive(use: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#seed, '', `turnpike ${use}`, 32));
  }
}
