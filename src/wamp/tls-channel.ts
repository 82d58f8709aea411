/**
 * What both ends of a TLS session know of it and nobody in between can make equal on two sessions: what a
 * login is bound to. Each is null where it cannot be had (any more). [RFC 5056]
 */
export interface TlsChannel {
  /** `TLSv1.2`, `TLSv1.3` … */
  readonly version: string;
  /** The Finished messages of the two ends. */
  finished(): { readonly client: Uint8Array; readonly server: Uint8Array } | null;
  /** 32 bytes of keying material, for TLS 1.3. [RFC 9266] */
  exporter(): Uint8Array | null;
}
