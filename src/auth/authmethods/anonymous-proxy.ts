import { isDict } from '../../wamp/dict.ts';
import { authDetails } from '../authenticator.ts';
import type { AuthMethod, AuthMethodModule, AuthMethodParts, Hello } from '../authmethod.ts';
import { noPendingAuthentication } from '../denials.ts';
import type { Accept, Deny } from '../outcome.ts';
import { conclude } from '../principal.ts';
import { type Proxied, proxiedBy, withTransport } from '../proxied.ts';
import type { StepSignal } from '../step-signal.ts';

const NAME = 'anonymous-proxy';

/** `anonymous-proxy` of `type: static` has nothing to say: the proxy says who its clients are. */
export type AnonymousProxyStatic = Readonly<Record<never, never>>;

/**
 * Crossbar: "anonymous-proxy". A proxy in front of the router says whom it has let in. An authenticator
 * that is asked too may refuse, and change what the proxy said.
 */
export const ANONYMOUS_PROXY: AuthMethodModule<AnonymousProxyStatic> = {
  name: NAME,
  compileStatic: () => () => ({}),
  start: (parts) => new AnonymousProxy(parts),
};

class AnonymousProxy implements AuthMethod {
  readonly believesProxy = true;
  readonly #parts: AuthMethodParts;

  constructor(parts: AuthMethodParts) {
    this.#parts = parts;
  }

  async hello(hello: Hello, signal: StepSignal): Promise<Accept | Deny> {
    const proxied = proxiedBy(hello);
    if (proxied.kind === 'deny') return proxied;
    const { assign, authenticator, defaultRole } = this.#parts;
    const { realm, authid } = proxied;
    const details = authDetails(hello, NAME, { authid, authrole: proxied.identity['role'] });
    const answer =
      authenticator.provider === 'static' ? {} : await authenticator.authenticate(realm, authid, details, signal);
    const principal = assign(changed(proxied, answer), { realm, authid, defaultRole });
    return withTransport(conclude(principal, NAME, authenticator.provider), proxied);
  }

  async authenticate(): Promise<Deny> {
    return noPendingAuthentication();
  }
}

/** What the proxy said, with what the authenticator says over it. */
function changed({ identity }: Proxied, answer: unknown): unknown {
  if (typeof answer === 'string') return { ...identity, role: answer };
  return isDict(answer) ? { ...identity, ...answer } : answer;
}
