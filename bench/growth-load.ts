import { Msg } from '../src/wamp/messages.ts';
import { Conversation, unexpected } from './conversation.ts';
import type { RouterUrls } from './doors.ts';
import { encodeMessage } from './encode-message.ts';
import { FrameTemplate } from './frame-template.ts';
import type { Filling } from './growth-axes.ts';
import { AT_A_TIME, GrowthFrames } from './growth-frames.ts';
import type { Traffic } from './growth-messages.ts';
import { entryOf } from './growth-realm.ts';
import type { Link, LinkHandler } from './link.ts';
import { forEachOf } from './load.ts';
import { headReader, MessageHead, type ReadHead } from './message-head.ts';
import { addressFor } from './open-link.ts';

/** Messages on their way for each session that has something to do. */
const IN_FLIGHT = 16;
const RESULT = ['x'.repeat(50)];

/** Holds its share of the entries, answers calls, and tells of results and events. */
class Holder implements LinkHandler {
  readonly #link: Link;
  readonly #onDone: () => void;
  readonly #fail: (reason: string) => void;
  readonly #head = new MessageHead();
  readonly #readHead: ReadHead;
  readonly #yield: FrameTemplate;
  #awaited = 0;
  #onFilled: () => void = () => {};

  constructor(link: Link, onDone: () => void, fail: (reason: string) => void) {
    this.#link = link;
    this.#onDone = onDone;
    this.#fail = fail;
    this.#readHead = headReader(link.serializer.id);
    this.#yield = new FrameTemplate(link, Msg.YIELD, (id) =>
      encodeMessage(link.serializer, Msg.YIELD, { id, args: RESULT }),
    );
  }

  /** Registers and subscribes all of them without waiting for one. */
  hold(entries: readonly number[]): Promise<void> {
    let id = 0;
    for (const entry of entries) {
      const { uri, options } = entryOf(entry);
      for (const code of [Msg.REGISTER, Msg.SUBSCRIBE]) {
        this.#link.send(encodeMessage(this.#link.serializer, code, { id: ++id, dict: options, text: uri }));
      }
    }
    this.#awaited = id;
    if (id === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onFilled = resolve;
    });
  }

  message(bytes: Buffer, start: number, end: number): void {
    const head = this.#head;
    this.#readHead(bytes, start, head);
    switch (head.code) {
      case Msg.INVOCATION:
        this.#yield.send(head.id);
        return;
      case Msg.RESULT:
      case Msg.EVENT:
        this.#onDone();
        return;
      case Msg.REGISTERED:
      case Msg.SUBSCRIBED:
        this.#awaited -= 1;
        if (this.#awaited === 0) this.#onFilled();
        return;
      default:
        throw unexpected(this.#link, bytes, start, end);
    }
  }

  ended(reason: string): void {
    this.#fail(reason);
  }
}

/** Fills a router, then sends it messages round by round, of which each leads to one of all entries at random. */
export class GrowthLoad {
  readonly #fail: (reason: string) => void;
  /** Of all realms in a row. */
  #links: readonly Link[] = [];
  #frames: Readonly<Record<Traffic, GrowthFrames>> | null = null;
  #sending: GrowthFrames | null = null;
  #unsent = 0;
  #undone = 0;
  #onRound: () => void = () => {};

  constructor(fail: (reason: string) => void) {
    this.#fail = fail;
  }

  async fill(urls: RouterUrls, filling: Filling): Promise<void> {
    const { realms, sessions, entries } = filling;
    const address = addressFor(urls, 'websocket');
    this.#links = await forEachOf(realms * sessions, async (index) => {
      const realm = `realm${Math.floor(index / sessions) + 1}`;
      const { link } = await Conversation.join(address, 'msgpack', { realm });
      return link;
    });
    // All are there before: a router that is busy with what they register would answer handshakes late.
    await forEachOf(this.#links.length, async (index) => {
      const link = this.#links[index] as Link;
      const holder = new Holder(link, () => this.#done(), this.#fail);
      link.handler = holder;
      const [first, held] = [index % sessions, Math.ceil((entries - (index % sessions)) / sessions)];
      await holder.hold(Array.from({ length: Math.max(0, held) }, (_, nth) => first + nth * sessions));
    });
    const [like] = this.#links;
    if (like === undefined) throw new RangeError('there is no session');
    this.#frames = {
      calls: new GrowthFrames('calls', filling, like),
      events: new GrowthFrames('events', filling, like),
    };
  }

  /** Sends so many; resolves when their results or events have come. */
  round(traffic: Traffic, count: number): Promise<void> {
    this.#sending = this.#frames?.[traffic] ?? null;
    this.#unsent = count;
    this.#undone = count;
    return new Promise((resolve) => {
      this.#onRound = resolve;
      for (let nth = 0; nth < AT_A_TIME * IN_FLIGHT; nth++) this.#send();
    });
  }

  #send(): void {
    if (this.#unsent === 0) return;
    this.#unsent -= 1;
    this.#sending?.send(this.#links);
  }

  #done(): void {
    this.#undone -= 1;
    if (this.#undone === 0) this.#onRound();
    else this.#send();
  }
}
