import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, randomBytes, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isEd25519Key } from '../../src/wamp/ed25519-key.ts';

function publicKey(seed: Uint8Array): string {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const { x = '' } = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })).export({
    format: 'jwk',
  });
  return Buffer.from(x, 'base64url').toString('hex');
}

const zeros = '00'.repeat(30);
const ones = 'ff'.repeat(30);
const ORDER_8 = [
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03',
];

/** Every text that stands for a point of small order, canonical or not. */
const SMALL: readonly string[] = [
  ...['00', '80'].flatMap((last) => [`01${zeros}${last}`, `00${zeros}${last}`]),
  ...['7f', 'ff'].flatMap((last) => ['ec', 'ed', 'ee'].map((first) => `${first}${ones}${last}`)),
  ...['05', '85'].map((last) => ORDER_8[0] + last),
  ...['7a', 'fa'].map((last) => ORDER_8[1] + last),
];

describe('[row 43] isEd25519Key', () => {
  it('takes the public keys of RFC 8032, 7.1, in both cases', () => {
    for (const key of [
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    ]) {
      assert.ok(isEd25519Key(key) && isEd25519Key(key.toUpperCase()), key);
    }
  });

  it('takes whatever a private key has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => isEd25519Key(publicKey(seed))),
      { numRuns: 200 },
    );
  });

  for (const key of SMALL) {
    it(`refuses ${key}: of small order`, () => assert.equal(isEd25519Key(key), false));
  }

  it('refuses what would let anybody in: a signature that nobody made', () => {
    const [key = ''] = SMALL;
    const x = Buffer.from(key, 'hex').toString('base64url');
    const forged = Buffer.from(`${key}${'00'.repeat(32)}`, 'hex');
    const taken = verify(
      null,
      randomBytes(32),
      createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
      forged,
    );
    assert.equal(taken, true, 'if this fails, Node.js refuses it itself');
    assert.equal(isEd25519Key(key), false);
  });

  it('refuses what is not canonical: y beyond the prime', () => {
    // y = 3 is a point of the curve, so y + p would be taken for it.
    assert.equal(isEd25519Key(`03${zeros}00`), true);
    for (const last of ['7f', 'ff']) assert.equal(isEd25519Key(`f0${ones}${last}`), false);
  });

  it('refuses about half of all texts: they are no points of the curve', () => {
    let points = 0;
    for (let at = 0; at < 400; at++) if (isEd25519Key(randomBytes(32).toString('hex'))) points++;
    // Eight standard deviations to either side.
    assert.ok(points > 120 && points < 280, String(points));
  });

  it('refuses what has not 64 hexadecimal digits', () => {
    const key = publicKey(randomBytes(32));
    for (const text of [
      '',
      key.slice(1),
      `${key}00`,
      `${key} `,
      `${key}\n`,
      `0x${key.slice(2)}`,
      key.replace(/.$/, 'g'),
    ]) {
      assert.equal(isEd25519Key(text), false);
    }
  });
});
