import { type Dict, isDict } from '../wamp/dict.ts';
import { ERRORS } from '../wamp/errors.ts';
import type { Hello } from './authmethod.ts';
import { type Accept, type Deny, deny } from './outcome.ts';
import { plainCopy } from './plain-copy.ts';

/** The most that a proxy may tell of its client's connection: characters, bytes, 8 for each value. */
const TRANSPORT_SIZE = 64 * 1024;

/** Whom a proxy has let in, in the words of an authenticator's answer, and how that client is connected. */
export interface Proxied {
  readonly kind: 'proxied';
  readonly realm: string;
  readonly authid: string;
  readonly identity: Readonly<Dict>;
  readonly transport: Dict | null;
}

/**
 * What a proxy says of its client, in HELLO.authextra: `proxy_realm`, `proxy_authid`, `proxy_authrole` and
 * `proxy_authextra`, of which `transport` is the client's own connection. Crossbar: "anonymous-proxy",
 * "cryptosign-proxy". Whether that may be is still to be checked, as any answer of an authenticator is.
 *
 * It is believed on connections alone that only a proxy of ours can have: on a Unix socket, or by a
 * certificate of the client's (K13). The configuration's check sees to that too.
 */
export function proxiedBy({ authextra, transport }: Hello): Proxied | Deny {
  if (!isBackend(transport)) {
    return denied('a proxy must come by a Unix socket, or by TLS with a certificate of its own');
  }
  if (authextra === null) return denied('missing required details.authextra');
  for (const key of ['proxy_authid', 'proxy_authrole', 'proxy_realm']) {
    const value = authextra[key];
    if (value === undefined) return denied(`missing required attribute ${key} in details.authextra`);
    if (typeof value !== 'string' || value === '') return denied(`invalid attribute ${key} in details.authextra`);
  }
  const { proxy_realm: realm, proxy_authid: authid, proxy_authrole: role, proxy_authextra } = authextra;
  const extra = proxy_authextra ?? null;
  if (extra !== null && !isDict(extra)) return denied('invalid attribute proxy_authextra in details.authextra');
  const told = transportOf(extra);
  if (told === undefined) return denied('invalid attribute proxy_authextra.transport in details.authextra');
  const identity = { realm, authid, role, extra };
  return { kind: 'proxied', realm: String(realm), authid: String(authid), identity, transport: told };
}

/** The client is known by its own connection from now on, if the proxy told of it. */
export function withTransport(outcome: Accept | Deny, { transport }: Proxied): Accept | Deny {
  return outcome.kind === 'accept' && transport !== null ? { ...outcome, transport } : outcome;
}

function isBackend({ peer, is_secure, peer_cert }: Dict): boolean {
  const local = typeof peer === 'string' && /^unix(?::|$)/.test(peer);
  return local || (is_secure === true && isDict(peer_cert));
}

function transportOf(extra: Dict | null): Dict | null | undefined {
  const told = extra?.['transport'] ?? null;
  if (told === null) return null;
  if (!isDict(told)) return undefined;
  try {
    return plainCopy(told, TRANSPORT_SIZE) as Dict;
  } catch {
    return undefined;
  }
}

function denied(message: string): Deny {
  return deny(ERRORS.notAuthorized.uri, message);
}
