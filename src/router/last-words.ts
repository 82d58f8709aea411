import type { Authorization, PendingAuthorization } from '../authorization/authorizer.ts';
import { Message } from '../serializers/message.ts';
import type { Clock } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import { Msg } from '../wamp/messages.ts';
import type { Member } from './member.ts';
import type { Testament } from './testaments.ts';

/** Of each `WINDOW`, testaments take `SHARE` at most, in milliseconds: the rest is for those that live. */
const WINDOW = 20;
const SHARE = 10;

export interface LastWordsPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Routes a message of the session that ended, as `Realm.process` and `Realm.proceed`. */
  readonly process: (member: Member, message: Message) => PendingAuthorization | null;
  readonly proceed: (member: Member, message: Message, authorization: Authorization) => void;
}

/**
 * Publishes the testaments of sessions that ended: each as a publication of that session, with the rights that
 * it has then. At once, but where thousands end together: then they wait for one another.
 */
export class LastWords {
  readonly #ports: LastWordsPorts;
  readonly #waiting: (() => void)[] = [];
  #since = Number.NEGATIVE_INFINITY;
  #spent = 0;

  constructor(ports: LastWordsPorts) {
    this.#ports = ports;
  }

  /** @param then called when all have been published, or refused */
  say(member: Member, then: () => void): void {
    if (member.testaments === null) then();
    else this.#go(member, member.testaments.inOrder(), then);
  }

  #go(member: Member, testaments: Iterator<Testament>, then: () => void): void {
    const { clock, process } = this.#ports;
    for (;;) {
      if (!this.#hasTime()) {
        this.#wait(() => this.#go(member, testaments, then));
        return;
      }
      const next = testaments.next();
      if (next.done === true) break;
      const { topic, options, payload } = next.value;
      const fields = { code: Msg.PUBLISH, text: topic, dict: options };
      const message = Object.assign(new Message(payload.serializer), payload, fields);
      const began = clock.now();
      const pending = process(member, message);
      this.#spent += clock.now() - began;
      if (pending === null) continue;
      void this.#decided(pending, member, message).then(() => this.#go(member, testaments, then));
      return;
    }
    then();
  }

  async #decided(pending: PendingAuthorization, member: Member, message: Message): Promise<void> {
    const { log, proceed } = this.#ports;
    try {
      proceed(member, message, await pending.decision);
    } catch (error) {
      log.error('a testament could not be published', { error });
    }
  }

  #hasTime(): boolean {
    const now = this.#ports.clock.now();
    if (now - this.#since >= WINDOW) {
      this.#since = now;
      this.#spent = 0;
    }
    return this.#spent < SHARE;
  }

  #wait(step: () => void): void {
    this.#waiting.push(step);
    if (this.#waiting.length > 1) return;
    const { clock } = this.#ports;
    clock.setTimer(
      () => {
        for (const waiting of this.#waiting.splice(0)) waiting();
      },
      this.#since + WINDOW - clock.now(),
    );
  }
}
