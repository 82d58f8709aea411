import { createPrivateKey, X509Certificate } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { EndpointError, errorCode, reasonOf } from './endpoint-error.ts';

/** The files of one side of TLS, all PEM. Crossbar: `tls` of an endpoint. */
export interface TlsFiles {
  /** Path of the private key, unencrypted. */
  readonly key?: string | undefined;
  /** Path of the certificate; the chain may follow in the same file. */
  readonly certificate?: string | undefined;
  /** Paths of intermediate certificates, from the one that signed `certificate` upwards. */
  readonly chainCertificates?: readonly string[] | undefined;
  /** Path of Diffie-Hellman parameters. */
  readonly dhparam?: string | undefined;
  /** An OpenSSL cipher string. Default: Node's. */
  readonly ciphers?: string | undefined;
  /** Paths of the certificates that the other side's certificate must come from. */
  readonly caCertificates?: readonly string[] | undefined;
}

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;
const DH_PARAMETERS = /-----BEGIN (?:X9\.42 )?DH PARAMETERS-----/;
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type:\s*4,ENCRYPTED/m;

async function readPem(what: string, path: string): Promise<string> {
  try {
    return await fs.readFile(path, 'latin1');
  } catch (error) {
    throw new EndpointError(`cannot read the ${what} ${path}: ${reasonOf(error)}`, {
      code: errorCode(error),
      cause: error,
    });
  }
}

async function readKey(path: string): Promise<string> {
  const pem = await readPem('TLS key', path);
  if (ENCRYPTED.test(pem)) {
    throw new EndpointError(`the TLS key ${path} is encrypted: it must be stored unencrypted`, { code: 'ETLSKEY' });
  }
  try {
    createPrivateKey(pem);
  } catch (error) {
    throw new EndpointError(`the TLS key ${path} is not a private key in PEM`, { code: 'ETLSKEY', cause: error });
  }
  return pem;
}

async function readCertificates(what: string, path: string): Promise<string> {
  const pem = await readPem(what, path);
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0)
    throw new EndpointError(`the ${what} ${path} holds no certificate in PEM`, { code: 'ETLSCERT' });
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw new EndpointError(`the ${what} ${path} is damaged: ${reasonOf(error)}`, { code: 'ETLSCERT', cause: error });
    }
  }
  return `${blocks.join('\n')}\n`;
}

/** Node drops parameters that it cannot read without a word. */
async function readDhParameters(path: string): Promise<string> {
  const pem = await readPem('TLS dhparam', path);
  if (DH_PARAMETERS.test(pem)) return pem;
  throw new EndpointError(`the TLS dhparam ${path} holds no Diffie-Hellman parameters in PEM`, { code: 'ETLSOPTION' });
}

function readAll(what: string, paths: readonly string[] | undefined): Promise<string[]> {
  return Promise.all((paths ?? []).map((path) => readCertificates(what, path)));
}

function checkPair(files: TlsFiles, key: string | undefined, certificate: string | undefined): void {
  if (key === undefined && certificate === undefined) return;
  if (key === undefined || certificate === undefined) {
    throw new EndpointError('a TLS key and a TLS certificate are only of use together', { code: 'ETLSCERT' });
  }
  if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return;
  throw new EndpointError(`the TLS key ${files.key} does not belong to the TLS certificate ${files.certificate}`, {
    code: 'ETLSKEY',
  });
}

/** Whether OpenSSL takes an option; it only says so when a context is made. */
function tryContext(what: string, options: SecureContextOptions): void {
  try {
    createSecureContext(options);
  } catch (error) {
    throw new EndpointError(`OpenSSL refuses ${what}: ${reasonOf(error)}`, { code: 'ETLSOPTION', cause: error });
  }
}

/**
 * Reads and checks the files, for TLS 1.2 and later (Crossbar still lets 1.1 in).
 * @throws EndpointError naming the file that is missing, unreadable, encrypted, damaged or does not match
 */
export async function readTlsFiles(files: TlsFiles): Promise<SecureContextOptions> {
  const [key, certificate, chain, authorities, dhparam] = await Promise.all([
    files.key === undefined ? undefined : readKey(files.key),
    files.certificate === undefined ? undefined : readCertificates('TLS certificate', files.certificate),
    readAll('TLS chain certificate', files.chainCertificates),
    readAll('TLS CA certificate', files.caCertificates),
    files.dhparam === undefined ? undefined : readDhParameters(files.dhparam),
  ]);
  checkPair(files, key, certificate);
  if (files.ciphers !== undefined) tryContext(`the TLS ciphers "${files.ciphers}"`, { ciphers: files.ciphers });
  if (dhparam !== undefined) tryContext(`the TLS dhparam ${files.dhparam}`, { dhparam });
  const options: SecureContextOptions = {
    minVersion: 'TLSv1.2',
    ...(key === undefined ? {} : { key }),
    ...(certificate === undefined ? {} : { cert: certificate + chain.join('') }),
    ...(authorities.length === 0 ? {} : { ca: authorities }),
    ...(dhparam === undefined ? {} : { dhparam }),
    ...(files.ciphers === undefined ? {} : { ciphers: files.ciphers }),
  };
  tryContext('the TLS files', options);
  return options;
}
