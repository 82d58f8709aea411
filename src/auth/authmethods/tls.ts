import { type Dict, isDict } from '../../wamp/dict.ts';
import { ERRORS } from '../../wamp/errors.ts';
import { AuthenticationError, authDetails } from '../authenticator.ts';
import type { FindPrincipal } from '../authenticators/static.ts';
import type { AuthMethod, AuthMethodModule, AuthMethodParts, Hello } from '../authmethod.ts';
import { noPendingAuthentication } from '../denials.ts';
import { type Accept, type Deny, deny } from '../outcome.ts';
import { conclude, isAuthid } from '../principal.ts';
import type { StepSignal } from '../step-signal.ts';

const NAME = 'tls';

/** The keys of a certificate's dictionary by which a principal may be known; what they hold is unique to it. */
const PINS = ['spki_sha256', 'sha256', 'sha1'] as const;
type Pin = (typeof PINS)[number];

export interface TlsPrincipal {
  /** Digests by what they are of, in hexadecimal digits with or without colons; any of them will do. */
  readonly pins: { readonly [Name in Pin]: readonly string[] };
  /** null: the entry's `default-role`. */
  readonly role: string | null;
  /** The realm of this client, whatever it asks for; null: the one that it asks for. */
  readonly realm: string | null;
}

/** `tls` of `type: static`. */
export interface TlsStatic {
  /** By authid. */
  readonly principals: ReadonlyMap<string, TlsPrincipal>;
}

/**
 * Crossbar: "tls". The client has proved by its TLS certificate who it is; the endpoint has checked that.
 * There is no challenge, and HELLO.authid says nothing to a table.
 */
export const TLS: AuthMethodModule<TlsStatic> = {
  name: NAME,
  compileStatic: compilePins,
  start: (parts) => new Tls(parts),
};

class Tls implements AuthMethod {
  readonly #parts: AuthMethodParts;

  constructor(parts: AuthMethodParts) {
    this.#parts = parts;
  }

  async hello(hello: Hello, signal: StepSignal): Promise<Accept | Deny> {
    const { assign, authenticator, defaultRole } = this.#parts;
    const { realm, authid } = hello;
    if (!isDict(hello.transport['peer_cert'])) {
      return deny(ERRORS.notAuthorized.uri, 'client did not send a TLS client certificate');
    }
    const answer = await authenticator.authenticate(realm, authid, authDetails(hello, NAME), signal);
    return conclude(assign(answer, { realm, authid, defaultRole }), NAME, authenticator.provider);
  }

  async authenticate(): Promise<Deny> {
    return noPendingAuthentication();
  }
}

/** By the most telling pin first. */
function compilePins({ principals }: TlsStatic): FindPrincipal {
  const known = new Map<string, Readonly<Dict>>();
  for (const [authid, { pins, role, realm }] of principals) {
    const place = `auth.tls.principals[${JSON.stringify(authid)}]`;
    if (!isAuthid(authid)) throw new TypeError(`${place}: cannot be an authid`);
    const identity = { authid, ...(role !== null && { role }), ...(realm !== null && { realm }) };
    const named = new Set(PINS.flatMap((name) => pins[name].map((digest) => pinKey(name, digest))));
    if (named.size === 0) throw new TypeError(`${place}: names no certificate and no public key`);
    for (const pin of named) {
      if (known.has(pin)) throw new TypeError(`${place}: another principal has the same certificate or key`);
      known.set(pin, identity);
    }
  }
  return (_authid, { transport }) => {
    const certificate = transport['peer_cert'] as Dict;
    for (const name of PINS) {
      const identity = known.get(pinKey(name, String(certificate[name])));
      if (identity !== undefined) return identity;
    }
    const text = `no principal with authid "${certificate['sha1']}" exists`;
    throw new AuthenticationError(deny(ERRORS.notAuthorized.uri, text));
  };
}

function pinKey(name: Pin, digest: string): string {
  return `${name} ${digest.replaceAll(':', '').toLowerCase()}`;
}
