import { copyPayload, type Payload } from '../serializers/payload.ts';
import type { Timer } from '../wamp/clock.ts';
import type { Dict } from '../wamp/dict.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Member } from './member.ts';
import type { Callee, Registration } from './registration.ts';

/** One CALL of a call: most have but one. */
interface Part {
  readonly payload: Payload;
  /** Whether more parts follow. [WAMP: Progressive Call Invocations] */
  readonly progress: boolean;
}

/** What a part costs beside its bytes. */
const PART = 256;

/** A call on its way: known to its caller by `request`, to its callee by `id`. */
export class Invocation {
  readonly registration: Registration;
  readonly caller: Member;
  readonly request: number;
  /** INVOCATION.Details, but for `progress` and `timeout`: those of the first CALL hold for all parts. */
  readonly details: Dict;
  /** Whether the caller takes progressive results. */
  readonly progressive: boolean;
  /** Features without which a callee cannot take it; null: none. */
  readonly needs: readonly string[] | null;
  /** Whether the caller has more parts to send. */
  streaming: boolean;
  id: number;
  /** Null while it waits for one that is free. */
  callee: Callee | null;
  /** CANCEL with mode `kill` came: of the callee's answer, only a result counts. */
  killed: boolean;
  /** Answered, or nobody is left to answer. */
  over: boolean;
  /** Its parts, where they may be needed once more: it waits, or may be routed to another callee. */
  held: Part[] | null;
  /** Callees that said `wamp.error.unavailable`. */
  tried: Set<Callee> | null;
  timer: Timer | null;
  /** Milliseconds to the first result, and from one to the next; 0: it has all the time. */
  timeout: number;
  /** When its time is up, by the clock. */
  deadline: number;

  constructor(
    registration: Registration,
    caller: Member,
    request: number,
    details: Dict,
    progressive: boolean,
    streaming: boolean,
    needs: readonly string[] | null,
  ) {
    this.registration = registration;
    this.caller = caller;
    this.request = request;
    this.details = details;
    this.progressive = progressive;
    this.streaming = streaming;
    this.needs = needs;
    // Here, not where they are declared: that takes longer, and there is one of these for each call.
    this.id = 0;
    this.callee = null;
    this.killed = false;
    this.over = false;
    this.held = null;
    this.tried = null;
    this.timer = null;
    this.timeout = 0;
    this.deadline = 0;
  }

  /** Keeps a part beyond this turn. Returns false, and keeps none at all, where its caller has too much kept already. */
  hold(payload: Payload): boolean {
    const { caller } = this;
    const size = PART + payload.end - payload.start;
    // As with an outbox: one message of any size that is allowed fits.
    if (caller.held > 0 && caller.held + size > LIMITS.heldCalls) {
      this.release();
      return false;
    }
    caller.held += size;
    this.held ??= [];
    this.held.push({ payload: copyPayload(payload), progress: this.streaming });
    return true;
  }

  /** Its parts are not needed any more. */
  release(): void {
    if (this.held === null) return;
    for (const { payload } of this.held) this.caller.held -= PART + payload.end - payload.start;
    this.held = null;
  }
}
