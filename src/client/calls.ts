import type { Payload } from '../serializers/payload.ts';
import type { Timer } from '../wamp/clock.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { ERRORS, WampError } from '../wamp/errors.ts';
import { Msg } from '../wamp/messages.ts';
import type { CallOptions as CallerOptions } from '../wamp/roles.ts';
import {
  type Arguments,
  notOpen,
  optionsDict,
  type SessionLine,
  tooLarge,
  tooManyInFlight,
  unpack,
} from './session-line.ts';

/** CALL.Options of a part that is not the last. */
const PART: Dict = Object.freeze({ progress: true });

/** Options of a call; each may be left out. */
export interface CallOptions extends CallerOptions {
  /** Keyword arguments. */
  readonly kwargs?: Readonly<Dict>;
  /** Milliseconds after which the call is cancelled and rejects with `wamp.error.canceled`; default: it may take for ever. */
  readonly timeout?: number;
  /**
   * Milliseconds after which the router ends the call with `wamp.error.timeout`, counted anew with each progressive
   * result [WAMP: Call Timeouts]; default: never.
   */
  readonly routerTimeout?: number;
  /** Asks for progressive results and gets each of them, in order. */
  readonly onProgress?: (args: unknown[], kwargs: Dict, details: Dict) => void;
  /**
   * What cancelling does [WAMP: Call Canceling]. `killnowait` (default) and `skip` reject at once; `kill`
   * interrupts the callee and settles with what the router answers then.
   */
  readonly cancelMode?: 'killnowait' | 'kill' | 'skip';
  /** Asks that the callee learns who calls; the router's permissions decide. */
  readonly discloseMe?: boolean;
  /** Further CALL.Options, sent as they are. */
  readonly rawOptions?: Readonly<Dict>;
}

/** The whole RESULT of a call. */
export interface CallResult extends Arguments {
  /** RESULT.Details as received. */
  readonly details: Dict;
}

/** A call whose arguments are sent in parts. */
export interface OpenCall {
  /** The whole result. */
  readonly result: Promise<CallResult>;
  /** Sends one more part; false where the call is over, so that there is nobody to take it. */
  send(args?: readonly unknown[], kwargs?: Readonly<Dict>): boolean;
  /** Sends the last part; resolves to the whole result. */
  end(args?: readonly unknown[], kwargs?: Readonly<Dict>): Promise<CallResult>;
}

interface Call {
  readonly resolve: (result: CallResult) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: CallOptions['onProgress'];
  readonly procedure: string;
  /** Lets go of timer and signal. */
  readonly release: () => void;
}

/** The caller's side of a session: calls in flight. */
export class Calls {
  readonly #line: SessionLine;
  readonly #inFlight = new Map<number, Call>();

  constructor(line: SessionLine) {
    this.#line = line;
  }

  get size(): number {
    return this.#inFlight.size;
  }

  async call(procedure: string, args: readonly unknown[], options: CallOptions): Promise<CallResult> {
    return this.#begin(procedure, args, options, callDict(options)).result;
  }

  /** Begins a call that is sent in parts. @throws WampError where it cannot be made */
  open(procedure: string, args: readonly unknown[], options: CallOptions): OpenCall {
    const { request, result } = this.#begin(procedure, args, options, { ...callDict(options), progress: true });
    // Who sends parts may look at the result only in the end.
    result.catch(() => {});
    let ended = false;
    const send = (dict: Dict, more: readonly unknown[] | undefined, kwargs: Readonly<Dict> | undefined): boolean => {
      if (ended || !this.#inFlight.has(request)) return false;
      const payload = this.#line.pack(more, kwargs);
      ended = dict === EMPTY;
      if (this.#line.send(Msg.CALL, request, 0, dict, procedure, payload)) return true;
      if (this.#line.open) throw tooLarge();
      return false;
    };
    return {
      result,
      send: (more, kwargs) => send(PART, more, kwargs),
      end(more, kwargs) {
        send(EMPTY, more, kwargs);
        return result;
      },
    };
  }

  #begin(
    procedure: string,
    args: readonly unknown[],
    options: CallOptions,
    dict: Dict,
  ): { request: number; result: Promise<CallResult> } {
    const line = this.#line;
    if (!line.open) throw notOpen();
    if (options.signal?.aborted) throw canceled('the call was cancelled before it was made', options.signal.reason);
    if (this.#inFlight.size >= line.maxInFlight) throw tooManyInFlight('calls', line.maxInFlight);
    const payload = line.pack(args, options.kwargs);
    const request = line.nextRequest();
    if (!line.send(Msg.CALL, request, 0, dict, procedure, payload)) throw tooLarge();
    const result = new Promise<CallResult>((resolve, reject) => {
      const release = this.#watch(request, options);
      this.#inFlight.set(request, { resolve, reject, release, onProgress: options.onProgress, procedure });
    });
    return { request, result };
  }

  /** RESULT. One for a call that is not in flight is late (it was cancelled) and ignored. */
  result(request: number, details: Dict, payload: Payload): void {
    const call = this.#inFlight.get(request);
    if (call === undefined) return;
    const { args, kwargs } = unpack(payload);
    if (details['progress'] !== true) {
      this.#take(request)?.resolve({ args, kwargs, details });
      return;
    }
    try {
      call.onProgress?.(args, kwargs, details);
    } catch (error) {
      this.#line.report(error, `progress handler of the call to ${call.procedure}`);
    }
  }

  /** ERROR for a CALL. */
  fail(request: number, error: Error): void {
    this.#take(request)?.reject(error);
  }

  /** The session is over. */
  end(error: Error): void {
    for (const request of [...this.#inFlight.keys()]) this.fail(request, error);
  }

  #take(request: number): Call | undefined {
    const call = this.#inFlight.get(request);
    if (call === undefined) return undefined;
    this.#inFlight.delete(request);
    call.release();
    return call;
  }

  /** Cancels the call when its signal aborts or its time is up; returns what stops watching. */
  #watch(request: number, options: CallOptions): () => void {
    const { signal, timeout } = options;
    const mode = options.cancelMode ?? 'killnowait';
    const cancel = (text: string, reason?: unknown): void => {
      this.#line.send(Msg.CANCEL, request, 0, { mode }, null, null);
      if (mode !== 'kill') this.#take(request)?.reject(canceled(text, reason));
    };
    const aborted = (): void => cancel('the call was cancelled', signal?.reason);
    const timer: Timer | undefined =
      timeout === undefined ? undefined : this.#line.clock.setTimer(() => cancel('timeout reached'), timeout);
    signal?.addEventListener('abort', aborted, { once: true });
    return () => {
      timer?.cancel();
      signal?.removeEventListener('abort', aborted);
    };
  }
}

function canceled(text: string, cause?: unknown): WampError {
  return new WampError(ERRORS.canceled.uri, [text], {}, { cause });
}

function callDict({ rawOptions, onProgress, discloseMe, routerTimeout }: CallOptions): Dict {
  const named = { receive_progress: onProgress && true, disclose_me: discloseMe, timeout: routerTimeout };
  return optionsDict(rawOptions, named);
}
