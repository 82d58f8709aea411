import { Msg } from '../src/wamp/messages.ts';
import { REALM, URI_PREFIX } from './bench-node.ts';
import { Conversation, unexpected } from './conversation.ts';
import { encodeMessage } from './encode-message.ts';
import { FrameTemplate } from './frame-template.ts';
import type { Link, LinkHandler } from './link.ts';
import { forEachOf, type Load, type LoadPorts, shareOf } from './load.ts';
import { headReader, MessageHead, type ReadHead } from './message-head.ts';
import { addressFor } from './open-link.ts';
import type { EventScenario } from './scenario.ts';

/** Of so many subscribers, the latency of one is recorded: of all, it would cost more than receiving. */
const SAMPLED = 8;

/** Publishes as soon as few enough events are on their way. */
class Publisher implements LinkHandler {
  readonly #link: Link;
  readonly #fail: (reason: string) => void;
  readonly #publish: FrameTemplate;
  readonly #subscribers: number;
  readonly #limit: number;
  /** When a publication was sent, by its number modulo the length. */
  readonly #sentAt: Float64Array;
  #published = 0;
  #outstanding = 0;

  constructor(link: Link, topic: string, scenario: EventScenario, fail: (reason: string) => void) {
    this.#link = link;
    this.#fail = fail;
    this.#subscribers = scenario.subscribers;
    this.#limit = (scenario.inFlight - 1) * scenario.subscribers;
    this.#sentAt = new Float64Array(16 * scenario.inFlight);
    const args = ['x'.repeat(scenario.size)];
    this.#publish = new FrameTemplate(link, Msg.PUBLISH, (id) =>
      encodeMessage(link.serializer, Msg.PUBLISH, { id, text: topic, args }),
    );
  }

  /** Publishes what may be published now. */
  go(now: number): void {
    while (this.#outstanding <= this.#limit) {
      this.#published += 1;
      this.#sentAt[this.#published % this.#sentAt.length] = now;
      this.#publish.send(this.#published);
      this.#outstanding += this.#subscribers;
    }
  }

  received(count: number, now: number): void {
    this.#outstanding -= count;
    if (this.#outstanding <= this.#limit) this.go(now);
  }

  /** When the publication of that number was sent. */
  sentAt(publication: number): number {
    return this.#sentAt[publication % this.#sentAt.length] as number;
  }

  message(bytes: Buffer, start: number, end: number): void {
    throw unexpected(this.#link, bytes, start, end);
  }

  ended(reason: string): void {
    this.#fail(reason);
  }
}

/** Counts events. The nth is the nth publication, as events of one publisher keep their order. [WAMP: Ordering Guarantees] */
class Subscriber implements LinkHandler {
  readonly #link: Link;
  readonly #fail: (reason: string) => void;
  readonly #onEvent: (count: number, now: number) => void;
  readonly #head = new MessageHead();
  readonly #readHead: ReadHead;
  #count = 0;

  constructor(link: Link, onEvent: (count: number, now: number) => void, fail: (reason: string) => void) {
    this.#link = link;
    this.#onEvent = onEvent;
    this.#fail = fail;
    this.#readHead = headReader(link.serializer.id);
  }

  message(bytes: Buffer, start: number, end: number): void {
    this.#readHead(bytes, start, this.#head);
    if (this.#head.code !== Msg.EVENT) throw unexpected(this.#link, bytes, start, end);
    this.#count += 1;
    this.#onEvent(this.#count, this.#link.readAt);
  }

  ended(reason: string): void {
    this.#fail(reason);
  }
}

/** One publisher, in the first process, and many subscribers, in all of them. */
export class EventLoad implements Load {
  readonly #scenario: EventScenario;
  readonly #ports: LoadPorts;
  readonly #topic: string;
  #publisher: Publisher | null = null;
  /** Events to tell the process with the publisher of, at the end of this turn. */
  #untold = 0;
  routerPid: number | null = null;

  constructor(scenario: EventScenario, ports: LoadPorts) {
    this.#scenario = scenario;
    this.#ports = ports;
    this.#topic = `${URI_PREFIX}${ports.run}.topic`;
  }

  async prepare(): Promise<void> {
    const { share } = this.#ports;
    const mine = shareOf(this.#scenario.subscribers, share);
    await forEachOf(mine.length, async (index) => {
      const subscriber = await this.#join();
      await subscriber.subscribe(this.#topic);
      const { link } = subscriber;
      const onEvent = this.#onEvent(index % SAMPLED === 0);
      link.handler = new Subscriber(link, onEvent, this.#ports.fail);
    });
  }

  async start(): Promise<void> {
    if (this.#ports.share.index > 0) return;
    const { link, routerPid } = await this.#join();
    this.routerPid = routerPid;
    const publisher = new Publisher(link, this.#topic, this.#scenario, this.#ports.fail);
    link.handler = publisher;
    this.#publisher = publisher;
    publisher.go(performance.now());
  }

  received(count: number): void {
    this.#publisher?.received(count, performance.now());
  }

  #join(): Promise<Conversation> {
    const { doors, serializer } = this.#scenario;
    return Conversation.join(addressFor(this.#ports.urls, doors[0]), serializer, { realm: REALM });
  }

  #onEvent(sampled: boolean): (count: number, now: number) => void {
    const { meter } = this.#ports;
    return (count, now) => {
      meter.operations += 1;
      const publisher = this.#publisher;
      if (publisher === null) {
        this.#tell();
        return;
      }
      if (sampled) meter.latencies.record((now - publisher.sentAt(count)) * 1_000);
      publisher.received(1, now);
    };
  }

  #tell(): void {
    this.#untold += 1;
    if (this.#untold > 1) return;
    setImmediate(() => {
      this.#ports.tellReceived({ type: 'received', count: this.#untold });
      this.#untold = 0;
    });
  }
}
