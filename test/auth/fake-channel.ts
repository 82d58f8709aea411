import { createHash } from 'node:crypto';
import type { TlsChannel } from '../../src/wamp/tls-channel.ts';

export const FINISHED = { client: Buffer.alloc(12, 3), server: Buffer.alloc(12, 4) };
export const EXPORTED = Buffer.alloc(32, 5);

/** A TLS session that both ends know the same of. */
export function fakeChannel(version: string): TlsChannel {
  return { version, finished: () => FINISHED, exporter: () => (version === 'TLSv1.3' ? EXPORTED : null) };
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
