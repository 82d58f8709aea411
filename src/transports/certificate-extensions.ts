import type { X509Certificate } from 'node:crypto';
import type { Dict } from '../wamp/dict.ts';
import { DER, type DerValue, oidText, readDer } from './der.ts';

/** Extensions by OpenSSL's short names, and how their values are told. What is not here goes by its number, in hexadecimal. */
const EXTENSIONS: ReadonlyMap<string, readonly [name: string, tell: (value: Buffer) => string]> = new Map([
  ['2.5.29.14', ['subjectKeyIdentifier', (value) => colons(only(value).content)]],
  ['2.5.29.15', ['keyUsage', keyUsages]],
  ['2.5.29.17', ['subjectAltName', colons]],
  ['2.5.29.18', ['issuerAltName', colons]],
  ['2.5.29.19', ['basicConstraints', basicConstraints]],
  ['2.5.29.30', ['nameConstraints', colons]],
  ['2.5.29.31', ['crlDistributionPoints', colons]],
  ['2.5.29.32', ['certificatePolicies', colons]],
  ['2.5.29.35', ['authorityKeyIdentifier', authorityKey]],
  ['2.5.29.37', ['extendedKeyUsage', extendedUsages]],
  ['1.3.6.1.5.5.7.1.1', ['authorityInfoAccess', colons]],
]);

const USAGES = [
  'Digital Signature',
  'Non Repudiation',
  'Key Encipherment',
  'Data Encipherment',
  'Key Agreement',
  'Certificate Sign',
  'CRL Sign',
  'Encipher Only',
  'Decipher Only',
];

const EXTENDED_USAGES: ReadonlyMap<string, string> = new Map([
  ['1.3.6.1.5.5.7.3.1', 'TLS Web Server Authentication'],
  ['1.3.6.1.5.5.7.3.2', 'TLS Web Client Authentication'],
  ['1.3.6.1.5.5.7.3.3', 'Code Signing'],
  ['1.3.6.1.5.5.7.3.4', 'E-mail Protection'],
  ['1.3.6.1.5.5.7.3.8', 'Time Stamping'],
  ['1.3.6.1.5.5.7.3.9', 'OCSP Signing'],
  ['2.5.29.37.0', 'Any Extended Key Usage'],
]);

/**
 * `[{name, value, critical}]`. Values are told as OpenSSL tells them, and so did Crossbar until 2025; of
 * what we do not know, the octets.
 *
 * @param extensions the sequence of a certificate's extensions [RFC 5280, 4.2]
 */
export function extensionsOf(extensions: Buffer, certificate: X509Certificate): Dict[] {
  return readDer(extensions).map((extension) => {
    const [oid, second, third] = readDer(extension.content);
    const value = third ?? second;
    if (oid === undefined || value === undefined) throw new RangeError('not an extension');
    const number = oidText(oid.content);
    const [name, tell] = EXTENSIONS.get(number) ?? [number, colons];
    const told = name === 'subjectAltName' ? certificate.subjectAltName : undefined;
    return { name, value: told ?? tell(value.content), critical: third !== undefined && second?.content[0] !== 0 };
  });
}

/** Octets as certificates are shown with: `AB:CD`. */
export function colons(bytes: Buffer): string {
  return bytes
    .toString('hex')
    .toUpperCase()
    .replace(/..(?=.)/g, '$&:');
}

function only(bytes: Buffer): DerValue {
  const [value] = readDer(bytes);
  if (value === undefined) throw new RangeError('an empty extension');
  return value;
}

function basicConstraints(bytes: Buffer): string {
  const parts = readDer(only(bytes).content);
  const isAuthority = parts.some(({ tag, content }) => tag === DER.boolean && content[0] !== 0);
  const length = parts.find(({ tag }) => tag === DER.integer);
  const most = length === undefined ? '' : `, pathlen:${BigInt(`0x${length.content.toString('hex') || '0'}`)}`;
  return `CA:${isAuthority ? 'TRUE' : 'FALSE'}${most}`;
}

function keyUsages(bytes: Buffer): string {
  const bits = only(bytes).content.subarray(1);
  return USAGES.filter((_, at) => (((bits[at >> 3] ?? 0) << (at & 7)) & 0x80) !== 0).join(', ');
}

function extendedUsages(bytes: Buffer): string {
  const numbers = readDer(only(bytes).content).map(({ content }) => oidText(content));
  return numbers.map((number) => EXTENDED_USAGES.get(number) ?? number).join(', ');
}

function authorityKey(bytes: Buffer): string {
  const id = readDer(only(bytes).content).find(({ tag }) => tag === 0x80);
  return id === undefined ? '' : colons(id.content);
}
