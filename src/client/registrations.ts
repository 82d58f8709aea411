import type { Payload } from '../serializers/payload.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { ERRORS, ProtocolViolation, WampError } from '../wamp/errors.ts';
import { Msg } from '../wamp/messages.ts';
import { isUri } from '../wamp/uri.ts';
import { Invocation, type InvocationDetails } from './invocation.ts';
import type { Requests } from './requests.ts';
import { Result } from './result.ts';
import { optionsDict, type SessionLine, unpack } from './session-line.ts';

/**
 * Answers calls. Returns the one positional result (`undefined`: none), a `Result` for more, or a promise of
 * either. A `WampError` that it throws reaches the caller with URI and arguments; of any other error the caller
 * gets `wamp.error.runtime_error` with the message, and the embedder is told.
 */
export type CallHandler = (args: unknown[], kwargs: Dict, details: InvocationDetails) => unknown;

/** Options of a registration; each may be left out. */
export interface RegisterOptions {
  /** How calls are matched [WAMP: Pattern-based Registrations]; default `exact`. */
  readonly match?: 'exact' | 'prefix' | 'wildcard';
  /** Which of several callees gets a call [WAMP: Shared Registration]; default `single`: there is but one. */
  readonly invoke?: 'single' | 'first' | 'last' | 'roundrobin' | 'random';
  /** How many calls the router lets run here at once (Crossbar); default: no bound of its own. */
  readonly concurrency?: number;
  /** Takes the procedure away from all who hold it (Crossbar). */
  readonly forceReregister?: boolean;
  /** Further REGISTER.Options, sent as they are. */
  readonly rawOptions?: Readonly<Dict>;
}

/** A procedure that is registered here. */
export interface Registration {
  readonly id: number;
  readonly procedure: string;
  /** False after `unregister`, after the router revoked it, and after the session. */
  readonly active: boolean;
  /** Resolves when no further call can arrive; calls that run are finished. Calling it again does nothing. */
  unregister(): Promise<void>;
}

/** How many calls are remembered whose parts may still come. */
const ANSWERED = 1_000;

class Registered implements Registration {
  readonly id: number;
  readonly procedure: string;
  readonly handler: CallHandler;
  readonly #owner: Registrations;

  constructor(owner: Registrations, id: number, procedure: string, handler: CallHandler) {
    this.#owner = owner;
    this.id = id;
    this.procedure = procedure;
    this.handler = handler;
  }

  get active(): boolean {
    return this.#owner.has(this);
  }

  unregister(): Promise<void> {
    return this.#owner.remove(this);
  }
}

/** The callee's side of a session: registrations, and the calls that run. */
export class Registrations {
  readonly #line: SessionLine;
  readonly #requests: Requests;
  readonly #registered = new Map<number, Registered>();
  readonly #running = new Map<number, Invocation>();
  /** Calls that were answered before the last of their parts came. */
  readonly #answered = new Set<number>();

  constructor(line: SessionLine, requests: Requests) {
    this.#line = line;
    this.#requests = requests;
  }

  get size(): number {
    return this.#registered.size;
  }

  /** Calls that run. */
  get running(): number {
    return this.#running.size;
  }

  register(procedure: string, handler: CallHandler, options: RegisterOptions): Promise<Registration> {
    const { match, invoke, concurrency, forceReregister: force_reregister } = options;
    const dict = optionsDict(options.rawOptions, { match, invoke, concurrency, force_reregister });
    return this.#requests.request(Msg.REGISTER, 0, dict, procedure, null, (id) => {
      const registered = new Registered(this, id, procedure, handler);
      this.#registered.set(id, registered);
      return registered;
    });
  }

  has(registered: Registered): boolean {
    return this.#registered.get(registered.id) === registered;
  }

  async remove(registered: Registered): Promise<void> {
    if (!this.#line.open || !this.has(registered)) return;
    // The handler stays until UNREGISTERED: calls that the router sent before it still get their answer.
    const forget = (): void => {
      if (this.has(registered)) this.#registered.delete(registered.id);
    };
    try {
      await this.#requests.request(Msg.UNREGISTER, registered.id, EMPTY, null, null, forget);
    } catch (error) {
      // The session ended, or the router revoked it in the meantime: it is over, as wanted.
      const revoked = error instanceof WampError && error.uri === ERRORS.noSuchRegistration.uri;
      if (this.#line.open && !revoked) throw error;
      forget();
    }
  }

  /** UNREGISTERED that we did not ask for [WAMP: Registration Revocation]. */
  revoked(registration: number): void {
    this.#registered.delete(registration);
  }

  /** INVOCATION: a call, or one more part of one. @throws ProtocolViolation where its request id is in use */
  invoke(request: number, registration: number, details: Dict, payload: Payload): void {
    const last = details['progress'] !== true;
    const running = this.#running.get(request);
    if (running !== undefined) {
      this.#addPart(request, running, payload, last);
      return;
    }
    if (this.#answered.has(request)) {
      // A part that was on its way when the call was answered. [WAMP: Continuations on Completed Calls]
      if (last) this.#answered.delete(request);
      return;
    }
    const line = this.#line;
    const registered = this.#registered.get(registration);
    if (registered === undefined) {
      this.#error(request, new WampError(ERRORS.noSuchRegistration.uri, ['the callee holds no such registration']));
      return;
    }
    if (this.#running.size >= line.maxInFlight) {
      this.#error(request, new WampError(ERRORS.tooManyRequests.uri, ['the callee runs too many calls']));
      return;
    }
    const { args, kwargs } = unpack(payload);
    const invocation = new Invocation(registered.procedure, details, (partial, partialKwargs) => {
      if (this.#running.get(request) !== invocation) return;
      line.send(Msg.YIELD, request, 0, { progress: true }, null, line.pack(partial, partialKwargs));
    });
    this.#running.set(request, invocation);
    this.#run(request, registered.handler, args, kwargs, invocation);
  }

  #addPart(request: number, { parts }: Invocation, payload: Payload, last: boolean): void {
    if (parts === undefined || parts.ended) throw new ProtocolViolation('INVOCATION: its request id is in use');
    if (parts.size < this.#line.maxInFlight) {
      parts.add(unpack(payload), last);
      return;
    }
    const tooMany = new WampError(ERRORS.tooManyRequests.uri, ['too many parts of the call wait']);
    parts.abort(tooMany);
    this.#forget(request);
    if (last) this.#answered.delete(request);
    this.#error(request, tooMany);
  }

  /** Nothing more is said of the call. Returns false where that was so already. */
  #forget(request: number): boolean {
    const invocation = this.#running.get(request);
    if (invocation === undefined) return false;
    this.#running.delete(request);
    if (invocation.parts === undefined || invocation.parts.ended) return true;
    this.#answered.add(request);
    if (this.#answered.size <= ANSWERED) return true;
    for (const oldest of this.#answered) {
      this.#answered.delete(oldest);
      break;
    }
    return true;
  }

  /** INTERRUPT. One for a call that is finished is late and ignored. */
  interrupt(request: number, details: Dict): void {
    const invocation = this.#running.get(request);
    if (invocation === undefined) return;
    // Only with `kill` the router waits for an answer; one to a call that it has forgotten is a violation to some routers.
    if (details['mode'] !== 'kill') this.#forget(request);
    invocation.abort('the call was cancelled');
  }

  /** The session is over: calls that run are aborted, their answers go nowhere. */
  end(): void {
    this.#registered.clear();
    const running = [...this.#running.values()];
    this.#running.clear();
    for (const invocation of running) invocation.abort('the session ended');
  }

  #run(request: number, handler: CallHandler, args: unknown[], kwargs: Dict, invocation: Invocation): void {
    try {
      const value = handler(args, kwargs, invocation);
      if (!isThenable(value)) {
        this.#succeeded(request, invocation, value);
        return;
      }
      value.then(
        (late) => this.#succeeded(request, invocation, late),
        (error: unknown) => this.#failed(request, invocation, error),
      );
    } catch (error) {
      this.#failed(request, invocation, error);
    }
  }

  /** Whether an answer is still wanted; if so, this is the last moment it is. */
  #finish(request: number, invocation: Invocation): boolean {
    return this.#running.get(request) === invocation && this.#forget(request);
  }

  #succeeded(request: number, invocation: Invocation, value: unknown): void {
    if (!this.#finish(request, invocation)) return;
    let payload: Payload | null;
    try {
      payload = value instanceof Result ? this.#line.pack(value.args, value.kwargs) : this.#packOne(value);
    } catch (error) {
      this.#line.report(error, `result of ${invocation.procedure}`);
      this.#error(request, new WampError(ERRORS.runtimeError.uri, ['the result cannot be serialized']));
      return;
    }
    if (!this.#line.send(Msg.YIELD, request, 0, EMPTY, null, payload)) {
      this.#error(request, new WampError(ERRORS.payloadSizeExceeded.uri, ['the result is too large']));
    }
  }

  #packOne(value: unknown): Payload | null {
    return value === undefined ? null : this.#line.pack([value], undefined);
  }

  #failed(request: number, invocation: Invocation, error: unknown): void {
    const finished = this.#finish(request, invocation);
    if (invocation.stoppedBy(error)) {
      if (finished) this.#error(request, new WampError(ERRORS.canceled.uri, ['the call was cancelled']));
      return;
    }
    if (!(error instanceof WampError)) this.#line.report(error, `procedure ${invocation.procedure}`);
    if (finished) this.#error(request, asWampError(error));
  }

  #error(request: number, { uri, args, kwargs }: WampError): void {
    const line = this.#line;
    let payload: Payload | null = null;
    try {
      payload = line.pack(args, kwargs);
    } catch (error) {
      line.report(error, `arguments of the error ${uri}`);
    }
    if (!line.send(Msg.ERROR, Msg.INVOCATION, request, EMPTY, uri, payload)) {
      line.send(Msg.ERROR, Msg.INVOCATION, request, EMPTY, ERRORS.payloadSizeExceeded.uri, null);
    }
  }
}

function asWampError(error: unknown): WampError {
  // Types do not hold handlers in JavaScript to a URI.
  if (error instanceof WampError && typeof error.uri === 'string' && isUri(error.uri, 'loose')) return error;
  const text = error instanceof Error ? error.message : error;
  return new WampError(ERRORS.runtimeError.uri, [typeof text === 'string' ? text : 'the procedure failed']);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
