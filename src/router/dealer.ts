import type { Message } from '../serializers/message.ts';
import { payloadFor } from '../serializers/payload.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { ERRORS, ProtocolViolation } from '../wamp/errors.ts';
import type { IdSource } from '../wamp/ids.ts';
import { LIMITS } from '../wamp/limits.ts';
import { Msg } from '../wamp/messages.ts';
import { isUri } from '../wamp/uri.ts';
import { disclose, passThrough } from './disclosure.ts';
import { FULL, type Member } from './member.ts';
import type { ObservationEvents } from './observation-events.ts';
import { Registration } from './registration.ts';
import { replyError } from './reply.ts';
import type { ReservedProcedures } from './reserved-procedures.ts';

/** A call on its way: known to its caller by `request`, to its callee by `id`. */
export interface Invocation {
  readonly id: number;
  readonly request: number;
  readonly caller: Member;
  readonly callee: Member;
  readonly progressive: boolean;
  /** CANCEL with mode `kill` came: whatever the callee answers, the caller gets `wamp.error.canceled`. */
  killed: boolean;
}

const PROGRESS: Dict = Object.freeze({ progress: true });

/** Routes calls to callees and answers to callers. Synchronous; whether it is allowed was decided before. [WAMP: Dealer] */
export class Dealer {
  readonly #ids: IdSource;
  readonly #reserved: ReservedProcedures;
  readonly #events: ObservationEvents<Registration> | null;
  readonly #byProcedure = new Map<string, Registration>();

  /** @param events told of registrations, or null */
  constructor(ids: IdSource, reserved: ReservedProcedures, events: ObservationEvents<Registration> | null = null) {
    this.#ids = ids;
    this.#reserved = reserved;
    this.#events = events;
  }

  /** Registrations that exist; 0 when nothing is left behind. */
  get size(): number {
    return this.#byProcedure.size;
  }

  /** Whether somebody has registered it. */
  has(procedure: string): boolean {
    return this.#byProcedure.has(procedure);
  }

  register(member: Member, message: Message, procedure: string): void {
    const { peer } = member;
    const refusal = this.#refuseRegister(member, message.dict, procedure);
    if (refusal !== null) {
      replyError(peer, Msg.REGISTER, message.first, refusal.uri, refusal.text);
      return;
    }
    const existing = this.#byProcedure.get(procedure);
    if (existing !== undefined) this.#remove(existing);
    const registration = new Registration(this.#ids.next(), procedure, member);
    this.#byProcedure.set(procedure, registration);
    member.registrations.set(registration.id, registration);
    if (existing !== undefined) tellRevoked(existing);
    peer.send(Msg.REGISTERED, message.first, registration.id, EMPTY, null, null);
    this.#events?.created(member, registration);
    this.#events?.added(member, registration);
  }

  unregister(member: Member, message: Message): void {
    const registration = member.registrations.get(message.second);
    if (registration === undefined) {
      const text = `no registration with ID ${message.second} exists on this session`;
      replyError(member.peer, Msg.UNREGISTER, message.first, ERRORS.noSuchRegistration.uri, text);
      return;
    }
    this.#remove(registration);
    member.peer.send(Msg.UNREGISTERED, message.first, 0, EMPTY, null, null);
  }

  call(caller: Member, message: Message, procedure: string, disclosed: boolean): void {
    const request = message.first;
    const registration = this.#byProcedure.get(procedure);
    if (registration === undefined) {
      const text = `no callee registered for procedure <${procedure}>`;
      replyError(caller.peer, Msg.CALL, request, ERRORS.noSuchProcedure.uri, text);
      return;
    }
    if (caller.calls.has(request)) throw new ProtocolViolation('CALL: a call with this request id is in flight');
    if (caller.calls.size >= LIMITS.callsInFlight) {
      const text = `a session may have ${LIMITS.callsInFlight} calls in flight`;
      replyError(caller.peer, Msg.CALL, request, ERRORS.tooManyRequests.uri, text);
      return;
    }
    const { callee } = registration;
    const { start, end } = payloadFor(message, callee.peer.format.serializer);
    if (callee.peer.isCongested(end - start)) {
      // Else callers could end a callee's session, and one of them take over its procedures.
      const text = `callee of procedure <${procedure}> does not keep up with its calls`;
      replyError(caller.peer, Msg.CALL, request, ERRORS.tooManyRequests.uri, text);
      return;
    }
    const options = message.dict;
    const progressive = options !== EMPTY && options['receive_progress'] === true;
    const id = callee.lastInvocation + 1;
    const details = invocationDetails(caller, options, progressive, disclosed);
    const invocation: Invocation = { id, request, caller, callee, progressive, killed: false };
    // Before it is sent: where that ends the callee's session, the call ends with it, and the caller is told.
    callee.invocations.set(id, invocation);
    caller.calls.set(request, invocation);
    let sent = false;
    try {
      sent = callee.peer.send(Msg.INVOCATION, id, registration.id, details, null, message);
    } finally {
      if (sent) callee.lastInvocation = id;
      else this.#forget(invocation);
    }
    if (sent) return;
    const text = `call of procedure <${procedure}> is larger than its callee takes`;
    replyError(caller.peer, Msg.CALL, request, ERRORS.payloadSizeExceeded.uri, text);
  }

  /** YIELD of an invocation that is over (answered, cancelled, its caller gone) is ignored: it is no fault of the callee. */
  yield(callee: Member, message: Message): void {
    const invocation = callee.invocations.get(message.first);
    if (invocation === undefined) return;
    const options = message.dict;
    let details = EMPTY;
    if (options !== EMPTY) {
      details = passThrough(options);
      if (options['progress'] === true) {
        if (!invocation.progressive || invocation.killed) return;
        this.#result(invocation, details === EMPTY ? PROGRESS : { ...details, ...PROGRESS }, message);
        return;
      }
    }
    if (invocation.killed) tellCaller(invocation, ERRORS.canceled.uri);
    else this.#result(invocation, details, message);
    this.#forget(invocation);
  }

  /** The answer of a callee could not be processed: its caller is told so, rather than left waiting (K25). */
  fail(callee: Member, id: number): void {
    const invocation = callee.invocations.get(id);
    if (invocation === undefined) return;
    this.#forget(invocation);
    tellCaller(invocation, ERRORS.runtimeError.uri, 'internal error of the router');
  }

  /** ERROR of a callee. A client may drop its session over a bad URI, so none is passed on. [WAMP: Invocation ERROR] */
  error(callee: Member, message: Message, uri: string): void {
    if (message.first !== Msg.INVOCATION) {
      throw new ProtocolViolation('ERROR: a client may only answer INVOCATION with it');
    }
    if (!isUri(uri, 'loose')) throw new ProtocolViolation('ERROR: the error is not a URI');
    const invocation = callee.invocations.get(message.second);
    if (invocation === undefined) return;
    const { peer } = invocation.caller;
    if (invocation.killed) tellCaller(invocation, ERRORS.canceled.uri);
    else if (!peer.send(Msg.ERROR, Msg.CALL, invocation.request, passThrough(message.dict), uri, message)) {
      tellCaller(invocation, uri, 'the error has more details than this client takes');
    }
    this.#forget(invocation);
  }

  /** [WAMP: Call Canceling] Mode `killnowait` where none is given; a callee that cannot be interrupted is left alone (`skip`). */
  cancel(caller: Member, message: Message): void {
    const invocation = caller.calls.get(message.first);
    if (invocation === undefined || invocation.killed) return;
    const asked = message.dict['mode'] ?? 'killnowait';
    const interruptible = invocation.callee.peer.features.has('callee.call_canceling');
    const mode = interruptible ? asked : 'skip';
    // First what is known of it, then the messages: sending one may end a session, and that must not answer twice.
    if (mode === 'kill') {
      invocation.killed = true;
      interrupt(invocation, 'kill');
      return;
    }
    this.#forget(invocation);
    if (mode !== 'skip') interrupt(invocation, 'killnowait');
    tellCaller(invocation, ERRORS.canceled.uri);
  }

  /** Ends all that a session held: its callers are told, its callees are interrupted. */
  leave(member: Member): void {
    for (const registration of member.registrations.values()) this.#remove(registration);
    for (const invocation of member.invocations.values()) {
      this.#forget(invocation);
      tellCaller(invocation, ERRORS.canceled.uri, 'callee disconnected from in-flight request');
    }
    for (const invocation of member.calls.values()) {
      this.#forget(invocation);
      if (invocation.callee.peer.features.has('callee.call_canceling')) interrupt(invocation, 'killnowait');
    }
  }

  #refuseRegister(member: Member, options: Dict, procedure: string): { uri: string; text: string } | null {
    if ((options['match'] ?? 'exact') !== 'exact' || (options['invoke'] ?? 'single') !== 'single') {
      return {
        uri: ERRORS.optionNotAllowed.uri,
        text: 'pattern-based and shared registrations are not available on this router',
      };
    }
    const existing = this.#byProcedure.get(procedure);
    if (!this.#reserved.mayRegister(procedure, member.peer.authrole, existing?.callee.peer.authrole ?? null)) {
      return {
        uri: ERRORS.notAuthorized.uri,
        text: `procedure <${procedure}> is reserved for an authenticator`,
      };
    }
    if (existing !== undefined && (existing.callee === member || options['force_reregister'] !== true)) {
      return {
        uri: ERRORS.procedureAlreadyExists.uri,
        text: `register for already registered procedure '${procedure}'`,
      };
    }
    return member.full ? { uri: ERRORS.notAuthorized.uri, text: FULL } : null;
  }

  #result(invocation: Invocation, details: Dict, message: Message): void {
    const { peer } = invocation.caller;
    if (peer.send(Msg.RESULT, invocation.request, 0, details, null, message)) return;
    this.#forget(invocation);
    tellCaller(invocation, ERRORS.payloadSizeExceeded.uri, 'the result is larger than this client takes');
  }

  #forget(invocation: Invocation): void {
    invocation.caller.calls.delete(invocation.request);
    invocation.callee.invocations.delete(invocation.id);
  }

  #remove(registration: Registration): void {
    registration.callee.registrations.delete(registration.id);
    this.#byProcedure.delete(registration.procedure);
    this.#events?.removed(registration.callee, registration);
    this.#events?.deleted(registration.callee, registration);
  }
}

function invocationDetails(caller: Member, options: Dict, progressive: boolean, disclosed: boolean): Dict {
  let details = passThrough(options);
  if (progressive) details = { ...details, receive_progress: true };
  return disclosed ? disclose(details, 'caller', caller.peer) : details;
}

function tellCaller({ caller, request }: Invocation, uri: string, text?: string): void {
  replyError(caller.peer, Msg.CALL, request, uri, text);
}

function interrupt(invocation: Invocation, mode: 'kill' | 'killnowait'): void {
  invocation.callee.peer.send(Msg.INTERRUPT, invocation.id, 0, { mode }, null, null);
}

/** `force_reregister`: the callee so far is told. Crossbar: UNREGISTERED with request 0. */
function tellRevoked({ id, callee }: Registration): void {
  const details = { registration: id, reason: 'wamp.error.unregistered' };
  callee.peer.send(Msg.UNREGISTERED, 0, 0, details, null, null);
}
