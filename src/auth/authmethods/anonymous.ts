import type { Dict } from '../../wamp/dict.ts';
import { authDetails } from '../authenticator.ts';
import type { AuthMethod, AuthMethodModule, AuthMethodParts, Hello } from '../authmethod.ts';
import { noPendingAuthentication } from '../denials.ts';
import type { Accept, Deny } from '../outcome.ts';
import { conclude, isAuthid } from '../principal.ts';
import { serialNumber } from '../serial-number.ts';
import type { StepSignal } from '../step-signal.ts';

const NAME = 'anonymous';

/** `anonymous` of `type: static`. */
export interface AnonymousStatic {
  /** Crossbar's default: `anonymous`. */
  readonly role: string;
  /** The authid of all these clients; null: a random one for each. */
  readonly authid: string | null;
}

/** [WAMP: no authentication] Crossbar: "anonymous". HELLO.authid is ignored. */
export const ANONYMOUS: AuthMethodModule<AnonymousStatic> = {
  name: NAME,
  compileStatic({ role, authid }) {
    if (authid !== null && !isAuthid(authid)) throw new TypeError('auth.anonymous.authid: cannot be an authid');
    const principal: Readonly<Dict> = authid === null ? { role } : { role, authid };
    return () => principal;
  },
  start: (parts) => new Anonymous(parts),
};

class Anonymous implements AuthMethod {
  readonly #parts: AuthMethodParts;

  constructor(parts: AuthMethodParts) {
    this.#parts = parts;
  }

  async hello(hello: Hello, signal: StepSignal): Promise<Accept | Deny> {
    const { assign, authenticator, defaultRole, random } = this.#parts;
    const { realm } = hello;
    const authid = serialNumber(random);
    const answer = await authenticator.authenticate(realm, authid, authDetails(hello, NAME), signal);
    return conclude(assign(answer, { realm, authid, defaultRole }), NAME, authenticator.provider);
  }

  async authenticate(): Promise<Deny> {
    return noPendingAuthentication();
  }
}
