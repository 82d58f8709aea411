/**
 * The same with bytes as hexadecimal text, integers as numbers, and without prototypes: in these the clients differ.
 * (wampy has bigints of MessagePack's 64-bit integers.)
 */
export function plain(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
