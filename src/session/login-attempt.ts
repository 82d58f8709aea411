import type { Hello } from '../auth/authmethod.ts';
import { type Accept, type Deny, deny, type Outcome } from '../auth/outcome.ts';
import type { StepSignal } from '../auth/step-signal.ts';
import type { Dict } from '../wamp/dict.ts';
import { ERRORS } from '../wamp/errors.ts';

/** One login attempt, as a session sees it. `auth/login.ts` is the one for clients. */
export interface LoginAttempt {
  hello(hello: Hello, signal: StepSignal): Promise<Outcome>;
  authenticate(signature: string, extra: Dict, signal: StepSignal): Promise<Accept | Deny>;
}

/** For the router's own sessions and its components: whoever holds the other end is who the router says. */
export function grantedLogin(principal: { realm: string; authid: string; authrole: string }): LoginAttempt {
  const accept: Accept = {
    kind: 'accept',
    ...principal,
    authmethod: 'trusted',
    authprovider: 'static',
    authextra: null,
  };
  return {
    hello: async () => accept,
    authenticate: async () => deny(ERRORS.protocolViolation.uri),
  };
}
