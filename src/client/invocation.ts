import type { Dict } from '../wamp/dict.ts';
import { ERRORS, WampError } from '../wamp/errors.ts';
import { Parts } from './parts.ts';
import type { Arguments } from './session-line.ts';

/** What a procedure's handler learns of a call besides its arguments. */
export interface InvocationDetails {
  /** The procedure called (not the pattern registered). */
  readonly procedure: string;
  /** The caller's session, where disclosed. */
  readonly caller: number | undefined;
  readonly callerAuthid: string | undefined;
  readonly callerAuthrole: string | undefined;
  /**
   * Aborted when the caller cancels, times out or leaves, and when the session ends. A handler that then rejects with
   * the signal's reason or an `AbortError` (as `fetch` and `node:timers/promises` do) answers `wamp.error.canceled`.
   */
  readonly signal: AbortSignal;
  /**
   * Sends a progressive result, in order, before the final one. Undefined unless the caller asked for them.
   * @throws WampError `wamp.error.invalid_argument` where a value cannot be serialized
   */
  readonly progress: ((args?: readonly unknown[], kwargs?: Readonly<Dict>) => void) | undefined;
  /**
   * The parts of the call that follow its first one. Undefined where the caller sends but one.
   * [WAMP: Progressive Call Invocations]
   */
  readonly parts: AsyncIterable<Arguments> | undefined;
  /** INVOCATION.Details as received. */
  readonly raw: Dict;
}

/** One call that runs in a handler here. */
export class Invocation implements InvocationDetails {
  readonly procedure: string;
  readonly raw: Dict;
  readonly progress: InvocationDetails['progress'];
  readonly parts: Parts | undefined;
  #controller: AbortController | null = null;
  #aborted: WampError | null = null;

  constructor(procedure: string, raw: Dict, progress: NonNullable<InvocationDetails['progress']>) {
    const named = raw['procedure'];
    this.procedure = typeof named === 'string' ? named : procedure;
    this.raw = raw;
    this.parts = raw['progress'] === true ? new Parts() : undefined;
    this.progress = raw['receive_progress'] === true ? progress : undefined;
  }

  get caller(): number | undefined {
    const caller = this.raw['caller'];
    return typeof caller === 'number' ? caller : undefined;
  }

  get callerAuthid(): string | undefined {
    return this.#string('caller_authid');
  }

  get callerAuthrole(): string | undefined {
    return this.#string('caller_authrole');
  }

  // Made when asked for: most handlers never do, and a controller costs more than the rest of an invocation.
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#aborted !== null) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  /** INTERRUPT, or the end of the session. */
  abort(text: string): void {
    if (this.#aborted !== null) return;
    this.#aborted = new WampError(ERRORS.canceled.uri, [text]);
    this.#controller?.abort(this.#aborted);
    this.parts?.abort(this.#aborted);
  }

  /** Whether `error` is how a handler says that it stopped because it was aborted. */
  stoppedBy(error: unknown): boolean {
    if (this.#aborted === null) return false;
    return error === this.#aborted || (error instanceof Error && error.name === 'AbortError');
  }

  #string(key: string): string | undefined {
    const value = this.raw[key];
    return typeof value === 'string' ? value : undefined;
  }
}
