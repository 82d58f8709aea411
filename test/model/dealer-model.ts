import assert from 'node:assert/strict';
import type { Dict } from '../../src/wamp/dict.ts';
import { Msg } from '../../src/wamp/messages.ts';
import {
  line,
  type Mail,
  type ModelCall,
  type ModelCallee,
  type ModelPart,
  type ModelRegistration,
  type Person,
} from './mail.ts';
import { bestMatch } from './matching.ts';

const BUSY = 'crossbar.error.max_concurrency_reached';
const CANCELED = 'wamp.error.canceled';
const UNAVAILABLE = 'wamp.error.no_available_callee';
/** Procedures whose calls may wait begin with this. */
export const QUEUED = 'com.b';
export const QUEUE_LIMIT = 2;

/** How a callee answers an invocation. */
export type Answer = 'result' | 'progress' | 'error' | 'unavailable';

/** What a dealer does, in lists that are searched from end to end. It says what is sent; whether it was, `Mail` compares. */
export class DealerModel {
  now = 0;
  registrations: ModelRegistration[] = [];
  calls: ModelCall[] = [];
  /** Of the command in hand. */
  mail: Mail;
  #timers = 0;

  constructor(mail: Mail) {
    this.mail = mail;
  }

  register(person: Person, request: number, uri: string, options: Dict): void {
    const {
      match = 'exact',
      invoke = 'single',
      concurrency,
      forward_timeout,
      force_reregister,
    } = options as {
      match?: ModelRegistration['match'];
      invoke?: string;
      concurrency?: number;
      forward_timeout?: boolean;
      force_reregister?: boolean;
    };
    const find = () => this.registrations.find((one) => one.match === match && one.uri === uri);
    const existing = find();
    if (existing !== undefined && force_reregister === true) {
      for (const callee of [...existing.callees]) {
        this.#detach(callee.person, existing, () => {
          const dict = { registration: existing.id, reason: 'wamp.error.unregistered' };
          if (callee.person.able) this.mail.expect(callee.person, line('UNREGISTERED', 0, 0, null, dict, ''));
        });
      }
    } else if (existing !== undefined && (existing.invoke === 'single' || existing.invoke !== invoke)) {
      const error = existing.invoke === 'single' ? 'already_exists' : 'exists_with_different_invocation_policy';
      this.#fail(person, Msg.REGISTER, request, `wamp.error.procedure_${error}`);
      return;
    }
    let registration = find();
    const id = this.mail.drawn(person, 'REGISTERED');
    if (registration === undefined) {
      assert(!this.registrations.some((one) => one.id === id), 'a new id');
      registration = { id, match, uri, invoke, callees: [], next: 0 };
      this.registrations.push(registration);
    }
    this.mail.expect(person, line('REGISTERED', request, registration.id, null, {}, ''));
    if (registration.callees.some((callee) => callee.person === person)) return;
    const forwards = forward_timeout === true && person.able;
    registration.callees.push({ person, concurrency: concurrency ?? Number.POSITIVE_INFINITY, forwards });
    this.#advance(registration);
  }

  unregister(person: Person, request: number, id: number): void {
    const registration = this.held(person).find((one) => one.id === id);
    if (registration === undefined) {
      this.#fail(person, Msg.UNREGISTER, request, 'wamp.error.no_such_registration');
      return;
    }
    this.#detach(person, registration, () => {
      this.mail.expect(person, line('UNREGISTERED', request, 0, null, {}, ''));
    });
  }

  call(caller: Person, request: number, procedure: string, options: Dict, number: number): void {
    const { timeout = 0, progress = false, receive_progress = false } = options as Record<string, never>;
    const registration = bestMatch(this.registrations, procedure);
    if (registration === undefined) {
      if (progress) caller.broken.add(request);
      this.#fail(caller, Msg.CALL, request, 'wamp.error.no_such_procedure');
      return;
    }
    const call: ModelCall = {
      caller,
      request,
      procedure,
      registration,
      progressive: receive_progress,
      inParts: progress,
      timeout,
      deadline: this.now + timeout,
      due: null,
      armed: 0,
      callee: null,
      invocation: 0,
      streaming: progress,
      killed: false,
      held: [{ number, more: progress }],
      kept: false,
      tried: new Set(),
    };
    if (timeout > 0) this.#arm(call, timeout);
    this.calls.push(call);
    const why = this.#assign(call);
    if (why === null) return;
    // It is in the list already, so it is one of those that wait.
    if (why !== BUSY || this.#waiting(registration).length > limitOf(registration)) this.#end(call, why);
  }

  part(caller: Person, request: number, number: number, more: boolean): void {
    const call = this.calls.find((one) => one.caller === caller && one.request === request);
    if (call === undefined) {
      if (!more) caller.broken.delete(request);
      return;
    }
    call.streaming = more;
    if (call.killed) return;
    if (call.callee === null || call.kept) call.held.push({ number, more });
    if (call.callee !== null) this.#send(call, call.callee, { number, more }, {});
  }

  /** YIELD or ERROR; of an invocation that is over, nobody is told. */
  answer(callee: Person, invocation: number, how: Answer, number: number): void {
    const call = this.invocationsOf(callee).find((one) => one.invocation === invocation);
    if (call === undefined) return;
    const { caller, request } = call;
    if (how === 'progress') {
      if (!call.progressive || call.killed) return;
      release(call);
      if (call.due !== null) this.#arm(call, call.timeout);
      this.mail.expect(caller, line('RESULT', request, 0, null, { progress: true }, number));
    } else if (how !== 'result' && call.killed) {
      this.#end(call, CANCELED);
    } else if (how === 'unavailable' && callee.able) {
      this.#reroute(call);
    } else {
      this.#drop(call);
      const uri = how === 'error' ? 'com.error' : 'wamp.error.unavailable';
      if (how === 'result') this.mail.expect(caller, line('RESULT', request, 0, null, {}, number));
      else this.mail.expect(caller, line('ERROR', Msg.CALL, request, uri, {}, number));
      this.#advance(call.registration);
    }
  }

  cancel(caller: Person, request: number, mode: string): void {
    const call = this.calls.find((one) => one.caller === caller && one.request === request);
    if (call === undefined || call.killed) return;
    if (mode === 'kill' && call.callee?.person.able) {
      call.killed = true;
      release(call);
      this.#interrupt(call, 'kill');
      return;
    }
    if (mode !== 'skip') this.#interrupt(call, 'killnowait');
    this.#end(call, CANCELED);
  }

  /** Time passes; calls whose time is up end, the oldest timer first. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const [call] = this.calls
        .filter(({ due }) => due !== null && due <= until)
        .sort((a, b) => (a.due ?? 0) - (b.due ?? 0) || a.armed - b.armed);
      if (call === undefined) break;
      this.now = call.due ?? until;
      if (!call.killed) this.#interrupt(call, 'killnowait');
      this.#end(call, 'wamp.error.timeout');
    }
    this.now = until;
  }

  leave(person: Person): void {
    // Nobody is called for who has left, so its calls come first.
    const own = this.calls.filter(({ caller }) => caller === person);
    for (const call of own) this.#drop(call);
    for (const registration of this.held(person)) this.#detach(person, registration, () => {});
    for (const call of this.invocationsOf(person)) this.#end(call, CANCELED);
    for (const call of own) {
      if (!call.killed || call.callee !== null) this.#interrupt(call, 'killnowait');
      this.#advance(call.registration);
    }
  }

  held(person: Person): ModelRegistration[] {
    return this.registrations.filter(({ callees }) => callees.some((callee) => callee.person === person));
  }

  callsOf(person: Person): ModelCall[] {
    return this.calls.filter(({ caller }) => caller === person);
  }

  invocationsOf(person: Person): ModelCall[] {
    return this.calls.filter(({ callee }) => callee?.person === person);
  }

  /** As if that callee were not there. */
  #reroute(call: ModelCall): void {
    const { callee, registration } = call;
    if (callee === null) return;
    call.callee = null;
    call.tried.add(callee);
    const why = call.kept ? this.#assign(call) : UNAVAILABLE;
    // It waits behind those that wait already.
    this.calls.push(...this.calls.splice(this.calls.indexOf(call), 1));
    const full = this.#waiting(registration).length > limitOf(registration);
    if (why !== null && (why !== BUSY || full)) this.#end(call, why);
    this.#advance(registration);
  }

  #waiting(registration: ModelRegistration): ModelCall[] {
    return this.calls.filter((call) => call.registration === registration && call.callee === null);
  }

  /** Returns why no callee takes it; null where one does. */
  #assign(call: ModelCall): string | null {
    const { callees, invoke, next } = call.registration;
    const shared = invoke === 'roundrobin' || invoke === 'random';
    const inTurn = callees.map((_, step) => callees[(next + step) % callees.length] as ModelCallee);
    const left = (shared ? inTurn : callees).filter((callee) => !call.tried.has(callee));
    // A stand-by is called when the one before it is gone, not when it is busy.
    const candidates = shared ? left : left.slice(...(invoke === 'last' ? [-1] : [0, 1]));
    if (candidates.length === 0) return UNAVAILABLE;
    const refusals = candidates.map((callee) => this.#refusal(call, callee));
    const free = candidates.filter((_, at) => refusals[at] === null);
    if (free.length === 0) return refusals.includes(BUSY) ? BUSY : 'wamp.error.feature_not_supported';
    // Which one is drawn cannot be foretold, but that it is one of these.
    const callee = (invoke === 'random' ? free.find(({ person }) => this.#wasSent(person, call)) : free[0]) ?? free[0];
    if (callee === undefined) return BUSY;
    if (shared) call.registration.next = callees.indexOf(callee) + 1;
    call.callee = callee;
    call.kept = callees.length > 1 && callee.person.able;
    const sent = this.mail.sentTo(callee.person).find((one) => isInvocation(one.name, one.payload, call));
    call.invocation = sent?.first ?? 0;
    let details: Dict = {};
    const rest = Math.max(1, call.deadline - this.now);
    if (call.timeout > 0 && callee.forwards) {
      call.due = null;
      details = { timeout: rest };
    } else if (call.timeout > 0 && call.due === null) {
      this.#arm(call, rest);
    }
    for (const part of call.held) this.#send(call, callee, part, details);
    if (!call.kept) release(call);
    return null;
  }

  #wasSent(person: Person, call: ModelCall): boolean {
    return this.mail.sentTo(person).some(({ name, payload }) => isInvocation(name, payload, call));
  }

  #refusal(call: ModelCall, callee: ModelCallee): string | null {
    if (call.inParts && !callee.person.able) return 'unable';
    return this.calls.filter((one) => one.callee === callee).length >= callee.concurrency ? BUSY : null;
  }

  #send(call: ModelCall, { person }: ModelCallee, part: ModelPart, more: Dict): void {
    const { registration, procedure, progressive } = call;
    const dict = {
      ...more,
      ...(registration.match !== 'exact' && { procedure }),
      ...(progressive && { receive_progress: true }),
      ...(part.more && { progress: true }),
    };
    this.mail.expect(person, line('INVOCATION', call.invocation, registration.id, null, dict, part.number));
  }

  #advance(registration: ModelRegistration): void {
    for (const call of this.#waiting(registration)) {
      if (call.callee !== null || !this.calls.includes(call)) continue;
      const why = registration.callees.length === 0 ? CANCELED : this.#assign(call);
      if (why === BUSY) return;
      if (why !== null) this.#end(call, why);
    }
  }

  #detach(person: Person, registration: ModelRegistration, tell: () => void): void {
    const { callees } = registration;
    const at = callees.findIndex((callee) => callee.person === person);
    callees.splice(at, 1);
    if (at < registration.next) registration.next -= 1;
    if (callees.length === 0) this.registrations = this.registrations.filter((one) => one !== registration);
    tell();
    this.#advance(registration);
  }

  #interrupt({ callee, invocation }: ModelCall, mode: string): void {
    if (!callee?.person.able || !callee.person.present) return;
    this.mail.expect(callee.person, line('INTERRUPT', invocation, 0, null, { mode }, ''));
  }

  #arm(call: ModelCall, delay: number): void {
    call.due = this.now + delay;
    call.armed = ++this.#timers;
  }

  #drop(call: ModelCall): void {
    this.calls = this.calls.filter((one) => one !== call);
    if (call.streaming) call.caller.broken.add(call.request);
  }

  #end(call: ModelCall, uri: string): void {
    this.#drop(call);
    this.#fail(call.caller, Msg.CALL, call.request, uri);
    this.#advance(call.registration);
  }

  #fail(person: Person, message: number, request: number, uri: string): void {
    if (person.present) this.mail.expect(person, line('ERROR', message, request, uri, {}, ''));
  }
}

function limitOf({ uri }: ModelRegistration): number {
  return uri.startsWith(QUEUED) ? QUEUE_LIMIT : 0;
}

/** Its parts are not needed any more. */
function release(call: ModelCall): void {
  call.held = [];
  call.kept = false;
}

function isInvocation(name: string, payload: readonly unknown[], call: ModelCall): boolean {
  const [number] = (payload[0] ?? []) as unknown[];
  return name === 'INVOCATION' && number === call.held[0]?.number;
}
