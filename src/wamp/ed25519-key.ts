/**
 * Which texts are public keys of Ed25519 that prove something. Verifying with any 32 bytes is not
 * enough: for a key of small order, signatures exist that nobody made.
 * [RFC 8032, 5.1; WAMP: Cryptosign]
 */

const P = 2n ** 255n - 19n;
const SIGN_BIT = 2n ** 255n;
/** -121665/121666 */
const D = modulo(-121665n * power(121666n, P - 2n));

/**
 * Whether a text of 64 hexadecimal digits is such a key: canonical, a point of the curve, and not of
 * small order.
 */
export function isEd25519Key(hex: string): boolean {
  if (!/^[0-9a-f]{64}$/i.test(hex)) return false;
  const littleEndian = hex.match(/../g)?.toReversed().join('') ?? '';
  const encoded = BigInt(`0x${littleEndian}`);
  const y = encoded % SIGN_BIT;
  return y < P && isOnCurve(y) && !isOfSmallOrder(y);
}

/** x² = (y² - 1) / (d·y² + 1), as numerator and denominator. The denominator is never 0. */
function xSquared(y: bigint): [numerator: bigint, denominator: bigint] {
  const square = modulo(y * y);
  return [modulo(square - 1n), modulo(D * square + 1n)];
}

/** Whether x² has a root. */
function isOnCurve(y: bigint): boolean {
  const [u, v] = xSquared(y);
  return power(modulo(u * v), (P - 1n) / 2n) <= 1n;
}

/** Whether eight times the point is the neutral element, of which alone y is 1. */
function isOfSmallOrder(y: bigint): boolean {
  let multiple = y;
  for (let doubling = 0; doubling < 3; doubling++) multiple = doubled(multiple);
  return multiple === 1n;
}

/** y of twice the point: (y² + x²) / (2 - y² + x²). */
function doubled(y: bigint): bigint {
  const square = modulo(y * y);
  const [u, v] = xSquared(y);
  const numerator = modulo(square * v + u);
  const denominator = modulo((2n - square) * v + u);
  return modulo(numerator * power(denominator, P - 2n));
}

function modulo(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = modulo(base);
  for (let left = exponent; left > 0n; left /= 2n) {
    if (left % 2n === 1n) result = modulo(result * square);
    square = modulo(square * square);
  }
  return result;
}
