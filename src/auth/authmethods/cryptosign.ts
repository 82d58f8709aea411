import { type Dict, isDict } from '../../wamp/dict.ts';
import { ERRORS } from '../../wamp/errors.ts';
import { authDetails } from '../authenticator.ts';
import type { AuthMethod, AuthMethodModule, AuthMethodParts, Hello } from '../authmethod.ts';
import { noPendingAuthentication } from '../denials.ts';
import { type Accept, type Deny, deny, type Outcome } from '../outcome.ts';
import { assignPrincipal, conclude, type Principal } from '../principal.ts';
import { pythonStr } from '../python-text.ts';
import { CryptosignKey } from './cryptosign-key.ts';
import { type CryptosignStatic, compileKeys } from './cryptosign-static.ts';

const NAME = 'cryptosign';

/** Bytes of a challenge, and of the id of a channel that it is bound to. */
const SIZE = 32;

/** [RFC 5929] for TLS up to 1.2, [RFC 9266] for TLS 1.3. */
const BINDINGS: ReadonlySet<unknown> = new Set(['tls-unique', 'tls-exporter']);

/**
 * [WAMP: Cryptosign-based Authentication] Crossbar: "cryptosign". The client signs a challenge with its
 * private key. The client's own challenge, by which a router proves itself, is ignored, as Crossbar does
 * where it has no key of its own.
 */
export const CRYPTOSIGN: AuthMethodModule<CryptosignStatic> = {
  name: NAME,
  compileStatic: compileKeys,
  start: (parts) => new Cryptosign(parts),
};

interface Pending {
  readonly principal: Principal;
  readonly key: CryptosignKey;
  /** What is to be signed. */
  readonly message: Uint8Array;
}

class Cryptosign implements AuthMethod {
  readonly #parts: AuthMethodParts;
  #pending: Pending | null = null;

  constructor(parts: AuthMethodParts) {
    this.#parts = parts;
  }

  async hello(hello: Hello, signal: AbortSignal): Promise<Outcome> {
    const { authenticator, defaultRole, random } = this.#parts;
    const { realm, authid, authrole } = hello;
    const requested = hello.authextra?.['channel_binding'] ?? null;
    if (requested !== null && !BINDINGS.has(requested)) {
      const text = `invalid channel binding type "${pythonStr(requested)}" requested`;
      return deny(ERRORS.notAuthorized.uri, text);
    }
    const details = authDetails(hello, NAME, { authid, authrole });
    const answer = await authenticator.authenticate(realm, authid, details, signal);
    const principal = assignPrincipal(answer, { realm, authid, defaultRole });
    if (principal.kind === 'deny') return principal;
    const own = principal.credentials['pubkey'];
    // A table has its keys prepared; whatever comes over the wire is text, or unusable.
    const key = own instanceof CryptosignKey ? own : CryptosignKey.of(principal.credentials);

    const challenge = random(SIZE);
    const channel = channelId(hello.transport, requested);
    this.#pending = { principal, key, message: channel === null ? challenge : xor(challenge, channel) };
    // K11: a binding that cannot be had is never named as if it held; the client decides whether it goes on.
    const binding = channel === null ? null : requested;
    return {
      kind: 'challenge',
      authmethod: NAME,
      extra: { challenge: Buffer.from(challenge).toString('hex'), channel_binding: binding },
    };
  }

  async authenticate(signature: string): Promise<Accept | Deny> {
    const pending = this.#pending;
    if (pending === null) return noPendingAuthentication();
    this.#pending = null;
    const { principal, key, message } = pending;
    return key.refuse(signature, message) ?? conclude(principal, NAME, this.#parts.authenticator.provider);
  }
}

/** What the connection is known by on both of its ends, or null. */
function channelId(transport: Dict, binding: unknown): Uint8Array | null {
  const ids = transport['channel_id'];
  if (typeof binding !== 'string' || !isDict(ids) || !Object.hasOwn(ids, binding)) return null;
  const id = ids[binding];
  return id instanceof Uint8Array && id.length === SIZE ? id : null;
}

function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, at) => byte ^ (right[at] ?? 0));
}
