/** What of TLS an endpoint allows: the "intermediate" recommendation of Mozilla (version 5.7) unless configured otherwise. */
import type { SecureContextOptions } from 'node:tls';

export type TlsVersion = '1.1' | '1.2' | '1.3';

const PROTOCOLS = { '1.1': 'TLSv1.1', '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' } as const;

/** Suites of TLS 1.3; a list of older ones says nothing of these. */
const SUITES_13 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

const SUITES_12 = [
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305',
].join(':');

/** TLS 1.1 has no others with forward secrecy; it signs by SHA-1, which OpenSSL takes at this level only. */
const SUITES_11 = 'ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:@SECLEVEL=0';

export interface TlsSettings {
  /** Default 1.2. Crossbar lets 1.1 in up to release 26.1, and 1.3 alone from 26.10. */
  readonly minVersion?: TlsVersion | undefined;
  /** Default 1.3. */
  readonly maxVersion?: TlsVersion | undefined;
  /** In OpenSSL's words, for TLS up to 1.2; names of TLS 1.3 suites in it count too. Crossbar: `ciphers`. */
  readonly ciphers?: string | undefined;
}

export function contextSettings(settings: TlsSettings): SecureContextOptions {
  const { minVersion = '1.2', maxVersion = '1.3' } = settings;
  return {
    minVersion: PROTOCOLS[minVersion],
    maxVersion: PROTOCOLS[maxVersion],
    ciphers: cipherList(settings.ciphers, minVersion),
  };
}

/** Node takes a list without suites of TLS 1.3 for the wish to do without TLS 1.3; OpenSSL and Crossbar do not. */
function cipherList(configured: string | undefined, minVersion: TlsVersion): string {
  const older = configured ?? (minVersion === '1.1' ? `${SUITES_12}:${SUITES_11}` : SUITES_12);
  return /(?:^|[:, ])TLS_/.test(older) ? older : `${SUITES_13}:${older}`;
}
