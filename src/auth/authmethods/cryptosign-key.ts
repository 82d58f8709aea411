import { createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { Dict } from '../../wamp/dict.ts';
import { isEd25519Key } from '../../wamp/ed25519-key.ts';
import { ERRORS } from '../../wamp/errors.ts';
import { unusableCredential } from '../credential.ts';
import { type Deny, deny } from '../outcome.ts';

const SIGNATURE = 64;
const MESSAGE = 32;

/** A client's public key. */
export class CryptosignKey {
  readonly #jwk: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };

  /** @param hex a text for which `isEd25519Key` holds */
  constructor(hex: string) {
    this.#jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') };
  }

  /**
   * Of an authenticator's answer: a table has its keys prepared; whatever comes over the wire is text, or unusable.
   * @throws AuthenticationError where it holds no key that proves something
   */
  static of(credentials: Dict): CryptosignKey {
    const hex = credentials['pubkey'];
    if (hex instanceof CryptosignKey) return hex;
    if (typeof hex !== 'string' || !isEd25519Key(hex)) throw unusableCredential('pubkey');
    return new CryptosignKey(hex);
  }

  /**
   * Why an answer to the challenge does not count, or null. It is the signature and what was signed, in
   * hexadecimal digits. Crossbar's texts, but none tells what was expected.
   * @param expected what may have been signed, any of them
   */
  refuse(signed: string, ...expected: readonly Uint8Array[]): Deny | null {
    if (!/^(?:[0-9a-f]{2})*$/i.test(signed)) return invalid('is invalid (not a HEX encoded string)');
    const bytes = Buffer.from(signed, 'hex');
    if (bytes.length !== SIGNATURE + MESSAGE) {
      return invalid(`has invalid length (was ${bytes.length}, but should have been ${SIGNATURE + MESSAGE})`);
    }
    const message = bytes.subarray(SIGNATURE);
    // Read anew for each login: the one key that stands for all whom nobody knows would be quicker at hand than theirs.
    const key = createPublicKey({ key: this.#jwk, format: 'jwk' });
    if (!verify(null, message, key, bytes.subarray(0, SIGNATURE))) return invalid('has invalid signature');
    return expected.some((one) => timingSafeEqual(message, one)) ? null : invalid('is not the challenge');
  }
}

function invalid(what: string): Deny {
  return deny(ERRORS.notAuthorized.uri, `signed message ${what}`);
}
