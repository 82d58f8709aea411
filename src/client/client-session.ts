import process from 'node:process';
import { inspect } from 'node:util';
import type { Message } from '../serializers/message.ts';
import type { Timer } from '../wamp/clock.ts';
import { type Dict, EMPTY, isDict } from '../wamp/dict.ts';
import { ERRORS, ProtocolViolation, WampError } from '../wamp/errors.ts';
import { LIMITS } from '../wamp/limits.ts';
import { messageRow } from '../wamp/message-table.ts';
import { Msg } from '../wamp/messages.ts';
import type { Caller } from '../wamp/roles.ts';
import { type CallOptions, type CallResult, Calls, type OpenCall } from './calls.ts';
import type { ClientPorts, JoinOptions, SessionEnd } from './join-options.ts';
import type { MessageChannel } from './message-channel.ts';
import { Publications, type PublishOptions } from './publications.ts';
import { type CallHandler, type RegisterOptions, type Registration, Registrations } from './registrations.ts';
import { Requests } from './requests.ts';
import { SessionLine, unpack } from './session-line.ts';
import { type EventHandler, type SubscribeOptions, type Subscription, Subscriptions } from './subscriptions.ts';

/** What a session has in flight and holds; a count of each. */
export interface SessionLoad {
  readonly calls: number;
  readonly requests: number;
  readonly invocations: number;
  readonly registrations: number;
  readonly subscriptions: number;
}

/** Which request an acknowledgement answers. */
const ACKNOWLEDGES: ReadonlyMap<number, number> = new Map<number, number>([
  [Msg.PUBLISHED, Msg.PUBLISH],
  [Msg.SUBSCRIBED, Msg.SUBSCRIBE],
  [Msg.UNSUBSCRIBED, Msg.UNSUBSCRIBE],
  [Msg.REGISTERED, Msg.REGISTER],
  [Msg.UNREGISTERED, Msg.UNREGISTER],
]);

/**
 * A session that has joined a realm: calls, registers, publishes and subscribes. Made by `connect` (WebSocket,
 * RawSocket) and by the router itself for its components; both behave alike.
 *
 * Promises reject with a `WampError`, whose `uri` says what went wrong. When the session ends, everything in
 * flight rejects with `wamp.error.network_failure`.
 *
 * @example
 * const session = await connect({ url: 'ws://127.0.0.1:8080/ws', realm: 'realm1' });
 * console.log(await session.call('com.example.add2', [2, 3]));
 * await session.leave();
 */
export class ClientSession implements Caller {
  readonly id: number;
  readonly realm: string;
  readonly authid: string | null;
  readonly authrole: string | null;
  readonly authmethod: string | null;
  readonly authprovider: string | null;
  /** What the router or the authenticator passes on to the client. */
  readonly authextra: Dict;
  /** WELCOME.Details as received. */
  readonly details: Dict;
  /** Resolves when session and connection are over; never rejects. */
  readonly closed: Promise<SessionEnd>;

  readonly #channel: MessageChannel;
  readonly #ports: ClientPorts;
  readonly #line: SessionLine;
  readonly #requests: Requests;
  readonly #calls: Calls;
  readonly #registrations: Registrations;
  readonly #subscriptions: Subscriptions;
  readonly #publications: Publications;
  #end: SessionEnd | null = null;
  #leaveTimer: Timer | null = null;
  #resolveClosed: (end: SessionEnd) => void = () => {};

  /** @internal */
  constructor(channel: MessageChannel, welcome: Message, options: JoinOptions, ports: ClientPorts) {
    const details = welcome.dict;
    this.id = welcome.first;
    this.realm = textOf(details, 'realm') ?? options.realm ?? '';
    this.authid = textOf(details, 'authid');
    this.authrole = textOf(details, 'authrole');
    this.authmethod = textOf(details, 'authmethod');
    this.authprovider = textOf(details, 'authprovider');
    this.authextra = isDict(details['authextra']) ? details['authextra'] : EMPTY;
    this.details = details;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const { maxInFlight = LIMITS.callsInFlight, onError = warn } = options;
    const line = new SessionLine(channel, ports.clock, maxInFlight, onError);
    const requests = new Requests(line);
    this.#channel = channel;
    this.#ports = ports;
    this.#line = line;
    this.#requests = requests;
    this.#calls = new Calls(line);
    this.#registrations = new Registrations(line, requests);
    this.#subscriptions = new Subscriptions(line, requests);
    this.#publications = new Publications(line, requests);
    channel.listener = {
      message: (message) => this.#received(message),
      broken: (uri, text) => this.#finish(uri, text),
      disconnected: () => this.#disconnected(),
    };
  }

  /** Whether requests can be made: from WELCOME until either side says GOODBYE or the connection is lost. */
  get open(): boolean {
    return this.#line.open;
  }

  /** What is in flight or held; all zero after the end. */
  get load(): SessionLoad {
    return {
      calls: this.#calls.size,
      requests: this.#requests.size,
      invocations: this.#registrations.running,
      registrations: this.#registrations.size,
      subscriptions: this.#subscriptions.size,
    };
  }

  /**
   * Calls a procedure; resolves to its first positional result, `undefined` where there is none.
   * @throws WampError the callee's or the router's error, `wamp.error.canceled` where the call was cancelled
   *
   * @example
   * const sum = await session.call('com.example.add2', [2, 3], { timeout: 5_000 });
   */
  async call(procedure: string, args?: readonly unknown[], options?: CallOptions): Promise<unknown> {
    return (await this.callFull(procedure, args, options)).args[0];
  }

  /**
   * As `call`, but resolves to the whole result.
   *
   * @example
   * const { args, kwargs } = await session.callFull('com.example.divmod', [7, 2]);
   */
  callFull(procedure: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<CallResult> {
    return this.#calls.call(procedure, args, options);
  }

  /**
   * Begins a call whose arguments are sent in parts, all to one callee. `args` is the first part; options as of `call`.
   * @throws WampError where it cannot be made
   *
   * @example
   * await session.register('com.example.total', async ([first], kwargs, { parts }) => {
   *   let total = Number(first);
   *   for await (const { args } of parts ?? []) total += Number(args[0]);
   *   return total;
   * });
   * const call = session.openCall('com.example.total', [1]);
   * call.send([2]);
   * const { args } = await call.end([3]);
   */
  openCall(procedure: string, args: readonly unknown[] = [], options: CallOptions = {}): OpenCall {
    return this.#calls.open(procedure, args, options);
  }

  /**
   * Registers a procedure, and answers its calls with `handler`.
   * @throws WampError `wamp.error.procedure_already_exists`, `wamp.error.not_authorized` …
   *
   * @example
   * const registration = await session.register('com.example.add2', ([a, b]) => Number(a) + Number(b));
   * await session.register('com.example.count', async ([to], kwargs, { progress, signal }) => {
   *   for (let n = 1; n <= Number(to) && !signal.aborted; n++) progress?.([n]);
   * });
   * await registration.unregister();
   */
  register(procedure: string, handler: CallHandler, options: RegisterOptions = {}): Promise<Registration> {
    return this.#registrations.register(procedure, handler, options);
  }

  /**
   * Subscribes to a topic. Several handlers may be subscribed to one.
   *
   * @example
   * const subscription = await session.subscribe('com.example.greeted', ([name], kwargs, { publication }) => {
   *   console.log(publication, name);
   * });
   * await subscription.unsubscribe();
   */
  subscribe(topic: string, handler: EventHandler, options: SubscribeOptions = {}): Promise<Subscription> {
    return this.#subscriptions.subscribe(topic, handler, options);
  }

  /**
   * Publishes an event. With `acknowledge`, resolves to the publication's id when the router took it. Without,
   * returns whether it was sent: false after the end of the session, or where it is too large for the router.
   * @throws WampError `wamp.error.invalid_argument` where an argument cannot be serialized
   *
   * @example
   * session.publish('com.example.greeted', ['Ada']);
   * const publication = await session.publish('com.example.greeted', ['Ada'], { acknowledge: true });
   */
  publish(
    topic: string,
    args: readonly unknown[] | undefined,
    options: PublishOptions & { readonly acknowledge: true },
  ): Promise<number>;
  publish(
    topic: string,
    args?: readonly unknown[],
    options?: PublishOptions & { readonly acknowledge?: false },
  ): boolean;
  publish(topic: string, args: readonly unknown[] = [], options: PublishOptions = {}): boolean | Promise<number> {
    return options.acknowledge === true
      ? this.#publications.acknowledged(topic, args, options)
      : this.#publications.send(topic, args, options);
  }

  /**
   * Leaves the realm and closes the connection: says GOODBYE, and resolves when the router has answered and the
   * connection is gone (after `LIMITS.closeTimeout` without an answer, anyway). What is in flight rejects at once.
   * Calling it again waits for the same end.
   *
   * @example
   * await session.leave();
   */
  async leave(reason: string = ERRORS.closeRealm.uri, message: string | null = null): Promise<void> {
    if (this.#line.open) {
      this.#channel.send(Msg.GOODBYE, 0, 0, message === null ? EMPTY : { message }, reason, null);
      this.#finish(reason, message);
      this.#leaveTimer = this.#ports.clock.setTimer(() => this.#channel.destroy(), LIMITS.closeTimeout);
    }
    await this.closed;
  }

  #received(message: Message): void {
    if (message.code === Msg.GOODBYE || message.code === Msg.ABORT) this.#ended(message);
    // Between our GOODBYE and the router's, what was under way arrives; nobody waits for it any more.
    else if (this.#line.open) this.#dispatch(message);
  }

  #disconnected(): void {
    this.#finish(ERRORS.networkFailure.uri, 'the connection was lost');
    this.#leaveTimer?.cancel();
    if (this.#end !== null) this.#resolveClosed(this.#end);
  }

  #dispatch(message: Message): void {
    const { code, first, second, dict } = message;
    switch (code) {
      case Msg.EVENT:
        this.#subscriptions.event(first, second, dict, message);
        break;
      case Msg.INVOCATION:
        this.#registrations.invoke(first, second, dict, message);
        break;
      case Msg.INTERRUPT:
        this.#registrations.interrupt(first, dict);
        break;
      case Msg.RESULT:
        this.#calls.result(first, dict, message);
        break;
      case Msg.ERROR:
        this.#failed(message);
        break;
      default:
        this.#acknowledged(message);
    }
  }

  #acknowledged({ code, first, second, dict }: Message): void {
    const request = ACKNOWLEDGES.get(code);
    if (request === undefined) throw new ProtocolViolation(`${messageRow(code)?.name} on an established session`);
    if (first > 0) this.#requests.acknowledge(request, first, second);
    // Request 0: the router does it on its own account.
    else if (code === Msg.UNSUBSCRIBED) this.#subscriptions.revoked(Number(dict['subscription']));
    else this.#registrations.revoked(Number(dict['registration']));
  }

  #failed(message: Message): void {
    const { args, kwargs } = unpack(message);
    const error = new WampError(message.text ?? '', args, kwargs);
    if (message.first === Msg.CALL) this.#calls.fail(message.second, error);
    else this.#requests.fail(message.first, message.second, error);
  }

  /** GOODBYE or ABORT of the router. */
  #ended({ code, dict, text }: Message): void {
    if (code === Msg.GOODBYE && this.#line.open) {
      this.#channel.send(Msg.GOODBYE, 0, 0, EMPTY, ERRORS.goodbyeAndOut.uri, null);
    }
    this.#finish(text ?? '', textOf(dict, 'message'));
    this.#channel.close('normal', '');
  }

  /** The session is over for those who use it; the first reason counts. */
  #finish(reason: string, message: string | null): void {
    if (this.#end !== null) return;
    this.#end = { reason, message };
    this.#line.open = false;
    const error = new WampError(ERRORS.networkFailure.uri, [`the session ended: ${message ?? reason}`]);
    this.#calls.end(error);
    this.#requests.end(error);
    this.#registrations.end();
    this.#subscriptions.end();
  }
}

function warn(error: unknown, where: string): void {
  const text = error instanceof Error ? error.stack : inspect(error);
  process.emitWarning(`${where}: ${text}`, 'WampHandlerWarning');
}

function textOf(dict: Dict, key: string): string | null {
  const value = dict[key];
  return typeof value === 'string' ? value : null;
}
