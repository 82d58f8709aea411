import type { LoginTrace } from '../auth/login-trace.ts';
import type { Outcome } from '../auth/outcome.ts';
import type { LoginAttempt } from './login-attempt.ts';

/** A login attempt that tells what was decided after each message of the client. */
export function tracedLogin(attempt: LoginAttempt, trace: LoginTrace): LoginAttempt {
  const told = <Decision extends Outcome>(after: 'HELLO' | 'AUTHENTICATE', outcome: Decision): Decision => {
    trace({ kind: 'decided', after, outcome });
    return outcome;
  };
  return {
    hello: async (hello, signal) => told('HELLO', await attempt.hello(hello, signal)),
    authenticate: async (signature, extra, signal) =>
      told('AUTHENTICATE', await attempt.authenticate(signature, extra, signal)),
  };
}
