import { Msg } from '../src/wamp/messages.ts';
import { REALM, URI_PREFIX } from './bench-node.ts';
import { Conversation, unexpected } from './conversation.ts';
import type { DeliveryEnds, OnDelivery, Publishing } from './delivery-load.ts';
import { encodeMessage } from './encode-message.ts';
import { FrameTemplate } from './frame-template.ts';
import type { Link, LinkHandler } from './link.ts';
import type { LoadPorts } from './load.ts';
import { headReader, MessageHead, type ReadHead } from './message-head.ts';
import { addressFor } from './open-link.ts';
import type { EventScenario } from './scenario.ts';

/** Publishes, and expects nothing: nobody asked for an acknowledgement. */
class Publisher implements LinkHandler {
  readonly #link: Link;
  readonly #fail: (reason: string) => void;
  readonly #publish: FrameTemplate;

  constructor(link: Link, topic: string, size: number, fail: (reason: string) => void) {
    this.#link = link;
    this.#fail = fail;
    const args = ['x'.repeat(size)];
    this.#publish = new FrameTemplate(link, Msg.PUBLISH, (id) =>
      encodeMessage(link.serializer, Msg.PUBLISH, { id, text: topic, args }),
    );
  }

  publish(publication: number): void {
    this.#publish.send(publication);
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
  readonly #onEvent: OnDelivery;
  readonly #head = new MessageHead();
  readonly #readHead: ReadHead;
  #count = 0;

  constructor(link: Link, onEvent: OnDelivery, fail: (reason: string) => void) {
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

/** Sessions on a router, and one topic. */
export class EventEnds implements DeliveryEnds {
  readonly together = false;
  readonly #scenario: EventScenario;
  readonly #ports: LoadPorts;
  readonly #topic: string;

  constructor(scenario: EventScenario, ports: LoadPorts) {
    this.#scenario = scenario;
    this.#ports = ports;
    this.#topic = `${URI_PREFIX}${ports.run}.topic`;
  }

  async subscribe(onDelivery: OnDelivery): Promise<void> {
    const subscriber = await this.#join();
    await subscriber.subscribe(this.#topic);
    const { link } = subscriber;
    link.handler = new Subscriber(link, onDelivery, this.#ports.fail);
  }

  async publisher(): Promise<Publishing> {
    const { link, routerPid } = await this.#join();
    const publisher = new Publisher(link, this.#topic, this.#scenario.size, this.#ports.fail);
    link.handler = publisher;
    return { publish: (publication) => publisher.publish(publication), routerPid };
  }

  #join(): Promise<Conversation> {
    const { doors, serializer } = this.#scenario;
    return Conversation.join(addressFor(this.#ports.urls, doors[0]), serializer, { realm: REALM });
  }
}
