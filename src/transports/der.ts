/** One value of DER. [X.690] */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
}

/** Tags of the universal types that certificates have. */
export const DER = {
  boolean: 0x01,
  integer: 0x02,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The values that stand one after the other in `bytes`. @throws RangeError where these are not whole values of DER */
export function readDer(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = octet(bytes, at);
    let length = octet(bytes, at + 1);
    let start = at + 2;
    if (length >= 0x80) {
      const octets = length - 0x80;
      if (octets < 1 || octets > 4) throw new RangeError('not a length of DER');
      length = 0;
      for (let more = 0; more < octets; more++) length = length * 256 + octet(bytes, start + more);
      start += octets;
    }
    if ((tag & 0x1f) === 0x1f || start + length > bytes.length) throw new RangeError('not a value of DER');
    values.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return values;
}

/** The value written anew. */
export function writeDer(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const octets = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...octets]), content]);
}

/** An object identifier in dotted form, such as `2.5.4.3`. */
export function oidText(content: Buffer): string {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of content) {
    arc = arc * 128n + BigInt(byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [first = 0n, ...rest] = arcs;
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...rest].join('.');
}

function octet(bytes: Buffer, at: number): number {
  const value = bytes[at];
  if (value === undefined) throw new RangeError('a value of DER ends too early');
  return value;
}
