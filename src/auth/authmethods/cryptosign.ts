import { authDetails } from '../authenticator.ts';
import type { AuthMethod, AuthMethodModule, AuthMethodParts, Hello } from '../authmethod.ts';
import { noPendingAuthentication } from '../denials.ts';
import type { Accept, Deny, Outcome } from '../outcome.ts';
import { conclude, type Principal } from '../principal.ts';
import type { StepSignal } from '../step-signal.ts';
import { challengeFor, openingOf, type Signing } from './cryptosign-challenge.ts';
import { CryptosignKey } from './cryptosign-key.ts';
import { type CryptosignStatic, compileKeys } from './cryptosign-static.ts';

const NAME = 'cryptosign';

/**
 * [WAMP: Cryptosign-based Authentication] Crossbar: "cryptosign". The client signs a challenge with its
 * private key. The router signs the client's own challenge with the node key, whatever kind of
 * authenticator there is (Crossbar: static ones only).
 */
export const CRYPTOSIGN: AuthMethodModule<CryptosignStatic> = {
  name: NAME,
  compileStatic: compileKeys,
  start: (parts) => new Cryptosign(parts),
};

interface Pending {
  readonly principal: Principal;
  readonly signing: Signing;
}

class Cryptosign implements AuthMethod {
  readonly #parts: AuthMethodParts;
  #pending: Pending | null = null;

  constructor(parts: AuthMethodParts) {
    this.#parts = parts;
  }

  async hello(hello: Hello, signal: StepSignal): Promise<Outcome> {
    const { assign, authenticator, defaultRole } = this.#parts;
    const { realm, authid, authrole } = hello;
    const opening = openingOf(hello, this.#parts);
    if (opening.kind === 'deny') return opening;
    const details = authDetails(hello, NAME, { authid, authrole });
    const answer = await authenticator.authenticate(realm, authid, details, signal);
    const principal = assign(answer, { realm, authid, defaultRole });
    if (principal.kind === 'deny') return principal;
    const signing = challengeFor(CryptosignKey.of(principal.credentials), opening, this.#parts);
    this.#pending = { principal, signing };
    return { kind: 'challenge', authmethod: NAME, extra: signing.extra };
  }

  async authenticate(signature: string): Promise<Accept | Deny> {
    const pending = this.#pending;
    if (pending === null) return noPendingAuthentication();
    this.#pending = null;
    const { principal, signing } = pending;
    return signing.refuse(signature) ?? conclude(principal, NAME, this.#parts.authenticator.provider);
  }
}
