import { Msg } from '../src/wamp/messages.ts';
import { type Joined, joinCallees, joinCallers } from './callees.ts';
import { unexpected } from './conversation.ts';
import { encodeMessage } from './encode-message.ts';
import { FrameTemplate } from './frame-template.ts';
import type { Link, LinkHandler } from './link.ts';
import type { Load, LoadPorts } from './load.ts';
import { headReader, MessageHead, type ReadHead } from './message-head.ts';
import type { PacedScenario } from './scenario.ts';

/** So many seconds of calls may be unanswered: a router that is further behind does not keep up, and would only grow. */
const BEHIND = 3;
/** Milliseconds to the next call from which on it is waited for, not looked out for. */
const LONG = 3;

/** When each call is due: the nth of all callers together comes n intervals after the begin. */
export class Timetable {
  readonly #startedAt: number;
  readonly #interval: number;

  /** @param startedAt when the first call is due, in milliseconds @param rate calls per second */
  constructor(startedAt: number, rate: number) {
    this.#startedAt = startedAt;
    this.#interval = 1_000 / rate;
  }

  dueAt(call: number): number {
    return this.#startedAt + call * this.#interval;
  }
}

/**
 * One of the callers of a process. They call in turn, so that request id r of caller c is call
 * (r - 1) × callers + c of the timetable: when it was due need not be written down.
 */
class PacedCaller implements LinkHandler {
  readonly #link: Link;
  readonly #load: PacedLoad;
  readonly #index: number;
  readonly #head = new MessageHead();
  readonly #readHead: ReadHead;
  readonly #call: FrameTemplate;
  #lastRequest = 0;

  constructor({ conversation: { link }, procedure }: Joined, index: number, size: number, load: PacedLoad) {
    this.#link = link;
    this.#load = load;
    this.#index = index;
    this.#readHead = headReader(link.serializer.id);
    const args = ['x'.repeat(size)];
    this.#call = new FrameTemplate(link, Msg.CALL, (id) =>
      encodeMessage(link.serializer, Msg.CALL, { id, text: procedure, args }),
    );
  }

  send(): void {
    this.#lastRequest += 1;
    this.#call.send(this.#lastRequest);
  }

  message(bytes: Buffer, start: number, end: number): void {
    const head = this.#head;
    this.#readHead(bytes, start, head);
    if (head.code === Msg.RESULT) this.#load.answered(head.id - 1, this.#index, this.#link.readAt);
    else if (head.code === Msg.ERROR) this.#load.refused(unexpected(this.#link, bytes, start, end).message);
    else throw unexpected(this.#link, bytes, start, end);
  }

  ended(reason: string): void {
    this.#load.ended(reason);
  }
}

/**
 * Calls at a given pace. A late answer delays no call, and latency counts from when a call was due, not from when
 * it was sent: a router, or a load, that stands still makes all calls late that should have been made meanwhile.
 */
export class PacedLoad implements Load {
  readonly #scenario: PacedScenario;
  readonly #ports: LoadPorts;
  #callers: readonly PacedCaller[] = [];
  #timetable = new Timetable(0, 1);
  #called = 0;
  #answered = 0;
  routerPid: number | null = null;

  constructor(scenario: PacedScenario, ports: LoadPorts) {
    this.#scenario = scenario;
    this.#ports = ports;
  }

  prepare(): Promise<void> {
    return joinCallees(this.#scenario, this.#ports);
  }

  async start(): Promise<void> {
    const joined = await joinCallers(this.#scenario, this.#ports);
    this.#callers = joined.map((one, index) => {
      const caller = new PacedCaller(one, index, this.#scenario.size, this);
      one.conversation.link.handler = caller;
      return caller;
    });
    if (this.#callers.length === 0) return;
    this.routerPid = joined[0]?.conversation.routerPid ?? null;
    this.#timetable = new Timetable(performance.now(), this.#rate);
    this.#go();
  }

  received(): void {}

  /** @param round how often that caller had called before */
  answered(round: number, caller: number, now: number): void {
    const { meter } = this.#ports;
    const due = this.#timetable.dueAt(round * this.#callers.length + caller);
    this.#answered += 1;
    meter.operations += 1;
    meter.latencies.record((now - due) * 1_000);
  }

  /** Counts as a call that took as long as there is. @param words of the router */
  refused(words: string): void {
    const { meter } = this.#ports;
    this.#answered += 1;
    meter.refused += 1;
    meter.refusal = words;
    meter.latencies.record(Number.POSITIVE_INFINITY);
  }

  ended(reason: string): void {
    this.#ports.fail(reason);
  }

  /** Of this process. */
  get #rate(): number {
    return (this.#scenario.rate * this.#callers.length) / this.#scenario.callers;
  }

  readonly #go = (): void => {
    const now = performance.now();
    for (; this.#timetable.dueAt(this.#called) <= now; this.#called++) {
      this.#callers[this.#called % this.#callers.length]?.send();
    }
    if (this.#called - this.#answered > BEHIND * this.#rate) {
      this.#ports.fail(`the router does not keep up with ${Math.round(this.#scenario.rate)} calls per second`);
      return;
    }
    const wait = this.#timetable.dueAt(this.#called) - now;
    if (wait > LONG) setTimeout(this.#go, wait - LONG / 2);
    else setImmediate(this.#go);
  };
}
