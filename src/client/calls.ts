import type { Payload } from '../serializers/payload.ts';
import type { Timer } from '../wamp/clock.ts';
import type { Dict } from '../wamp/dict.ts';
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

/** Options of a call; each may be left out. */
export interface CallOptions extends CallerOptions {
  /** Keyword arguments. */
  readonly kwargs?: Readonly<Dict>;
  /** Milliseconds after which the call is cancelled and rejects with `wamp.error.canceled`; default: it may take for ever. */
  readonly timeout?: number;
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
    const line = this.#line;
    if (!line.open) throw notOpen();
    if (options.signal?.aborted) throw canceled('the call was cancelled before it was made', options.signal.reason);
    if (this.#inFlight.size >= line.maxInFlight) throw tooManyInFlight('calls', line.maxInFlight);
    const payload = line.pack(args, options.kwargs);
    const request = line.nextRequest();
    if (!line.send(Msg.CALL, request, 0, callDict(options), procedure, payload)) throw tooLarge();
    return new Promise<CallResult>((resolve, reject) => {
      const release = this.#watch(request, options);
      this.#inFlight.set(request, { resolve, reject, release, onProgress: options.onProgress, procedure });
    });
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

function callDict({ rawOptions, onProgress, discloseMe }: CallOptions): Dict {
  return optionsDict(rawOptions, { receive_progress: onProgress && true, disclose_me: discloseMe });
}
