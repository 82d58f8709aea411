import type { Dict } from '../wamp/dict.ts';
import { ERRORS } from '../wamp/errors.ts';
import { failureReport } from '../wamp/failure-report.ts';
import type { Log } from '../wamp/log.ts';
import { AuthenticationError } from './authenticator.ts';
import type { AuthMethod, Hello } from './authmethod.ts';
import { ANONYMOUS } from './authmethods/anonymous.ts';
import type { CookieVisit } from './cookie-visit.ts';
import { failed, givenUp, noAuthMethod, noPendingAuthentication } from './denials.ts';
import { type Accept, type Deny, deny, type Outcome } from './outcome.ts';
import type { AuthPolicy } from './policy.ts';
import { isAuthid, isRealmOrRole } from './principal.ts';
import { withoutReservedKeys } from './reserved-keys.ts';
import type { RandomBytes } from './serial-number.ts';
import type { StepSignal } from './step-signal.ts';

export interface LoginPorts {
  readonly random: RandomBytes;
  /** Its lines hold reasons, the router's own texts and places in the code: no credential, no authenticator's words. */
  readonly log: Log;
  /** What the connection has of cookies; null where there are none. */
  readonly cookie: CookieVisit | null;
}

/**
 * One login attempt: HELLO, and, if that ends in a Challenge, the one AUTHENTICATE that answers it (K4).
 * Neither method ever rejects: whatever fails, fails closed, in a Deny.
 *
 * The signals end what is under way (the client left, the session's deadline passed); the outcome is then
 * a Deny that nobody waits for. Crossbar: "Generic HELLO processing".
 */
export class Login {
  readonly #policy: AuthPolicy;
  readonly #ports: LoginPorts;
  /** null: not begun, over, or busy. */
  #challenged: AuthMethod | null = null;
  /** Null: not begun. */
  #hello: Hello | null = null;
  /** The authmethod that is configured and was chosen, for the log. */
  #authmethod: string | null = null;

  constructor(policy: AuthPolicy, ports: LoginPorts) {
    this.#policy = policy;
    this.#ports = ports;
  }

  /** Who it is about is put together when there is something to say. */
  get #log(): Log {
    const hello = this.#hello;
    const about = hello === null ? {} : { session: hello.session, peer: hello.transport['peer'] };
    return this.#ports.log.with(this.#authmethod === null ? about : { ...about, authmethod: this.#authmethod });
  }

  async hello(hello: Hello, signal: StepSignal): Promise<Outcome> {
    if (this.#hello !== null) return noPendingAuthentication();
    this.#hello = hello;
    let chosen: AuthMethod | null = null;
    const outcome = await this.#decide(signal, async () => {
      const unusable = refuseUnusable(hello);
      if (unusable !== null) return unusable;
      const restored = this.#ports.cookie?.restore(hello.authmethods) ?? null;
      if (restored !== null) return restored;
      const method = this.#choose(hello);
      if ('kind' in method) return method;
      chosen = method;
      if (method.believesProxy === true || hello.authextra === null) return method.hello(hello, signal);
      // Its transport may be no property of its own.
      const { transport } = hello;
      return method.hello({ ...hello, transport, authextra: withoutReservedKeys(hello.authextra) }, signal);
    });
    if (outcome.kind === 'challenge') this.#challenged = chosen;
    return outcome;
  }

  async authenticate(signature: string, extra: Dict, signal: StepSignal): Promise<Accept | Deny> {
    const method = this.#challenged;
    if (method === null) return noPendingAuthentication();
    this.#challenged = null;
    return this.#decide(signal, () => method.authenticate(signature, extra, signal));
  }

  /** The first of the client's authmethods that is configured; unknown ones are skipped. What it decides is final. */
  #choose(hello: Hello): AuthMethod | Deny {
    if (this.#policy.open) return this.#openDoor(hello);
    for (const name of hello.authmethods) {
      const method = this.#policy.start(name);
      if (method === null) continue;
      this.#authmethod = name;
      return method;
    }
    return noAuthMethod(2, hello.authmethods);
  }

  #openDoor(hello: Hello): AuthMethod | Deny {
    if (!hello.authmethods.includes(ANONYMOUS.name)) return noAuthMethod(1, hello.authmethods);
    if (hello.realm === null) return deny(ERRORS.noSuchRealm.uri, 'no realm requested');
    return this.#policy.openDoor(this.#ports.cookie?.anonymousAuthid ?? null);
  }

  async #decide<Decision extends Outcome>(signal: StepSignal, step: () => Promise<Decision>): Promise<Decision | Deny> {
    try {
      const outcome = signal.aborted ? givenUp() : await step();
      if (signal.aborted) return givenUp();
      if (outcome.kind === 'deny') this.#log.info('login denied', { reason: outcome.reason, text: outcome.message });
      return outcome;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): Deny {
    if (error instanceof AuthenticationError) {
      this.#log.info('login denied', { reason: error.deny.reason, text: error.message });
      return error.deny;
    }
    const reference = Buffer.from(this.#ports.random(4)).toString('hex');
    this.#log.error('login failed', { reference, ...failureReport(error) });
    return failed(reference);
  }
}

/** What no authenticator should be bothered with. */
function refuseUnusable({ realm, authid }: Hello): Deny | null {
  if (realm !== null && !isRealmOrRole(realm)) {
    return deny(ERRORS.invalidUri.uri, 'the realm asked for is not a valid URI');
  }
  if (authid !== null && authid !== '' && !isAuthid(authid)) {
    return deny(ERRORS.notAuthorized.uri, 'the authid is too long or holds control characters');
  }
  return null;
}
