import type { Dict } from '../../wamp/dict.ts';
import { ERRORS } from '../../wamp/errors.ts';
import { authDetails } from '../authenticator.ts';
import type { AuthMethod, AuthMethodModule, AuthMethodParts, Hello } from '../authmethod.ts';
import { noPendingAuthentication } from '../denials.ts';
import { type Accept, type Deny, deny, type Outcome } from '../outcome.ts';
import { conclude, type Principal } from '../principal.ts';
import type { StepSignal } from '../step-signal.ts';
import { CraSecret } from './wampcra-secret.ts';
import { compileUsers, type WampCraStatic } from './wampcra-static.ts';

const NAME = 'wampcra';

/** 64 characters of base64. */
const NONCE_BYTES = 48;

/**
 * [WAMP: Challenge Response Authentication] Crossbar: "wampcra". The client signs a text with the
 * secret that it shares with the router, or with a key derived from it.
 */
export const WAMPCRA: AuthMethodModule<WampCraStatic> = {
  name: NAME,
  compileStatic: compileUsers,
  start: (parts) => new WampCra(parts),
};

interface Pending {
  readonly principal: Principal;
  readonly secret: CraSecret;
  readonly challenge: string;
}

class WampCra implements AuthMethod {
  readonly #parts: AuthMethodParts;
  #pending: Pending | null = null;

  constructor(parts: AuthMethodParts) {
    this.#parts = parts;
  }

  async hello(hello: Hello, signal: StepSignal): Promise<Outcome> {
    const { assign, authenticator, defaultRole, keyDerivation } = this.#parts;
    const { realm, authid, authrole } = hello;
    const details = authDetails(hello, NAME, { authid, authrole });
    const answer = await authenticator.authenticate(realm, authid, details, signal);
    const principal = assign(answer, { realm, authid, defaultRole });
    if (principal.kind === 'deny') return principal;
    const own = principal.credentials['secret'];
    // A table has its secrets prepared; whatever comes over the wire is text, or unusable.
    const secret = own instanceof CraSecret ? own : CraSecret.of(principal.credentials, keyDerivation);
    const challenge = this.#challengeFor(principal, hello.session);
    this.#pending = { principal, secret, challenge };
    return { kind: 'challenge', authmethod: NAME, extra: { challenge, ...secret.salting } };
  }

  async authenticate(signature: string, _extra: Dict, signal: StepSignal): Promise<Accept | Deny> {
    const pending = this.#pending;
    if (pending === null) return noPendingAuthentication();
    this.#pending = null;
    const { principal, secret, challenge } = pending;
    if (!(await secret.signed(challenge, signature, signal))) {
      return deny(ERRORS.notAuthorized.uri, 'WAMP-CRA client signature is invalid');
    }
    return conclude(principal, NAME, this.#parts.authenticator.provider);
  }

  /** In the bytes in which Python writes it, key by key: clients may sign it parsed and written anew. */
  #challengeFor({ authid, authrole }: Principal, session: number): string {
    const { authenticator, random, wallClock } = this.#parts;
    const [id, role, provider] = [authid, authrole, authenticator.provider].map((text) => JSON.stringify(text));
    const nonce = Buffer.from(random(NONCE_BYTES)).toString('base64');
    const timestamp = new Date(wallClock()).toISOString();
    const who = `"authid": ${id}, "authrole": ${role}, "authmethod": "${NAME}", "authprovider": ${provider}`;
    return `{${who}, "session": ${session}, "nonce": "${nonce}", "timestamp": "${timestamp}"}`;
  }
}
