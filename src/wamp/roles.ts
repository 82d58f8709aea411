/** What other parts need of a client that lives in this process. */
import { WampError } from './errors.ts';

export interface CallOptions {
  /** Aborting cancels the call: the callee is interrupted if it can be, the promise rejects. */
  readonly signal?: AbortSignal;
}

/** The answer of a procedure that returned several values, or named ones, where one is asked for: no answer. */
export const SEVERAL_RESULTS: unique symbol = Symbol('several results');

/**
 * The role of the caller may not call that procedure. Of its kind, and not told by its URI: a callee may raise
 * `not_authorized` as well, in whatever words.
 */
export class CallForbidden extends WampError {}

/** Calls procedures on one realm. Rejects with a `WampError`. */
export interface Caller {
  /** Resolves to the one positional result: `undefined` where there is none, `SEVERAL_RESULTS` where there is more. */
  call(procedure: string, args: readonly unknown[], options?: CallOptions): Promise<unknown>;
  /** Whether somebody has registered that procedure now; where it cannot be told, a call will. */
  isRegistered?(procedure: string): boolean;
}
