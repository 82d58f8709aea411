/** Whether the files of TLS fit each other, and will do for the other side. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { DER, readDer } from './der.ts';
import { EndpointError } from './endpoint-error.ts';

/** Groups below this many bits can be broken. [RFC 9325, 4.1] */
const LEAST_DH_BITS = 2_048;

const DAY = 24 * 60 * 60 * 1_000;

/** How long before the end of a certificate its owner is told, in milliseconds. */
const NOTICE = 14 * DAY;

/** Files of one side, as read. */
interface Material {
  readonly paths: { readonly key?: string | undefined; readonly certificate?: string | undefined };
  readonly key: string | undefined;
  /** The certificate, and what else stands in its file. */
  readonly certificates: readonly string[];
  /** Intermediate certificates, each with its file. */
  readonly chain: readonly (readonly [path: string, pem: string])[];
}

/**
 * @param now milliseconds since 1970, UTC
 * @throws EndpointError where the key is not the certificate's, a certificate has expired, or the chain is none
 */
export function checkPair({ paths, key, certificates, chain }: Material, now: number): void {
  const [own] = certificates;
  if (key === undefined && own === undefined) return;
  if (key === undefined || own === undefined) {
    throw new EndpointError('a TLS key and a TLS certificate are only of use together', { code: 'ETLSCERT' });
  }
  const certificate = new X509Certificate(own);
  if (!certificate.checkPrivateKey(createPrivateKey(key))) {
    const text = `the TLS key ${paths.key} does not belong to the TLS certificate ${paths.certificate}`;
    throw new EndpointError(text, { code: 'ETLSKEY' });
  }
  checkExpiry(`the TLS certificate ${paths.certificate}`, certificate, now);
  const above = [...certificates.slice(1).map((pem) => [paths.certificate ?? '', pem] as const), ...chain];
  checkChain(
    certificate,
    above.map(([path, pem]) => [path, new X509Certificate(pem)] as const),
    now,
  );
}

/** In whatever order they come: clients put them in order. */
function checkChain(own: X509Certificate, chain: readonly (readonly [string, X509Certificate])[], now: number): void {
  for (const [path, certificate] of chain) checkExpiry(`the TLS chain certificate ${path}`, certificate, now);
  let below = own;
  let rest = chain;
  for (let [first] = rest; first !== undefined; [first] = rest) {
    // Some put the certificate itself into the file of its chain too.
    const next = rest.find(([, one]) => below.checkIssued(one) || one.fingerprint256 === below.fingerprint256);
    if (next === undefined) {
      const [path, stray] = first;
      const text = `the TLS chain certificate ${path} does not continue the chain: it is that of ${nameOf(stray.subject)}, and that of ${nameOf(below.issuer)} is needed`;
      throw new EndpointError(text, { code: 'ETLSCERT' });
    }
    [, below] = next;
    rest = rest.filter((one) => one !== next);
  }
}

/** @throws EndpointError where the group is too small */
export function checkDhParameters(path: string, pem: string): void {
  const base64 = /-----BEGIN (?:X9\.42 )?DH PARAMETERS-----([\s\S]+?)-----END/.exec(pem)?.[1] ?? '';
  const [sequence] = readDer(Buffer.from(base64, 'base64'));
  const prime = readDer(sequence?.content ?? Buffer.alloc(0)).find(({ tag }) => tag === DER.integer)?.content;
  const bits = prime === undefined ? 0 : BigInt(`0x${prime.toString('hex') || '0'}`).toString(2).length;
  if (bits >= LEAST_DH_BITS) return;
  const text = `the TLS dhparam ${path} is too weak: ${bits} bits, and at least ${LEAST_DH_BITS} are needed`;
  throw new EndpointError(text, { code: 'ETLSOPTION' });
}

/** What works and yet will fail for some, or soon: sentences for the log. @param chain what is sent, from the own certificate upwards */
export function certificateWarnings(chain: readonly string[], now: number): string[] {
  const certificates = chain.map((pem) => new X509Certificate(pem));
  const [own] = certificates;
  const last = certificates.at(-1);
  if (own === undefined || last === undefined) return [];
  const warnings: string[] = [];
  if (Date.parse(own.validFrom) > now) warnings.push(`the TLS certificate is not valid before ${own.validFrom}`);
  const left = Date.parse(own.validTo) - now;
  if (left < NOTICE) warnings.push(`the TLS certificate expires in ${Math.floor(left / DAY)} days, on ${own.validTo}`);
  if (certificates.length === 1 && lacksIntermediate(last)) {
    const issuer = nameOf(last.issuer);
    warnings.push(
      `the TLS certificate comes without that of its issuer ${issuer}: clients that do not know it cannot trust the certificate; name its file in "chain_certificates"`,
    );
  }
  return warnings;
}

/** A certificate that says where its issuer's is found was issued by an intermediate authority, unless that is a known root. */
function lacksIntermediate(certificate: X509Certificate): boolean {
  if (certificate.infoAccess?.includes('CA Issuers') !== true) return false;
  return !rootCertificates.some((root) => new X509Certificate(root).subject === certificate.issuer);
}

function checkExpiry(what: string, certificate: X509Certificate, now: number): void {
  if (Date.parse(certificate.validTo) >= now) return;
  throw new EndpointError(`${what} has expired on ${certificate.validTo}`, { code: 'CERT_HAS_EXPIRED' });
}

/** A name on one line: `C=DE, CN=joe`. */
function nameOf(name: string): string {
  return JSON.stringify(name.replaceAll('\n', ', '));
}
