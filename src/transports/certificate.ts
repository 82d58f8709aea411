import { createHash, type X509Certificate } from 'node:crypto';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { colons, extensionsOf } from './certificate-extensions.ts';
import { nameHash, nameOf } from './certificate-names.ts';
import { DER, type DerValue, oidText, readDer } from './der.ts';

const SIGNATURES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.5', 'sha1WithRSAEncryption'],
  ['1.2.840.113549.1.1.10', 'rsassaPss'],
  ['1.2.840.113549.1.1.11', 'sha256WithRSAEncryption'],
  ['1.2.840.113549.1.1.12', 'sha384WithRSAEncryption'],
  ['1.2.840.113549.1.1.13', 'sha512WithRSAEncryption'],
  ['1.2.840.10045.4.1', 'ecdsa-with-SHA1'],
  ['1.2.840.10045.4.3.2', 'ecdsa-with-SHA256'],
  ['1.2.840.10045.4.3.3', 'ecdsa-with-SHA384'],
  ['1.2.840.10045.4.3.4', 'ecdsa-with-SHA512'],
  ['1.3.101.112', 'ED25519'],
  ['1.3.101.113', 'ED448'],
]);

/** It should be positive [RFC 5280 4.1.2.2]; Node writes one that is not as `-0F`. */
function serialOf({ serialNumber }: X509Certificate): bigint {
  const digits = BigInt(`0x${serialNumber.replace('-', '') || '0'}`);
  return serialNumber.startsWith('-') ? -digits : digits;
}

/**
 * A certificate as authenticators see it: `peer_cert` of Crossbar's transport details, and two keys of our
 * own, `spki_sha256` (of the public key, which outlives the certificate) and `pem`.
 *
 * The peer may have had any hand in it, so this never throws on what it holds: parts that cannot be read
 * are empty.
 *
 * `serial` is a number up to 2^53, else decimal digits as text: numbers of 160 bits are beyond what
 * MessagePack and CBOR carry as integers.
 *
 * @param now milliseconds since 1970, UTC
 */
export function describeCertificate(certificate: X509Certificate, now: number): Dict {
  const { raw, fingerprint: sha1, fingerprint256: sha256 } = certificate;
  const serial = serialOf(certificate);
  const parts = partsOf(raw);
  return {
    md5: fingerprint('md5', raw),
    sha1,
    sha256,
    expired: now > Date.parse(certificate.validTo),
    hash: readable(() => (parts === null ? null : nameHash(parts.subject)), null),
    serial: Number.isSafeInteger(Number(serial)) ? Number(serial) : serial.toString(),
    signature_algorithm: parts === null ? null : (SIGNATURES.get(parts.signature) ?? parts.signature),
    version: parts?.version ?? null,
    not_before: parts?.notBefore ?? null,
    not_after: parts?.notAfter ?? null,
    subject: readable(() => (parts === null ? EMPTY : nameOf(parts.subject)), EMPTY),
    issuer: readable(() => (parts === null ? EMPTY : nameOf(parts.issuer)), EMPTY),
    extensions: readable(() => (parts === null ? [] : extensionsOf(parts.extensions, certificate)), []),
    spki_sha256: readable(() => keyFingerprint(certificate), null),
    pem: certificate.toString(),
  };
}

interface Parts {
  /** As it stands in the certificate: 2 is version 3. */
  readonly version: number;
  readonly signature: string;
  readonly issuer: Buffer;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly subject: Buffer;
  readonly extensions: Buffer;
}

/** [RFC 5280, 4.1] */
function partsOf(raw: Buffer): Parts | null {
  return readable(() => {
    const [certificate] = readDer(raw);
    const [body] = readDer(contentOf(certificate));
    const fields = readDer(contentOf(body));
    const version = fields[0]?.tag === 0xa0 ? readDer(contentOf(fields.shift()))[0]?.content[0] : undefined;
    const [, signature, issuer, validity, subject, , ...optional] = fields;
    const [notBefore, notAfter] = readDer(contentOf(validity));
    const extensions = optional.find(({ tag }) => tag === 0xa3);
    return {
      version: version ?? 0,
      signature: oidText(contentOf(readDer(contentOf(signature))[0])),
      issuer: contentOf(issuer),
      notBefore: timeText(notBefore),
      notAfter: timeText(notAfter),
      subject: contentOf(subject),
      extensions: extensions === undefined ? Buffer.alloc(0) : contentOf(readDer(extensions.content)[0]),
    };
  }, null);
}

function contentOf(value: DerValue | undefined): Buffer {
  if (value === undefined) throw new RangeError('a part of the certificate is missing');
  return value.content;
}

/** `YYYYMMDDhhmmssZ`. [RFC 5280, 4.1.2.5.1] years of two digits are of 1950 to 2049 */
function timeText(time: DerValue | undefined): string {
  const text = contentOf(time).toString('latin1');
  if (time?.tag !== DER.utcTime) return text;
  return `${text < '5' ? '20' : '19'}${text}`;
}

function keyFingerprint({ publicKey }: X509Certificate): string {
  return fingerprint('sha256', publicKey.export({ type: 'spki', format: 'der' }));
}

function fingerprint(algorithm: string, bytes: Buffer): string {
  return colons(createHash(algorithm).update(bytes).digest());
}

function readable<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
