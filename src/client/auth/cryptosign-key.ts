import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** The start of a private key of Ed25519 in PKCS #8, before its 32 bytes. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const HEX = /^[0-9a-f]{64}$/i;

/** As `turnpike keygen` and Autobahn|Python write it. */
const TAGGED = /^private-key-ed25519:[ \t]*([0-9a-f]{64})[ \t]*$/im;

/**
 * A private key of Ed25519, from 64 hexadecimal digits, from the content of a file of `turnpike keygen` or
 * Autobahn|Python, or from PEM (PKCS #8).
 * @throws TypeError where it is none of these; the text quotes nothing of it
 */
export function ed25519PrivateKey(text: string): KeyObject {
  const trimmed = text.trim();
  const seed = HEX.test(trimmed) ? trimmed : TAGGED.exec(trimmed)?.[1];
  try {
    const key =
      seed === undefined
        ? createPrivateKey(trimmed)
        : createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.from(seed, 'hex')]), format: 'der', type: 'pkcs8' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // What the library says of it would not help.
  }
  throw new TypeError(
    'a private key of Ed25519 is needed: 64 hexadecimal digits, a file of `turnpike keygen --client`, or PEM (PKCS #8)',
  );
}

/** Its public key, as 64 hexadecimal digits in lower case. */
export function ed25519PublicKey(key: KeyObject): string {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('hex');
}
