import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** The start of a private key of Ed25519 in PKCS #8, before its 32 bytes. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The private key that 32 bytes are. [RFC 8032, 5.1.5] */
export function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

/** Its public key, as 64 hexadecimal digits in lower case. */
export function publicKeyOf(key: KeyObject): string {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('hex');
}
