import type { Message } from '../serializers/message.ts';
import type { Payload } from '../serializers/payload.ts';
import type { Clock } from '../wamp/clock.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { ERRORS, ProtocolViolation } from '../wamp/errors.ts';
import type { IdSource } from '../wamp/ids.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import { Msg } from '../wamp/messages.ts';
import { isUri } from '../wamp/uri.ts';
import { interrupt, isInterruptible, PROGRESS, sendPart, sendResult, tellCaller } from './call-messages.ts';
import { procedureOf, refusalOf, UNAVAILABLE } from './call-refusal.ts';
import { isPassthru, passThrough } from './disclosure.ts';
import { Invocation } from './invocation.ts';
import { invocationDetails, neededFeatures } from './invocation-details.ts';
import type { Member } from './member.ts';
import type { Callee, Registration } from './registration.ts';
import { type CallQueue, Registrations } from './registrations.ts';
import { replyError } from './reply.ts';
import type { ReservedProcedures } from './reserved-procedures.ts';
import { refusalOfShards } from './sharding.ts';
import type { TrustLevels } from './trust-levels.ts';

export interface DealerPorts {
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly reserved: ReservedProcedures;
  readonly callQueues: readonly CallQueue[];
  readonly trust: TrustLevels;
}

/** The longest that a timer can run: 24 days. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Routes calls to callees and answers to callers. Synchronous; whether it is allowed was decided before. [WAMP: Dealer] */
export class Dealer {
  readonly registrations: Registrations;
  readonly #ids: IdSource;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #trust: TrustLevels;

  constructor(ports: DealerPorts) {
    this.#ids = ports.ids;
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#trust = ports.trust;
    this.registrations = new Registrations({ ...ports, onChange: (registration) => this.#advance(registration) });
  }

  /**
   * Takes a CALL that is one more part of a call. Its options were those of the first, and so was the
   * permission. [WAMP: Progressive Call Invocations]
   * @returns false where it is a call of its own
   */
  continues(caller: Member, message: Message): boolean {
    const call = caller.calls.get(message.first);
    const more = message.dict !== EMPTY && message.dict['progress'] === true;
    if (call === undefined) return caller.isLate(message.first, !more);
    if (!call.streaming || message.text !== procedureOf(call)) {
      throw new ProtocolViolation('CALL: a call with this request id is in flight');
    }
    call.streaming = more;
    if (!call.killed) this.#addPart(call, message);
    return true;
  }

  call(caller: Member, message: Message, procedure: string, disclosed: boolean): void {
    const options = message.dict;
    const registration = this.registrations.resolve(procedure);
    if (registration === undefined) {
      this.refuse(caller, message, ERRORS.noSuchProcedure.uri, `no callee registered for procedure <${procedure}>`);
      return;
    }
    if (caller.calls.size >= LIMITS.callsInFlight) {
      const text = `a session may have ${LIMITS.callsInFlight} calls in flight`;
      this.refuse(caller, message, ERRORS.tooManyRequests.uri, text);
      return;
    }
    const plain = options === EMPTY;
    if (!plain) {
      checkFeatures(caller, options);
      const refusal = refusalOfShards(options);
      if (refusal !== null) {
        this.refuse(caller, message, ...refusal);
        return;
      }
    }
    const call = new Invocation(
      registration,
      caller,
      message.first,
      invocationDetails(caller, options, registration, procedure, disclosed, this.#trust),
      !plain && options['receive_progress'] === true,
      !plain && options['progress'] === true,
      plain ? null : neededFeatures(options),
    );
    if (!plain) this.#limitTime(call, options['timeout']);
    this.#assign(call, message);
  }

  /** ERROR to a CALL that did not become a call; further parts of it are ignored. */
  refuse(caller: Member, message: Message, uri: string, text: string): void {
    if (message.dict !== EMPTY && message.dict['progress'] === true) caller.breakOff(message.first);
    replyError(caller.peer, Msg.CALL, message.first, uri, text);
  }

  /** YIELD of an invocation that is over (answered, cancelled, its caller gone) is ignored: it is no fault of the callee. */
  yield(callee: Member, message: Message): void {
    const call = callee.invocations.get(message.first);
    if (call === undefined) return;
    const options = message.dict;
    let details = EMPTY;
    if (options !== EMPTY) {
      if (isPassthru(options) && !this.#mayPassThrough(call, callee)) return;
      details = passThrough(options);
      if (options['progress'] === true) {
        if (!call.progressive || call.killed) return;
        // Something of it has been seen: it is too late for another callee.
        call.release();
        if (call.timer !== null) {
          call.timer.cancel();
          this.#setTimer(call, call.timeout);
        }
        if (sendResult(call, details === EMPTY ? PROGRESS : { ...details, ...PROGRESS }, message)) return;
        this.#breakOff(call, ERRORS.payloadSizeExceeded.uri, TOO_LARGE);
        return;
      }
    }
    if (sendResult(call, details, message)) this.#end(call);
    else this.#endWith(call, ERRORS.payloadSizeExceeded.uri, TOO_LARGE);
  }

  /** The answer of a callee could not be processed: its caller is told so, rather than left waiting (K25). */
  fail(callee: Member, id: number): void {
    const call = callee.invocations.get(id);
    if (call !== undefined) this.#endWith(call, ERRORS.runtimeError.uri, 'internal error of the router');
  }

  /** ERROR of a callee. A client may drop its session over a bad URI, so none is passed on. [WAMP: Invocation ERROR] */
  error(callee: Member, message: Message, uri: string): void {
    if (message.first !== Msg.INVOCATION) {
      throw new ProtocolViolation('ERROR: a client may only answer INVOCATION with it');
    }
    if (!isUri(uri, 'loose')) throw new ProtocolViolation('ERROR: the error is not a URI');
    const call = callee.invocations.get(message.second);
    if (call === undefined) return;
    if (call.killed) {
      this.#endWith(call, ERRORS.canceled.uri);
      return;
    }
    if (uri === ERRORS.unavailable.uri && callee.peer.features.has('callee.call_reroute')) {
      this.#reroute(call);
      return;
    }
    const { peer } = call.caller;
    if (!peer.send(Msg.ERROR, Msg.CALL, call.request, passThrough(message.dict), uri, message)) {
      tellCaller(call, uri, 'the error has more details than this client takes');
    }
    this.#end(call);
  }

  /** [WAMP: Call Canceling] Mode `killnowait` where none is given; a callee that cannot be interrupted is left alone (`skip`). */
  cancel(caller: Member, message: Message): void {
    const call = caller.calls.get(message.first);
    if (call === undefined || call.killed) return;
    const mode = message.dict['mode'] ?? 'killnowait';
    if (mode === 'kill' && isInterruptible(call)) {
      call.killed = true;
      call.release();
      interrupt(call, 'kill');
      return;
    }
    this.#forget(call);
    if (mode !== 'skip') interrupt(call, 'killnowait');
    tellCaller(call, ERRORS.canceled.uri);
    this.#advance(call.registration);
  }

  /** Ends all that a session held: its callers are told, its callees are interrupted. */
  leave(member: Member): void {
    // Its own calls are forgotten before anything makes a callee free: else those that wait would be called for nobody.
    const calls = member.calls.values();
    for (const call of calls) this.#forget(call);
    this.registrations.leave(member);
    for (const call of member.invocations.values()) {
      this.#endWith(call, ERRORS.canceled.uri, 'callee disconnected from in-flight request');
    }
    for (const call of calls) {
      interrupt(call, 'killnowait');
      this.#advance(call.registration);
    }
  }

  /** Finds a callee for a call, or ends it. @param payload its only part, or null: those that are held */
  #assign(call: Invocation, payload: Payload | null): void {
    const first = payload ?? call.held?.[0]?.payload;
    if (first === undefined) return;
    try {
      const callee = call.registration.pick(call, first, this.#ids);
      if (typeof callee !== 'string') this.#deliver(call, callee, payload);
      else if (callee !== 'busy' || !this.#wait(call, payload)) this.#endWith(call, ...refusalOf(callee, call));
    } catch (error) {
      // Not for the session whose message is in hand: it may be another one that made a callee free.
      this.#log.error('a call could not be routed', { error });
      this.#endWith(call, ERRORS.runtimeError.uri, 'internal error of the router');
    }
  }

  #deliver(call: Invocation, callee: Callee, payload: Payload | null): void {
    const { member } = callee;
    call.registration.dequeue(call);
    call.callee = callee;
    call.id = member.lastInvocation + 1;
    callee.active += 1;
    // Before it is sent: where that ends the callee's session, the call ends with it, and the caller is told.
    member.invocations.set(call.id, call);
    call.caller.calls.set(call.request, call);
    if (payload !== null && mayReroute(call, callee)) call.hold(payload);
    if (this.#sendParts(call, callee, payload)) {
      member.lastInvocation = call.id;
      return;
    }
    const text = `call of procedure <${procedureOf(call)}> is larger than its callee takes`;
    this.#endWith(call, ERRORS.payloadSizeExceeded.uri, text);
  }

  /** Returns false where the callee does not take the first part. */
  #sendParts(call: Invocation, callee: Callee, payload: Payload | null): boolean {
    const details = call.timeout === 0 ? call.details : this.#timed(call, callee);
    if (payload !== null) return sendPart(call, callee, details, call.streaming, payload);
    const parts = call.held ?? [];
    if (!mayReroute(call, callee)) call.release();
    for (const [at, part] of parts.entries()) {
      if (call.over) break;
      if (sendPart(call, callee, details, part.progress, part.payload)) continue;
      if (at === 0) return false;
      this.#breakOff(call, ERRORS.payloadSizeExceeded.uri, 'a part of the call is larger than its callee takes');
    }
    return true;
  }

  #addPart(call: Invocation, part: Payload): void {
    const { callee } = call;
    if (callee === null) {
      if (!call.hold(part)) this.#breakOff(call, ERRORS.tooManyRequests.uri, HELD);
      return;
    }
    // Where it cannot be kept, the call cannot be routed to another callee any more, which is no reason to end it.
    if (call.held !== null) call.hold(part);
    if (callee.isCongested(part)) {
      this.#breakOff(call, ...refusalOf('congested', call));
    } else if (!sendPart(call, callee, call.details, call.streaming, part)) {
      this.#breakOff(call, ERRORS.payloadSizeExceeded.uri, 'a part of the call is larger than its callee takes');
    }
  }

  /** Lets a call wait until a callee is free. Returns false where as many wait as may, or where it cannot be kept. */
  #wait(call: Invocation, payload: Payload | null): boolean {
    const { waiting, queueLimit } = call.registration;
    if (waiting.has(call)) return true;
    if (waiting.size >= queueLimit) return false;
    if (payload !== null && !call.hold(payload)) return false;
    call.registration.enqueue(call);
    call.caller.calls.set(call.request, call);
    return true;
  }

  /** Gives waiting calls to callees that have become free; where no callee is left, ends them. */
  #advance(registration: Registration): void {
    const { waiting } = registration;
    if (waiting.size === 0) return;
    for (const call of waiting) {
      if (registration.callees.length === 0)
        this.#endWith(call, ERRORS.canceled.uri, 'callee disconnected from in-flight request');
      else this.#assign(call, null);
      if (waiting.has(call)) return;
    }
  }

  /** `wamp.error.unavailable`: as if that callee were not there. [WAMP: Call Re-Routing] */
  #reroute(call: Invocation): void {
    const { callee, registration } = call;
    if (callee === null) return;
    callee.member.invocations.delete(call.id);
    callee.active -= 1;
    call.callee = null;
    call.tried ??= new Set();
    call.tried.add(callee);
    if (call.held !== null) this.#assign(call, null);
    else this.#endWith(call, ERRORS.noAvailableCallee.uri, UNAVAILABLE);
    this.#advance(registration);
  }

  /** [WAMP: Call Timeouts] */
  #limitTime(call: Invocation, timeout: unknown): void {
    if (typeof timeout !== 'number' || timeout === 0) return;
    call.timeout = Math.min(timeout * call.caller.peer.timeoutUnit, LONGEST_TIMEOUT);
    call.deadline = this.#clock.now() + call.timeout;
    this.#setTimer(call, call.timeout);
  }

  #setTimer(call: Invocation, delay: number): void {
    call.timer = this.#clock.setTimer(() => this.#breakOff(call, ERRORS.timeout.uri, 'timeout reached'), delay);
  }

  /** INVOCATION.Details of a call with a timeout: the router keeps the time, or the callee gets what is left of it. */
  #timed(call: Invocation, callee: Callee): Dict {
    const rest = Math.max(1, call.deadline - this.#clock.now());
    if (!callee.forwardTimeout) {
      if (call.timer === null) this.#setTimer(call, rest);
      return call.details;
    }
    call.timer?.cancel();
    call.timer = null;
    return { ...call.details, timeout: Math.ceil(rest / callee.member.peer.timeoutUnit) };
  }

  /** [WAMP: Payload Passthru Mode] @throws ProtocolViolation where the callee did not announce it */
  #mayPassThrough(call: Invocation, callee: Member): boolean {
    if (!callee.peer.features.has('callee.payload_passthru_mode')) {
      throw new ProtocolViolation('YIELD: payload passthru mode was not announced');
    }
    if (call.caller.peer.features.has('caller.payload_passthru_mode')) return true;
    this.#breakOff(call, ERRORS.featureNotSupported.uri, 'the caller does not support payload passthru mode');
    return false;
  }

  /** Ends a call that its callee works on. */
  #breakOff(call: Invocation, uri: string, text: string): void {
    if (call.over) return;
    this.#forget(call);
    if (!call.killed) interrupt(call, 'killnowait');
    tellCaller(call, uri, text);
    this.#advance(call.registration);
  }

  #endWith(call: Invocation, uri: string, text?: string): void {
    if (call.over) return;
    this.#forget(call);
    tellCaller(call, uri, text);
    this.#advance(call.registration);
  }

  #end(call: Invocation): void {
    this.#forget(call);
    this.#advance(call.registration);
  }

  /**
   * Nothing is known of the call afterwards. This comes before the messages that say so: sending one may end a
   * session, and that must not answer twice.
   */
  #forget(call: Invocation): void {
    if (call.over) return;
    call.over = true;
    const { caller, callee, request } = call;
    caller.calls.delete(request);
    if (callee === null) call.registration.dequeue(call);
    else {
      callee.member.invocations.delete(call.id);
      callee.active -= 1;
    }
    if (call.streaming) caller.breakOff(request);
    call.timer?.cancel();
    call.release();
  }
}

const TOO_LARGE = 'the result is larger than this client takes';
const HELD = 'a caller may not have more kept for it';

/** @throws ProtocolViolation where the caller uses what it did not announce, as the specification demands */
function checkFeatures({ peer }: Member, options: Dict): void {
  if (options['progress'] === true && !peer.features.has('caller.progressive_call_invocations')) {
    throw new ProtocolViolation('CALL: progressive call invocations were not announced');
  }
  if (isPassthru(options) && !peer.features.has('caller.payload_passthru_mode')) {
    throw new ProtocolViolation('CALL: payload passthru mode was not announced');
  }
}

/** Whether it makes sense to keep a call's parts: there is a callee beside this one, which can say that it is unavailable. */
function mayReroute({ registration }: Invocation, callee: Callee): boolean {
  return registration.isShared && callee.member.peer.features.has('callee.call_reroute');
}
