import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Files of a small public key infrastructure, made anew for each run. */
export interface Certificates {
  readonly ca: string;
  /** For `localhost` and 127.0.0.1, signed by `intermediate`. */
  readonly serverKey: string;
  readonly serverCertificate: string;
  readonly intermediate: string;
  readonly clientKey: string;
  readonly clientCertificate: string;
  /** Of an authority that is trusted, but in the past. */
  readonly expiredCertificate: string;
  /** Signed by itself. */
  readonly strangerKey: string;
  readonly strangerCertificate: string;
  /** `serverKey`, encrypted: in PKCS #8, and in the traditional format. */
  readonly encryptedKey: string;
  readonly traditionalKey: string;
}

export function hasOpenssl(): boolean {
  return spawnSync('openssl', ['version']).status === 0;
}

function openssl(directory: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { cwd: directory, encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
}

/** Makes the files in a directory with the machine's `openssl`. */
export function makeCertificates(directory: string): Certificates {
  const at = (name: string): string => path.join(directory, name);
  const make = (name: string, extensions: readonly string[], signer?: string): void => {
    const signed = signer === undefined ? [] : ['-CA', `${signer}.pem`, '-CAkey', `${signer}.key`];
    const added = extensions.flatMap((extension) => ['-addext', extension]);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`];
    openssl(
      directory,
      'req',
      '-x509',
      ...key,
      ...signed,
      '-days',
      '30',
      '-subj',
      `/CN=${name}`,
      ...added,
      '-out',
      `${name}.pem`,
    );
  };
  const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
  const leaf = ['basicConstraints=critical,CA:FALSE'];
  make('ca', authority);
  make('intermediate', authority, 'ca');
  make('server', [...leaf, 'subjectAltName=DNS:localhost,IP:127.0.0.1'], 'intermediate');
  make('client', leaf, 'ca');
  make('stranger', leaf);
  openssl(directory, 'req', '-new', '-key', 'client.key', '-subj', '/CN=expired', '-out', 'expired.csr');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '7'];
  openssl(directory, 'x509', '-req', '-in', 'expired.csr', ...signed, '-days', '-1', '-out', 'expired.pem');
  openssl(directory, 'pkcs8', '-topk8', '-in', 'server.key', '-passout', 'pass:x', '-out', 'encrypted.key');
  openssl(directory, 'ec', '-in', 'server.key', '-aes128', '-passout', 'pass:x', '-out', 'traditional.key');
  return {
    ca: at('ca.pem'),
    serverKey: at('server.key'),
    serverCertificate: at('server.pem'),
    intermediate: at('intermediate.pem'),
    clientKey: at('client.key'),
    clientCertificate: at('client.pem'),
    expiredCertificate: at('expired.pem'),
    strangerKey: at('stranger.key'),
    strangerCertificate: at('stranger.pem'),
    encryptedKey: at('encrypted.key'),
    traditionalKey: at('traditional.key'),
  };
}
