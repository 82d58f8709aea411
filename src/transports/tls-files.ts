import { createPrivateKey, X509Certificate } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { EndpointError, errorCode, reasonOf } from './endpoint-error.ts';
import { certificateWarnings, checkDhParameters, checkPair } from './tls-checks.ts';
import { contextSettings, type TlsSettings } from './tls-settings.ts';

/** The files of one side of TLS, all PEM. Crossbar: `tls` of an endpoint. */
export interface TlsFiles extends TlsSettings {
  /** Path of the private key, unencrypted. */
  readonly key?: string | undefined;
  /** Path of the certificate; the chain may follow in the same file. */
  readonly certificate?: string | undefined;
  /** Paths of intermediate certificates, from the one that signed `certificate` upwards. */
  readonly chainCertificates?: readonly string[] | undefined;
  /** Path of Diffie-Hellman parameters, of at least 2,048 bits. Without them, no DHE ciphers. */
  readonly dhparam?: string | undefined;
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

/** Each of them on its own. */
async function readCertificates(what: string, path: string): Promise<string[]> {
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
  return blocks.map((block) => `${block}\n`);
}

/** Node drops parameters that it cannot read without a word. */
async function readDhParameters(path: string): Promise<string> {
  const pem = await readPem('TLS dhparam', path);
  if (!DH_PARAMETERS.test(pem)) {
    const text = `the TLS dhparam ${path} holds no Diffie-Hellman parameters in PEM`;
    throw new EndpointError(text, { code: 'ETLSOPTION' });
  }
  return pem;
}

async function readAll(
  what: string,
  paths: readonly string[] | undefined,
): Promise<(readonly [path: string, pem: string])[]> {
  const files = (paths ?? []).map(async (path) => {
    return (await readCertificates(what, path)).map((pem) => [path, pem] as const);
  });
  return (await Promise.all(files)).flat();
}

/** Whether OpenSSL takes an option; it only says so when a context is made. */
function tryContext(what: string, options: SecureContextOptions): void {
  try {
    createSecureContext(options);
  } catch (error) {
    throw new EndpointError(`OpenSSL refuses ${what}: ${reasonOf(error)}`, { code: 'ETLSOPTION', cause: error });
  }
}

/** What a context is made of, and what is not quite right with it. */
export interface TlsContext {
  readonly options: SecureContextOptions;
  /** Sentences for the log. */
  readonly warnings: readonly string[];
}

/**
 * Reads and checks the files.
 * @param now milliseconds since 1970, UTC
 * @throws EndpointError naming the file that is missing, unreadable, encrypted, damaged, expired, too weak
 *   or does not match
 */
export async function readTlsFiles(files: TlsFiles, now = Date.now()): Promise<TlsContext> {
  const [key, certificates, chain, authorities, dhparam] = await Promise.all([
    files.key === undefined ? undefined : readKey(files.key),
    files.certificate === undefined ? [] : readCertificates('TLS certificate', files.certificate),
    readAll('TLS chain certificate', files.chainCertificates),
    readAll('TLS CA certificate', files.caCertificates),
    files.dhparam === undefined ? undefined : readDhParameters(files.dhparam),
  ]);
  checkPair({ paths: files, key, certificates, chain }, now);
  const settings = contextSettings(files);
  if (files.ciphers !== undefined) {
    // Alone, as suites of TLS 1.3 beside it would do for OpenSSL.
    tryContext(`the TLS ciphers "${files.ciphers}"`, { ciphers: files.ciphers });
    tryContext(`the TLS ciphers "${files.ciphers}"`, settings);
  }
  if (dhparam !== undefined && files.dhparam !== undefined) {
    tryContext(`the TLS dhparam ${files.dhparam}`, { dhparam });
    checkDhParameters(files.dhparam, dhparam);
  }
  const sent = [...certificates, ...chain.map(([, pem]) => pem)];
  const options: SecureContextOptions = {
    ...settings,
    ...(key === undefined ? {} : { key }),
    ...(sent.length === 0 ? {} : { cert: sent.join('') }),
    ...(authorities.length === 0 ? {} : { ca: authorities.map(([, pem]) => pem) }),
    ...(dhparam === undefined ? {} : { dhparam }),
  };
  tryContext('the TLS files', options);
  return { options, warnings: certificateWarnings(sent, now) };
}

/** The paths of all files that it reads. */
export function tlsPaths({ key, certificate, chainCertificates, caCertificates, dhparam }: TlsFiles): string[] {
  const paths = [key, certificate, dhparam, ...(chainCertificates ?? []), ...(caCertificates ?? [])];
  return paths.filter((path) => path !== undefined);
}
