import type { Clock } from '../../wamp/clock.ts';
import { ERRORS } from '../../wamp/errors.ts';
import { AuthenticationError } from '../authenticator.ts';
import { givenUp } from '../denials.ts';
import { deny } from '../outcome.ts';
import type { StepSignal } from '../step-signal.ts';
import type { CallGate } from './call-gates.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';

export interface CallBounds {
  readonly clock: Clock;
  readonly gate: CallGate;
  /** Milliseconds that one call may take. */
  readonly timeout: number;
}

/**
 * The one door through which authenticators other than tables are asked.
 *
 * Ends with the call, with its deadline, or with the client's `signal`, whichever comes first; then no
 * timer and no listener is left. The signal given to `call` is aborted in the latter two cases. The place
 * in the budget is free again even if the callee ignores that: a callee that never answers must not
 * lock everybody out for ever.
 *
 * @throws AuthenticationError where the authenticator has stopped answering, its places are taken, the deadline passed,
 *   or the client left
 */
export async function boundedCall(
  bounds: CallBounds,
  signal: StepSignal,
  call: (signal: AbortSignal) => unknown,
): Promise<unknown> {
  if (signal.aborted) throw new AuthenticationError(givenUp());
  const { share, breaker } = bounds.gate;
  if (!breaker.admit()) throw failure('the authenticator does not answer');
  if (!share.take()) throw failure('too many logins are being decided');

  const inner = new AbortController();
  let reject: (error: AuthenticationError) => void = () => {};
  const ended = new Promise<never>((_resolve, rejectEnded) => {
    reject = rejectEnded;
  });
  // Nobody waits for it where `call` throws at once.
  ended.catch(() => {});
  const end = (error: AuthenticationError): void => {
    // First, so that it is the reason, and not what the call rejects with when it is aborted.
    reject(error);
    inner.abort(error);
  };
  const clientLeft = (): void => end(new AuthenticationError(givenUp()));
  const timer = bounds.clock.setTimer(() => {
    breaker.unanswered();
    end(failure('the authenticator did not answer in time'));
  }, bounds.timeout);
  signal.addEventListener('abort', clientLeft);
  try {
    return await Promise.race([ended, answered(breaker, call(inner.signal), inner.signal)]);
  } finally {
    signal.removeEventListener('abort', clientLeft);
    timer.cancel();
    share.release();
  }
}

/** An error is an answer too; but not one that comes of the end of the call. */
async function answered(breaker: CircuitBreaker, call: unknown, signal: AbortSignal): Promise<unknown> {
  try {
    return await call;
  } finally {
    if (!signal.aborted) breaker.answered();
  }
}

function failure(message: string): AuthenticationError {
  return new AuthenticationError(deny(ERRORS.authenticationFailed.uri, message));
}
