import { authDetails } from '../authenticator.ts';
import type { AuthMethod, AuthMethodModule, AuthMethodParts, Hello } from '../authmethod.ts';
import { noPendingAuthentication } from '../denials.ts';
import type { Accept, Deny, Outcome } from '../outcome.ts';
import { conclude, type Principal } from '../principal.ts';
import { type Proxied, proxiedBy, withTransport } from '../proxied.ts';
import type { StepSignal } from '../step-signal.ts';
import { challengeFor, openingOf, type Signing } from './cryptosign-challenge.ts';
import { CryptosignKey } from './cryptosign-key.ts';
import { type CryptosignStatic, compileKeys } from './cryptosign-static.ts';

const NAME = 'cryptosign-proxy';

/**
 * Crossbar: "cryptosign-proxy". A proxy in front of the router proves who it is by its key, and says whom it
 * has let in. Of the authenticator's answer the key counts, and that there is one. Crossbar lets it in
 * without the proof (K13).
 */
export const CRYPTOSIGN_PROXY: AuthMethodModule<CryptosignStatic> = {
  name: NAME,
  compileStatic: compileKeys,
  start: (parts) => new CryptosignProxy(parts),
};

interface Pending {
  readonly proxied: Proxied;
  readonly principal: Principal;
  readonly signing: Signing;
}

class CryptosignProxy implements AuthMethod {
  readonly believesProxy = true;
  readonly #parts: AuthMethodParts;
  #pending: Pending | null = null;

  constructor(parts: AuthMethodParts) {
    this.#parts = parts;
  }

  async hello(hello: Hello, signal: StepSignal): Promise<Outcome> {
    const proxied = proxiedBy(hello);
    if (proxied.kind === 'deny') return proxied;
    const opening = openingOf(hello, this.#parts);
    if (opening.kind === 'deny') return opening;
    const { assign, authenticator } = this.#parts;
    const { realm, authid, identity } = proxied;
    // Of the proxy itself: the client's name would not find its key.
    const details = authDetails(hello, NAME, { authid: hello.authid, authrole: hello.authrole });
    const answer = await authenticator.authenticate(realm, hello.authid, details, signal);
    const asked = { realm, authid, defaultRole: String(identity['role']) };
    const proxy = assign(answer, asked);
    if (proxy.kind === 'deny') return proxy;
    const principal = assign(identity, asked);
    if (principal.kind === 'deny') return principal;
    const signing = challengeFor(CryptosignKey.of(proxy.credentials), opening, this.#parts);
    this.#pending = { proxied, principal, signing };
    return { kind: 'challenge', authmethod: NAME, extra: signing.extra };
  }

  async authenticate(signature: string): Promise<Accept | Deny> {
    const pending = this.#pending;
    if (pending === null) return noPendingAuthentication();
    this.#pending = null;
    const { proxied, principal, signing } = pending;
    const { provider } = this.#parts.authenticator;
    return signing.refuse(signature) ?? withTransport(conclude(principal, NAME, provider), proxied);
  }
}
