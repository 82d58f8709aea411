import type { FailedLogins } from '../auth/failed-logins.ts';
import { deny, type Outcome } from '../auth/outcome.ts';
import { ERRORS } from '../wamp/errors.ts';
import type { Log } from '../wamp/log.ts';
import type { LoginAttempt } from './login-attempt.ts';

/** Denials that are nobody's guess: the router or an authenticator could not decide, or nothing was tried. */
const NO_GUESSES: ReadonlySet<string> = new Set([
  ERRORS.authenticationFailed.uri,
  ERRORS.authorizationFailed.uri,
  ERRORS.noAuthMethod.uri,
  ERRORS.noSuchProcedure.uri,
  ERRORS.noSuchRealm.uri,
  ERRORS.noSuchRole.uri,
  ERRORS.runtimeError.uri,
  ERRORS.canceled.uri,
  ERRORS.tooManyRequests.uri,
]);

export interface CountedPorts {
  readonly failures: FailedLogins;
  /** Where the client comes from. */
  readonly address: string;
  /** Failures that are allowed. */
  readonly perMinute: number;
  readonly log: Log;
}

/**
 * A login attempt whose failure counts against the address that it comes from, and that is refused without being tried
 * where there were too many.
 */
export function countedLogin(attempt: LoginAttempt, ports: CountedPorts): LoginAttempt {
  const { failures, address, perMinute, log } = ports;
  const refusal = () => {
    if (!failures.blocks(address, perMinute)) return null;
    return deny(ERRORS.authenticationFailed.uri, 'too many logins have failed from there: try again in a minute');
  };
  const judged = <Decision extends Outcome>(outcome: Decision): Decision => {
    if (outcome.kind !== 'deny' || NO_GUESSES.has(outcome.reason)) return outcome;
    // Told once: whoever tries many passwords at once, or goes on, would fill the log.
    const waits = failures.blocks(address, perMinute);
    failures.add(address, perMinute);
    if (!waits && failures.blocks(address, perMinute)) {
      log.warn('too many logins have failed from one address: it has to wait', {
        address,
        max_failed_logins: perMinute,
      });
    }
    return outcome;
  };
  return {
    hello: async (hello, signal) => refusal() ?? judged(await attempt.hello(hello, signal)),
    authenticate: async (signature, extra, signal) =>
      refusal() ?? judged(await attempt.authenticate(signature, extra, signal)),
  };
}
