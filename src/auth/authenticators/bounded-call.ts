import type { Clock } from '../../wamp/clock.ts';
import { ERRORS } from '../../wamp/errors.ts';
import { AuthenticationError } from '../authenticator.ts';
import type { CallBudget } from '../call-budget.ts';
import { givenUp } from '../denials.ts';
import { deny } from '../outcome.ts';

export interface CallBounds {
  readonly clock: Clock;
  readonly budget: CallBudget;
  /** Milliseconds that one call may take. */
  readonly timeout: number;
}

/**
 * The one door through which authenticators other than tables are asked; whatever else must stand
 * before all of them (a circuit breaker) stands here, beside the budget.
 *
 * Ends with the call, with its deadline, or with the client's `signal`, whichever comes first; then no
 * timer and no listener is left. The signal given to `call` is aborted in the latter two cases. The place
 * in the budget is free again even if the callee ignores that: a callee that never answers must not
 * lock everybody out for ever.
 *
 * @throws AuthenticationError where the budget is used up, the deadline passed, or the client left
 */
export async function boundedCall(
  bounds: CallBounds,
  signal: AbortSignal,
  call: (signal: AbortSignal) => unknown,
): Promise<unknown> {
  if (signal.aborted) throw new AuthenticationError(givenUp());
  if (!bounds.budget.take()) throw failure('too many logins are being decided');

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
  const timer = bounds.clock.setTimer(() => end(failure('the authenticator did not answer in time')), bounds.timeout);
  signal.addEventListener('abort', clientLeft);
  try {
    return await Promise.race([ended, call(inner.signal)]);
  } finally {
    signal.removeEventListener('abort', clientLeft);
    timer.cancel();
    bounds.budget.release();
  }
}

function failure(message: string): AuthenticationError {
  return new AuthenticationError(deny(ERRORS.authenticationFailed.uri, message));
}
