import { createHash } from 'node:crypto';
import type { Dict } from '../wamp/dict.ts';
import { ERRORS } from '../wamp/errors.ts';
import type { TlsChannel } from '../wamp/tls-channel.ts';
import { type Deny, deny } from './outcome.ts';
import { pythonStr } from './python-text.ts';

/** [RFC 5929] for TLS up to 1.2, [RFC 9266] for TLS 1.3. */
const TYPES = ['tls-unique', 'tls-exporter'] as const;

export type BindingType = (typeof TYPES)[number];

/** `channel_binding` of an authmethod's configuration: whether logins must be bound to their TLS session. */
export type BindingRule = 'optional' | 'required';

/**
 * The type that a client asks for in `authextra.channel_binding`, null for none, or why it stays out:
 * Crossbar's text, or that a binding is required.
 */
export function requestedBinding(authextra: Dict | null, rule: BindingRule): BindingType | null | Deny {
  const requested = authextra?.['channel_binding'] ?? null;
  if (requested === null) {
    if (rule !== 'required') return null;
    return deny(ERRORS.authenticationFailed.uri, 'channel binding is required');
  }
  const type = TYPES.find((known) => known === requested);
  if (type !== undefined) return type;
  return deny(ERRORS.notAuthorized.uri, `invalid channel binding type "${pythonStr(requested)}" requested`);
}

/** A login is never bound less than the client asked for (K11). Text: Crossbar's. */
export function unboundChannel(type: BindingType): Deny {
  const text = `channel binding "${type}" requested, but the transport has no TLS channel ID`;
  return deny(ERRORS.notAuthorized.uri, text);
}

/**
 * What cryptosign binds to: 32 bytes, in each way that clients compute them; none where the connection has
 * no such binding.
 *
 * `tls-unique` is SHA-256 of a Finished message: the client's [RFC 5929] for Autobahn of 2026, the server's
 * for older ones. Both compute it over TLS 1.3 too, where RFC 5929 says nothing; those messages are as
 * unique there, each made with keys of its one session, so such clients are not shut out.
 */
export function channelIds(channel: TlsChannel | null, type: BindingType): Uint8Array[] {
  if (type === 'tls-exporter') {
    const exported = channel?.exporter() ?? null;
    return exported === null ? [] : [exported];
  }
  const finished = channel?.finished() ?? null;
  return finished === null ? [] : [sha256(finished.client), sha256(finished.server)];
}

/** What SCRAM binds to, by the RFCs to the letter; null where the connection has no such binding. [RFC 5802, 6] */
export function channelData(channel: TlsChannel | null, type: BindingType): Uint8Array | null {
  if (channel === null) return null;
  if (type === 'tls-exporter') return channel.exporter();
  return channel.version === 'TLSv1.3' ? null : (channel.finished()?.client ?? null);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
